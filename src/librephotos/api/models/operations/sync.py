"""What delta sync remembers, so that a client is only told what has changed.

All of it is left out of backups: after one was read back, clients begin anew.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models


class TransactionNumber(models.Func):
    """The number of the transaction that stores a row, as PostgreSQL counts them."""

    template = "pg_current_xact_id()::text::bigint"
    allowed_default = True
    output_field = models.BigIntegerField()

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        super().__init__(*expressions, **extra)


class SyncEpoch(models.Model):
    """The one row that tells since when numbers of changes can be compared."""

    name = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="sync_epoch_once")
        ]

    def __str__(self) -> str:
        return str(self.name)

    @classmethod
    def current(cls) -> str:
        """Return the name of the present epoch, of 32 hexadecimal digits."""
        return cls.objects.get_or_create(id=1)[0].name.hex


class SyncItem(models.Model):
    """Something small that a user's clients mirror, as it was when last compared.

    `digest` stands for all that is told of it. `version` rises with each change of any
    item of the user and kind; `withdrawn_at` is set while there is no such item.
    """

    class Kind(models.TextChoices):
        """What is mirrored, photos apart."""

        PERSON = "person"
        USER_ALBUM = "user_album"
        EVENT = "event"
        THING = "thing"
        PLACE = "place"
        TAG = "tag"
        USER = "user"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    key = models.BigIntegerField()
    digest = models.UUIDField()
    version = models.BigIntegerField()
    changed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("user", "kind", "key"), name="sync_item_once"
            ),
            models.UniqueConstraint(
                fields=("user", "kind", "version"), name="sync_item_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class SyncedPhotos(models.Model):
    """How many photos there were when a client of the user's last had all of them."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True
    )
    count = models.IntegerField()
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.count)


class PhotoRemoval(models.Model):
    """A photo that a user's clients may still have and the user has no more.

    Written by triggers of the database. `user` and `photo` are no foreign keys: both
    may be gone. `removed_in` is the number of the transaction that removed it.
    """

    user = models.BigIntegerField()
    photo = models.UUIDField()
    removed_in = models.BigIntegerField(db_default=TransactionNumber())
    removed_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        indexes = [
            models.Index(fields=("user", "removed_in"), name="photo_removal_since"),
            models.Index(fields=("removed_at",), name="photo_removal_age"),
        ]

    def __str__(self) -> str:
        return str(self.photo)
