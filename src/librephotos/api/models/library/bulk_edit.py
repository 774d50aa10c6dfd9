"""What people have done to many photos at once, kept while it can be undone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class BulkEditQuerySet(models.QuerySet["BulkEdit"]):
    """The named sets of edits of photos."""

    def owned_by(self, user: Any) -> BulkEditQuerySet:
        """The edits that `user` made and may take back; none for anonymous callers."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()


class BulkEdit(models.Model):
    """An edit of photos: `after` has the columns that it set, and to what.

    What they held before is in its parts, one for each combination of former values.
    Of photos that were put into an album, taken out of it or moved in it, `after` has
    the album, and each part how they were in it (`writes.album_changes`); of photos
    that were given a tag, `after` has that.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    owner_id: int
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)
    after = models.JSONField()

    objects = BulkEditQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{', '.join(self.after)} {self.pk}"


class BulkEditPart(models.Model):
    """Photos of an edit that held the same values before: 16 bytes for each."""

    edit = models.ForeignKey(BulkEdit, on_delete=models.CASCADE, related_name="parts")
    before = models.JSONField()
    photos = ArrayField(models.UUIDField())

    def __str__(self) -> str:
        return f"{self.before} of {self.edit_id}"
