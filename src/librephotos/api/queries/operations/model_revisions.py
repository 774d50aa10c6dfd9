"""Which revision of a model what is learnt belongs to.

Vectors of two revisions have nothing to do with each other: each has a key of its own,
and a search compares within one.
"""

from __future__ import annotations

from librephotos.api.models import ModelRevision


def model_name(key: str) -> str:
    """Return the model of a key."""
    return key.partition("@")[0]


def latest_key(model: str) -> str:
    """Return the key of the revision that was installed last, as far as is known."""
    latest = latest_revision(model)
    return model if latest is None else latest.key


def latest_revision(model: str) -> ModelRevision | None:
    return ModelRevision.objects.filter(model=model).order_by("-seen_at").first()
