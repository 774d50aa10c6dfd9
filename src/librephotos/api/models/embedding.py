"""Vectors of pictures and of search texts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from pgvector.django import HalfVectorField


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


class TextEmbedding(models.Model):
    """What one model makes of a text that somebody searched for; a cache.

    `text_hash` is the MD5 of the text, so that no log and no table tells what was
    searched for.
    """

    model = models.CharField(max_length=128)
    text_hash = models.UUIDField()
    vector = HalfVectorField()
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("model", "text_hash"), name="text_embedding_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.text_hash} {self.model}"
