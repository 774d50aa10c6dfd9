"""Sentences that models have written about photos."""

from __future__ import annotations

from django.db import models


class PhotoCaption(models.Model):
    """The caption that one model gave one photo; derived.

    What a user writes is `Photo.user_caption`, which stands above.
    """

    photo = models.ForeignKey(
        "Photo", on_delete=models.CASCADE, related_name="captions"
    )
    model = models.CharField(max_length=96)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("photo", "model"), name="photo_caption_once"
            )
        ]

    def __str__(self) -> str:
        return self.text
