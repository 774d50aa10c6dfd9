"""Photos and albums that are shown to other users of the server."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from librephotos.api.models.operations.sync import TransactionNumber


class AlbumShare(models.Model):
    """An album that its owner shows to another user.

    `shown` is what the recipient is told of the owner's photos, `shown_back` what the
    owner is told of those that the recipient has added. `favorited` is the recipient's
    mark. `photo_count` is how many of the photos that the recipient has added are
    visible, kept by triggers of the database.
    """

    class Role(models.TextChoices):
        """What a recipient may do besides looking."""

        VIEWER = "viewer"
        CONTRIBUTOR = "contributor"

    album = models.ForeignKey(
        "UserAlbum", on_delete=models.CASCADE, related_name="shares"
    )
    album_id: int
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    recipient_id: int
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.VIEWER)
    shown = models.PositiveSmallIntegerField()
    shown_back = models.PositiveSmallIntegerField()
    favorited = models.BooleanField(default=False)
    photo_count = models.IntegerField(default=0)
    created_on = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("album", "recipient"), name="album_share_once"
            ),
            models.CheckConstraint(
                condition=Q(role__in=("viewer", "contributor")), name="album_share_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.album_id} to {self.recipient_id}"

    @property
    def may_add(self) -> bool:
        """Whether the recipient may put photos of their own into the album."""
        return self.role == self.Role.CONTRIBUTOR


class PhotoShare(models.Model):
    """A photo that its owner shows to another user; `shown` is what is told of it.

    `visible` follows the photo's by a trigger of the database. `changed_in` is the
    number of the transaction in which anything changed last that the recipient's
    clients mirror of share or photo, `changed_at` when that was; triggers keep both.
    """

    pk = models.CompositePrimaryKey("photo_id", "recipient_id")
    photo = models.ForeignKey(
        "Photo", on_delete=models.CASCADE, related_name="shares", db_index=False
    )
    photo_id: UUID
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    recipient_id: int
    shown = models.PositiveSmallIntegerField()
    created_on = models.DateTimeField(auto_now_add=True)
    visible = models.BooleanField(default=False, db_default=False, editable=False)
    changed_in = models.BigIntegerField(db_default=TransactionNumber(), editable=False)
    changed_at = models.DateTimeField(db_default=models.functions.Now(), editable=False)

    class Meta:
        indexes = [
            models.Index(
                fields=("recipient", "changed_in", "photo"),
                name="photo_share_changed",
                condition=Q(visible=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.photo_id} to {self.recipient_id}"
