"""The settings of an account that are objects of their own."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from librephotos.api.http.fields import WholeNumberField

MEDIA = ("all", "photos", "videos")
_SWITCHES = ("hide_screenshots", "hide_documents", "favorites")


class LlmSettingsSerializer(serializers.Serializer[Any]):
    """What a generated caption may tell; absent keys take their defaults."""

    enabled = serializers.BooleanField(default=False)
    add_person = serializers.BooleanField(default=False)
    add_location = serializers.BooleanField(default=False)
    add_keywords = serializers.BooleanField(default=False)
    add_camera = serializers.BooleanField(default=False)
    add_lens = serializers.BooleanField(default=False)
    add_album = serializers.BooleanField(default=False)
    sentiment = WholeNumberField(default=0, min_value=-10, max_value=10)
    custom_prompt = serializers.CharField(
        default="", allow_blank=True, max_length=10_000
    )
    custom_prompt_enabled = serializers.BooleanField(default=False)


class PublicSharingSerializer(serializers.Serializer[Any]):
    """What public links show unless they say otherwise; absent keys stay as they are.

    The fields have no default, so that a form does not switch on what it leaves out.
    """

    share_location = serializers.BooleanField(required=False)
    share_camera_info = serializers.BooleanField(required=False)
    share_timestamps = serializers.BooleanField(required=False)
    share_captions = serializers.BooleanField(required=False)
    share_faces = serializers.BooleanField(required=False)


class SavedTimelineFilterSerializer(serializers.Serializer[Any]):
    """What the timeline leaves out where a client asks with `apply_default`."""

    media = serializers.ChoiceField(MEDIA, required=False)
    hide_screenshots = serializers.BooleanField(required=False)
    hide_documents = serializers.BooleanField(required=False)
    favorites = serializers.BooleanField(required=False)


@extend_schema_field(SavedTimelineFilterSerializer)
class SavedTimelineFilterField(serializers.JSONField):
    """An object with some of these keys; others, and odd values, are dropped."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise serializers.ValidationError("Give an object, or {}.")
        media = data.get("media")
        known = {"media": media} if isinstance(media, str) and media in MEDIA else {}
        switches = {
            name: data[name] for name in _SWITCHES if isinstance(data.get(name), bool)
        }
        return {**known, **switches}
