"""Albums that people make."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from librephotos.api.models.sharing.shares import AlbumShare

LONGEST_TITLE = 512
LONGEST_DESCRIPTION = 10_000


class UserAlbumQuerySet(models.QuerySet["UserAlbum"]):
    """The named sets of albums that people make."""

    def owned_by(self, user: Any) -> UserAlbumQuerySet:
        """The albums that `user` may change; none for anonymous callers."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()

    def shared_with(self, user: Any) -> UserAlbumQuerySet:
        """The albums of others, who are there, that are shown to `user`."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(owner__is_active=True, shares__recipient=user.pk)

    def seen_by(self, user: Any) -> UserAlbumQuerySet:
        """One's own albums, and those of others that are shown to `user`."""
        if not user.is_authenticated:
            return self.none()
        shares = AlbumShare.objects.filter(recipient=user.pk)
        shown = Q(owner__is_active=True, pk__in=shares.values("album"))
        return self.filter(Q(owner_id=user.pk) | shown)


class UserAlbum(models.Model):
    """Photos that a person has put together under a title.

    An owner has each title once. `cover` is the photo that the owner chose, which shows
    while it is visible and in the album. A `locked` album keeps its photos.
    `photo_count` is the number of the owner's visible photos in it, kept by triggers of
    the database; what recipients have added is counted in their shares.
    """

    class Order(models.TextChoices):
        """In which order the photos stand."""

        NEWEST = "newest"
        OLDEST = "oldest"
        HAND = "hand"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    owner_id: int
    title = models.CharField(max_length=LONGEST_TITLE)
    description = models.TextField(default="", db_default="")
    cover = models.ForeignKey(
        "Photo", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    cover_id: UUID | None
    locked = models.BooleanField(default=False)
    favorited = models.BooleanField(default=False, db_default=False)
    photo_order = models.CharField(
        max_length=8,
        choices=Order.choices,
        default=Order.NEWEST,
        db_default=Order.NEWEST,
    )
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

    Those of others than the album's owner hang on the `share` by which they were added,
    and go with it. `position` is the place by hand, null behind all that have one.
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
    share = models.ForeignKey(
        AlbumShare, on_delete=models.CASCADE, null=True, related_name="members"
    )
    share_id: int | None
    position = models.IntegerField(null=True)
    added_on = models.DateTimeField(auto_now_add=True)
    visible = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(
                "album",
                "share",
                F("photo").desc(),
                name="user_album_shown",
                condition=Q(visible=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.photo_id} in {self.album_id}"
