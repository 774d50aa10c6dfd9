"""What callers send to change photos."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from librephotos.api.http.fields import StrictBooleanField, WholeNumberField
from librephotos.api.services.photos import hashtags

MOST_PHOTOS = 100_000

LONGEST_CAPTION = 20_000

MOST_HASHTAGS = 100
"""Each makes an album, and lists of albums cost as much as there are."""


class SelectionSerializer(serializers.Serializer[Any]):
    """The photos of a bulk action: named one by one, or by a query."""

    image_hashes = serializers.ListField(
        child=serializers.CharField(allow_blank=True),
        required=False,
        max_length=MOST_PHOTOS,
    )
    select_all = StrictBooleanField(required=False)
    query = serializers.DictField(required=False)
    excluded_hashes = serializers.ListField(
        child=serializers.CharField(allow_blank=True),
        required=False,
        max_length=MOST_PHOTOS,
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wanted = "query" if attrs.get("select_all") else "image_hashes"
        if wanted not in attrs:
            raise serializers.ValidationError({wanted: ["This field is required."]})
        return attrs


class FavoriteSerializer(SelectionSerializer):
    favorite = StrictBooleanField()


class RateSerializer(SelectionSerializer):
    rating = WholeNumberField(min_value=0, max_value=5)


class HideSerializer(SelectionSerializer):
    hidden = StrictBooleanField()


class PublishSerializer(SelectionSerializer):
    val_public = StrictBooleanField()


class TrashSerializer(SelectionSerializer):
    deleted = StrictBooleanField()


class WallClockField(serializers.DateTimeField):
    """A date-time whose offset, if any, stays as it was written."""

    def enforce_timezone(self, value: Any) -> Any:
        return value


class CaptionedPhotoSerializer(serializers.Serializer[Any]):
    """The photo that a caption is for."""

    image_hash = serializers.CharField()


class CaptionSerializer(CaptionedPhotoSerializer):
    """The caption that a person gives a photo; may be empty."""

    caption = serializers.CharField(
        allow_blank=True, trim_whitespace=False, max_length=LONGEST_CAPTION
    )

    def validate_caption(self, caption: str) -> str:
        if len(set(hashtags(caption))) > MOST_HASHTAGS:
            message = f"A caption may have at most {MOST_HASHTAGS} hashtags."
            raise serializers.ValidationError(message)
        return caption
