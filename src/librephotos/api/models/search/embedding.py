"""Vectors of pictures and of search texts."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import models
from django.utils import timezone
from numpy.typing import NDArray
from pgvector.django import HalfVectorField

KEPT = timedelta(days=180)
"""A text that nobody has searched for during this time is forgotten."""

_NOTED = timedelta(days=1)


class PhotoEmbedding(models.Model):
    """What one model makes of one photo: a vector of length 1; derived.

    `model` is the key of a `ModelRevision`.

    The number of dimensions is the model's. A changed photo gets a new row, so that
    `id` grows with every change of an owner's vectors; rows of one owner are written
    one transaction after the other.
    """

    photo = models.ForeignKey(
        "Photo", on_delete=models.CASCADE, related_name="embeddings"
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    model = models.CharField(max_length=128)
    vector = HalfVectorField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("photo", "model"), name="photo_embedding_once"
            )
        ]
        indexes = [
            models.Index(fields=("owner", "model", "id"), name="photo_embedding_new")
        ]

    def __str__(self) -> str:
        return f"{self.photo_id} {self.model}"


class TextEmbeddingQuerySet(models.QuerySet["TextEmbedding"]):
    """What is known of texts that somebody has searched for."""

    def vector_of(self, text: str, *, model: str) -> NDArray[np.float32] | None:
        """Return the vector (d,) of a text, and note the use; None if not known."""
        row = self.filter(model=model, text_hash=TextEmbedding.hash_of(text)).first()
        if row is None:
            return None
        # Or else a clock that was set back since would keep it until it is there again.
        if abs(timezone.now() - row.used_at) > _NOTED:
            row.save(update_fields=["used_at"])
        return np.asarray(row.vector, np.float32)

    def keep(self, text: str, vector: NDArray[np.float32], *, model: str) -> None:
        """Keep the vector of a text, and forget those not asked for of late."""
        self.update_or_create(
            model=model,
            text_hash=TextEmbedding.hash_of(text),
            defaults={"vector": vector},
        )
        self.filter(used_at__lt=timezone.now() - KEPT).delete()


class TextEmbedding(models.Model):
    """What one model makes of a text that somebody searched for; a cache.

    `text_hash` is the MD5 of the text, so that no log and no table tells what was
    searched for.
    """

    model = models.CharField(max_length=128)
    text_hash = models.UUIDField()
    vector = HalfVectorField()
    used_at = models.DateTimeField(auto_now=True)

    objects = TextEmbeddingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("model", "text_hash"), name="text_embedding_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.text_hash} {self.model}"

    @staticmethod
    def hash_of(text: str) -> UUID:
        """Return the name under which the vector of a text is kept."""
        return UUID(bytes=hashlib.md5(text.encode(), usedforsecurity=False).digest())
