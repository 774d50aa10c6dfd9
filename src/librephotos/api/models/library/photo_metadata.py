"""What the files of a photo say of themselves."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class PhotoMetadata(models.Model):
    """EXIF, IPTC, XMP, sidecar and video facts of a photo; wholly derived.

    `dates` holds the raw texts that the date rules read, by exiftool's tag names;
    `tags` the remaining tags for display; `regions` the named face boxes of XMP,
    normalised to the upright picture. `gps_timezone` is the zone at the position.
    `video_playback_type` is what a browser is asked whether it plays a film.
    """

    photo = models.OneToOneField(
        "Photo", on_delete=models.CASCADE, primary_key=True, related_name="metadata"
    )
    orientation = models.PositiveSmallIntegerField(default=1)
    camera_make = models.CharField(max_length=200, default="")
    camera_model = models.CharField(max_length=200, default="")
    lens = models.CharField(max_length=200, default="")
    fstop = models.FloatField(null=True)
    focal_length = models.FloatField(null=True)
    focal_length_35mm = models.FloatField(null=True)
    iso = models.PositiveIntegerField(null=True)
    exposure_time_s = models.FloatField(null=True)
    shutter_speed = models.CharField(max_length=32, default="")
    digital_zoom_ratio = models.FloatField(null=True)
    subject_distance = models.FloatField(null=True)
    altitude = models.FloatField(null=True)
    gps_timezone = models.CharField(max_length=64, default="")
    title = models.TextField(default="")
    description = models.TextField(default="")
    creator = models.TextField(default="")
    copyright = models.TextField(default="")
    keywords = ArrayField(models.TextField(), default=list)
    regions = models.JSONField(default=list)
    video_codec = models.CharField(max_length=32, default="")
    video_playback_type = models.CharField(max_length=200, default="", db_default="")
    audio_codec = models.CharField(max_length=32, default="")
    frame_rate = models.FloatField(null=True)
    dates = models.JSONField(default=dict)
    tags = models.JSONField(default=dict)
    warnings = ArrayField(models.TextField(), default=list)

    class Meta:
        verbose_name_plural = "photo metadata"

    def __str__(self) -> str:
        return str(self.photo_id)
