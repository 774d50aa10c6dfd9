"""Server-wide settings as the clients read and change them."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from librephotos.api.http.fields import NumberedModelSerializer, WholeNumberField
from librephotos.api.models import SiteSettings, User
from librephotos.api.models.accounts.site_settings import LEGACY_CAPTIONERS, NONE
from librephotos.api.pipeline.ml_models.installed import known_model

MAP_PROVIDERS = ("mapbox", "maptiler", "nominatim", "opencage", "photon", "tomtom")
TILE_PROVIDERS = ("photoprism", "osm", "none")
LLM_MODELS = (
    "None",
    "none",
    "mistral-7b-v0.1.Q5_K_M",
    "mistral-7b-instruct-v0.2.Q5_K_M",
)
OCR_MODELS = ("none",)
MOST_PROCESSES = 1024


@extend_schema_field(str)
class ModelNameField(serializers.ChoiceField):
    """One of the models that this server has; the list grows with them."""


class SiteSettingsSerializer(NumberedModelSerializer[SiteSettings]):
    """All settings; `shown_settings` tells them.

    Two are no settings, but tell of the server: `email_configured`, whether it can send
    mail, and `face_recognition_enabled`, whether it looks for faces.
    """

    map_api_provider = serializers.ChoiceField(MAP_PROVIDERS)
    map_tile_provider = serializers.ChoiceField(TILE_PROVIDERS)
    captioning_model = serializers.CharField(max_length=64)
    llm_model = serializers.ChoiceField(LLM_MODELS)
    tagging_model = serializers.ChoiceField(SiteSettings.Tagger.choices)
    semantic_search_model = serializers.CharField(max_length=96)
    ocr_model = ModelNameField(OCR_MODELS)
    face_recognition_model = serializers.ChoiceField(User.FaceDetector.choices)
    heavyweight_process = WholeNumberField(
        allow_null=True, min_value=0, max_value=MOST_PROCESSES
    )
    email_configured = serializers.SerializerMethodField()
    face_recognition_enabled = serializers.SerializerMethodField()

    class Meta:
        model = SiteSettings
        fields: tuple[str, ...] = (
            "allow_registration",
            "allow_upload",
            "delete_originals",
            "skip_patterns",
            "heavyweight_process",
            "map_api_provider",
            "map_api_key",
            "map_tile_provider",
            "captioning_model",
            "caption_automatically",
            "llm_model",
            "tagging_model",
            "semantic_search_model",
            "ocr_model",
            "face_recognition_model",
            "nextcloud_enabled",
            "auto_create_user_directory",
            "email_configured",
            "face_recognition_enabled",
        )

    def get_email_configured(self, site: SiteSettings) -> bool:
        # Django names a mail host of its own when nobody has.
        named = settings.is_overridden("EMAIL_HOST")  # type: ignore[misc]
        return bool(named and settings.EMAIL_HOST)

    def get_face_recognition_enabled(self, site: SiteSettings) -> bool:
        return bool(settings.FACE_RECOGNITION)

    def validate_captioning_model(self, name: str) -> str:
        """Accept "none", the contract's names and those of published captioners."""
        if name in (NONE, *LEGACY_CAPTIONERS):
            return name
        return _known(name, purpose="captions")

    def validate_semantic_search_model(self, name: str) -> str:
        """Accept "none", published models, and any repository of the hub."""
        return name if name == NONE else _known(name, purpose="semantic_search")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise ValidationError("Name at least one setting to change.")
        return attrs


class ChangedSiteSettingsSerializer(SiteSettingsSerializer):
    """The settings after a change, and which models they want that are not there."""

    missing_models = serializers.ListField(
        child=serializers.CharField(), read_only=True
    )

    class Meta(SiteSettingsSerializer.Meta):
        fields = (*SiteSettingsSerializer.Meta.fields, "missing_models")


def shown_settings(site: SiteSettings, *, viewer: Any) -> dict[str, Any]:
    """Return the settings as somebody is told of them; staff alone sees the key."""
    shown = _fields().to_representation(site)
    return shown if viewer.is_staff else {**shown, "map_api_key": ""}


@cache
def _fields() -> SiteSettingsSerializer:
    """Return what reads the settings; the framework takes long to make it."""
    return SiteSettingsSerializer()


def _known(name: str, *, purpose: str) -> str:
    """Return the name under which a model is kept; raise ValidationError for none."""
    known = known_model(name, purpose=purpose)
    if known is None:
        raise ValidationError(
            "There is no such model for this; name one of `librephotos models list`."
        )
    return known
