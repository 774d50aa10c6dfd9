"""Revisions of published models."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class ModelRevision(models.Model):
    """A revision of a published model that something is learnt with; derived.

    `key` is the name under which vectors and states are kept: that of the model for the
    first revision that was seen, so that what was learnt before revisions were told
    apart is its own, and with the revision for later ones.
    """

    model = models.CharField(max_length=96)
    revision = models.CharField(max_length=64)
    key = models.CharField(max_length=128, unique=True)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("model", "revision"), name="model_revision_once"
            )
        ]

    def __str__(self) -> str:
        return self.key
