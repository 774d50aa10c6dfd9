"""Files on disk."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from librephotos.api.models.fields import PathField, readable_path
from librephotos.media.files.formats import Kind


class File(models.Model):
    """A path with the size, times and MD5 of its bytes; wholly derived from disk.

    `path_key` and `capture_key` are 64-bit hashes of the path and of the capture the
    file may be a variant of (media.fingerprint). `stat_key` hashes path, size, time
    and inode; it is null until the file as it is now has been read, so that a scan
    takes up again whatever was interrupted. `crc32` is of the same bytes as `md5`, null
    where these were read before it was asked for. `clock` is the camera's as it took
    the picture (media.shutter_clock). `device_created_at` is what the device that sent
    the file said of it: with nothing else to go by, it is when the photo was taken.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        READY = "ready"
        FAILED = "failed"
        SKIPPED = "skipped"

    KINDS = [(kind.value, kind.name.title()) for kind in Kind] + [
        ("unknown", "Unknown")
    ]

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    photo = models.ForeignKey(
        "Photo", on_delete=models.SET_NULL, null=True, related_name="files"
    )
    path = PathField()
    path_key = models.BigIntegerField()
    capture_key = models.BigIntegerField()
    stat_key = models.BigIntegerField(null=True)
    size = models.BigIntegerField()
    mtime_ns = models.BigIntegerField()
    ctime_ns = models.BigIntegerField(default=0)
    inode = models.BigIntegerField()
    md5 = models.CharField(max_length=32, default="")
    crc32 = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=8, choices=KINDS, default="unknown")
    format = models.CharField(max_length=16, default="")
    mime = models.CharField(max_length=64, default="")
    content_identifier = models.CharField(max_length=64, default="")
    duration_s = models.FloatField(null=True)
    embedded_video = models.BooleanField(default=False)
    clock = models.CharField(max_length=40, default="", db_default="")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    error = models.TextField(default="")
    device_created_at = models.DateTimeField(null=True)
    missing_since = models.DateTimeField(null=True)
    job = models.ForeignKey("Job", on_delete=models.SET_NULL, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("owner", "path_key"), name="file_once_per_owner"
            )
        ]
        indexes = [
            models.Index(fields=("owner", "capture_key"), name="file_capture"),
            models.Index(fields=("owner", "md5"), name="file_md5"),
            models.Index(
                fields=("owner", "stat_key"),
                name="file_stat",
                condition=models.Q(stat_key__isnull=False, missing_since__isnull=True),
            ),
            models.Index(
                fields=("owner",),
                name="file_unread",
                condition=models.Q(stat_key__isnull=True, missing_since__isnull=True),
            ),
            models.Index(
                fields=("owner",),
                name="file_missing",
                condition=models.Q(missing_since__isnull=False),
            ),
            models.Index(
                fields=("owner", "-id"),
                name="file_failed",
                condition=models.Q(state="failed", missing_since__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return readable_path(self.path)
