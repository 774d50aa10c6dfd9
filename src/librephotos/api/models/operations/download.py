"""Archives of photos that people have asked for."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from librephotos.api.models.operations.job import Job

KEPT = timedelta(days=1)
"""For so long an archive can be fetched."""


class DownloadQuerySet(models.QuerySet["Download"]):
    """The named sets of downloads."""

    def owned_by(self, user: Any) -> DownloadQuerySet:
        """The downloads that `user` may fetch; none for anonymous callers."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()

    def expired(self) -> DownloadQuerySet:
        """Those that can be fetched no more."""
        return self.filter(created_at__lt=timezone.now() - KEPT)

    def ready(self) -> DownloadQuerySet:
        """Those whose archive has been prepared."""
        return self.filter(
            job__finished_at__isnull=False, job__failed=False, job__cancelled=False
        )

    def current(self) -> DownloadQuerySet:
        """Those that can be fetched, once their job has finished."""
        return self.filter(created_at__gte=timezone.now() - KEPT)


class Download(models.Model):
    """What an archive is to hold: photos of its owner, in this order.

    `title` is the name of the archive, "" for one that it gets by its day. `all_files`
    takes RAW, films and sidecars of a photo along, `size` LARGE previews in place of
    stills. What the archive is like lies in the data folder (`storage.archives`).
    """

    class Size(models.TextChoices):
        ORIGINAL = "original"
        LARGE = "large"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    owner_id: int
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="download")
    photos = ArrayField(models.UUIDField())
    title = models.CharField(max_length=200, default="")
    all_files = models.BooleanField(default=False)
    size = models.CharField(max_length=8, choices=Size.choices, default=Size.ORIGINAL)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DownloadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=("created_at",), name="download_created")]

    def __str__(self) -> str:
        return str(self.id)
