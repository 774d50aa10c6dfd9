"""The settings of an account that are objects of their own."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from librephotos.api.http.fields import WholeNumberField


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
