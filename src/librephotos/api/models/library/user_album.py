"""Albums that people make."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

LONGEST_TITLE = 512


class UserAlbumQuerySet(models.QuerySet["UserAlbum"]):
    """The named sets of albums that people make."""

    def owned_by(self, user: Any) -> UserAlbumQuerySet:
        """The albums that `user` may change; none for anonymous callers."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()


class UserAlbum(models.Model):
    """Photos that a person has put together under a title.

    An owner has each title once. `cover` is the photo that the owner chose, which shows
    while it is visible and in the album. A `locked` album keeps its photos.
    `photo_count` is the number of visible photos, kept by triggers of the database.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    owner_id: int
    title = models.CharField(max_length=LONGEST_TITLE)
    cover = models.ForeignKey(
        "Photo", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    cover_id: UUID | None
    locked = models.BooleanField(default=False)
    created_on = models.DateTimeField(auto_now_add=True)
    photo_count = models.IntegerField(default=0)

    objects = UserAlbumQuerySet.as_manager()

    class Meta:
        ordering = ("title",)
        constraints = [
            models.UniqueConstraint(fields=("owner", "title"), name="user_album_once")
        ]

    def __str__(self) -> str:
        return self.title


class UserAlbumPhoto(models.Model):
    """A photo that somebody has put into an album.

    `visible` follows the photo's by a trigger of the database.
    """

    pk = models.CompositePrimaryKey("album_id", "photo_id")
    album = models.ForeignKey(
        UserAlbum, on_delete=models.CASCADE, related_name="members"
    )
    album_id: int
    photo = models.ForeignKey(
        "Photo", on_delete=models.CASCADE, related_name="memberships"
    )
    added_on = models.DateTimeField(auto_now_add=True)
    visible = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(
                "album",
                F("photo").desc(),
                name="user_album_shown",
                condition=Q(visible=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.photo_id} in {self.album_id}"
