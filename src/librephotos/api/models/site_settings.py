"""Settings of the whole server that an administrator changes while it runs."""

from __future__ import annotations

from django.conf import settings
from django.db import models


def default_allow_upload() -> bool:
    """Return what the environment says of uploads."""
    return bool(settings.ALLOW_UPLOAD)


def default_skip_patterns() -> str:
    """Return the path fragments that the environment excludes from scans."""
    return str(settings.SKIP_PATTERNS)


class SiteSettings(models.Model):
    """The one row of server-wide settings; everything here is what a person said."""

    allow_registration = models.BooleanField(default=False)
    allow_upload = models.BooleanField(default=default_allow_upload)
    skip_patterns = models.TextField(default=default_skip_patterns, blank=True)
    heavyweight_process = models.PositiveIntegerField(null=True, blank=True)
    map_api_provider = models.CharField(max_length=32, default="photon")
    map_api_key = models.CharField(max_length=255, default="", blank=True)
    map_tile_provider = models.CharField(max_length=64, default="none")
    captioning_model = models.CharField(max_length=64, default="im2txt")
    caption_automatically = models.BooleanField(default=False)
    llm_model = models.CharField(max_length=64, default="None")
    tagging_model = models.CharField(max_length=64, default="places365")
    semantic_search_model = models.CharField(
        max_length=96, default="siglip2-base-patch16-224"
    )
    ocr_model = models.CharField(max_length=64, default="none")
    nextcloud_enabled = models.BooleanField(default=False)
    auto_create_user_directory = models.BooleanField(default=False)
    face_recognition_model = models.CharField(max_length=16, default="HOG")

    class Meta:
        verbose_name_plural = "site settings"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="site_settings_once")
        ]

    def __str__(self) -> str:
        return "Site settings"

    @classmethod
    def current(cls) -> SiteSettings:
        """Return the settings in force, creating them with their defaults."""
        return cls.objects.get_or_create(id=1)[0]
