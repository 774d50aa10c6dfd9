"""Files on their way from a client into a user's folder."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from librephotos.api.models.fields import PathField

LIFETIME = timedelta(days=1)
"""How long an upload waits for its next chunk: the contract's."""


def expiry() -> datetime:
    """Return until when an upload waits that something has come of just now."""
    return timezone.now() + LIFETIME


class Upload(models.Model):
    """A file that a client sends in chunks; its bytes lie in the data folder meanwhile.

    `received` bytes have been acknowledged. It is *receiving* until its MD5 was found
    to be the client's, then *verified*: nothing is written to its bytes any more. It
    has *landed* once it lies in the user's folder, at `path`, or was found to be in the
    library, and is *expired* where nothing came for a day. `told_size`, `told_md5` and
    `file_name` are what the client has said.
    """

    class State(models.TextChoices):
        RECEIVING = "receiving"
        VERIFIED = "verified"
        LANDED = "landed"
        EXPIRED = "expired"

    WAITING = (State.RECEIVING, State.VERIFIED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    state = models.CharField(
        max_length=9, choices=State.choices, default=State.RECEIVING
    )
    created_on = models.DateTimeField(auto_now_add=True)
    expires_on = models.DateTimeField(default=expiry)
    received = models.BigIntegerField(default=0)
    told_size = models.BigIntegerField(null=True)
    told_md5 = models.CharField(max_length=32, default="")
    file_name = models.CharField(max_length=255, default="")
    md5 = models.CharField(max_length=32, default="")
    path = PathField(default=b"")
    imported = models.BooleanField(default=False)

    class Meta:
        ordering = ("created_on", "id")
        indexes = [
            models.Index(
                fields=("owner",),
                name="upload_unfinished",
                condition=models.Q(state__in=("receiving", "verified")),
            ),
            models.Index(fields=("expires_on",), name="upload_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.id}: {self.received} bytes, {self.state}"

    @property
    def is_expired(self) -> bool:
        """Whether it has waited too long for its next chunk."""
        if self.state in self.WAITING:
            return self.expires_on < timezone.now()
        return self.state == self.State.EXPIRED
