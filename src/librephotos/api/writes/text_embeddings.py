"""The vectors of texts that somebody has searched for."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from librephotos.api.models import TextEmbedding

KEPT = timedelta(days=180)
"""A text that nobody has searched for during this time is forgotten."""

_NOTED = timedelta(days=1)


def text_hash(text: str) -> UUID:
    """Return the name under which the vector of a text is kept."""
    return UUID(bytes=hashlib.md5(text.encode(), usedforsecurity=False).digest())


def find(text: str, *, model: str) -> NDArray[np.float32] | None:
    """Return the vector (d,) of a text, None if it is not known."""
    row = TextEmbedding.objects.filter(model=model, text_hash=text_hash(text)).first()
    if row is None:
        return None
    # Or else a clock that was set back since would keep it until it is there again.
    if abs(timezone.now() - row.used_at) > _NOTED:
        row.save(update_fields=["used_at"])
    return np.asarray(row.vector, np.float32)


def store(text: str, vector: NDArray[np.float32], *, model: str) -> None:
    """Keep the vector of a text, and forget those that were not asked for of late."""
    TextEmbedding.objects.update_or_create(
        model=model, text_hash=text_hash(text), defaults={"vector": vector}
    )
    TextEmbedding.objects.filter(used_at__lt=timezone.now() - KEPT).delete()
