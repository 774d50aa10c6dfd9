"""What people have changed of photos, and how it was before."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class PhotoEdit(models.Model):
    """One field of one photo, as a person said it; never changed afterwards.

    Both values are what was said, null for nothing: then the file has its say. Those of
    one request share a `batch`. `field` is a key of `writes.photo_says.FIELDS`, or
    EVERYTHING for taking all of them back, without values of its own.
    """

    EVERYTHING = "_all"

    photo = models.ForeignKey("Photo", on_delete=models.CASCADE, related_name="edits")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    batch = models.UUIDField()
    field = models.CharField(max_length=20)
    old_value = models.JSONField(null=True)
    new_value = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("photo", "-id"), name="photo_edit_history"),
            models.Index(fields=("batch",), name="photo_edit_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.photo_id}"

    @property
    def public_id(self) -> uuid.UUID:
        """Its number in the form that clients want of an id."""
        return uuid.UUID(int=self.pk)
