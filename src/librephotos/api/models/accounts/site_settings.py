"""Settings of the whole server that an administrator changes while it runs."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.db import models

from librephotos.api.models.compiled import Prepared


def default_allow_upload() -> bool:
    """Return what the environment says of uploads."""
    return bool(settings.ALLOW_UPLOAD)


def default_skip_patterns() -> str:
    """Return the path fragments that the environment excludes from scans."""
    return str(settings.SKIP_PATTERNS)


NONE = "none"
ZERO_SHOT_MODEL = "siglip2-base-patch16-224"
"""Makes the vectors for tags where search by meaning, which shares them, is off."""

LEGACY_CAPTIONERS = {
    "im2txt": "blip-image-captioning-base",
    "im2txt_onnx": "blip-image-captioning-base",
    "blip_base_capfilt_large": "blip-image-captioning-base",
}
"""The contract's names of captioners, and the published model that stands for each."""


class SiteSettings(models.Model):
    """The one row of server-wide settings; everything here is what a person said."""

    class Tagger(models.TextChoices):
        """The contract's names of what tags photos."""

        PLACES365 = "places365"
        SIGLIP2 = "siglip2"

    allow_registration = models.BooleanField(default=False)
    allow_upload = models.BooleanField(default=default_allow_upload)
    # Whoever runs the server says so, and every erasing is confirmed besides.
    delete_originals = models.BooleanField(default=False, db_default=False)
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
        return _kept().first() or cls.objects.get_or_create(id=1)[0]

    @classmethod
    def locked(cls) -> SiteSettings:
        """Return the settings, held until the transaction ends.

        Whatever only one may do at a time on the whole server takes its turn by them.
        """
        return cls.objects.select_for_update().get_or_create(id=1)[0]

    @property
    def caption_model(self) -> str:
        """The published model that writes captions, "" for none."""
        name = self.captioning_model
        return "" if name == NONE else LEGACY_CAPTIONERS.get(name, name)

    @property
    def search_model(self) -> str:
        """The published model by which photos are searched, "" if that is off."""
        name = self.semantic_search_model
        return "" if name == NONE else name

    @property
    def embedding_model(self) -> str:
        """The published model that turns pictures into vectors, "" for none."""
        if self.search_model:
            return self.search_model
        return ZERO_SHOT_MODEL if self.tagging_model == self.Tagger.SIGLIP2 else ""


@cache
def _kept() -> Prepared[SiteSettings]:
    return Prepared(SiteSettings.objects.filter(id=1))
