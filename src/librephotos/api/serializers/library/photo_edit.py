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


def named_photos_field() -> serializers.ListField:
    """Return a field of photos by UUID or image hash, which may lack."""
    return serializers.ListField(
        child=serializers.CharField(allow_blank=True),
        required=False,
        max_length=MOST_PHOTOS,
    )


class QuerySerializer(serializers.Serializer[Any]):
    """With `select_all`, the photos of a query but for those that are excluded."""

    select_all = StrictBooleanField(required=False)
    query = serializers.DictField(required=False)
    excluded_hashes = named_photos_field()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("select_all") and "query" not in attrs:
            raise serializers.ValidationError({"query": ["This field is required."]})
        return attrs


class SelectionSerializer(QuerySerializer):
    """The photos of a bulk action: named one by one, or by a query."""

    image_hashes = named_photos_field()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if not attrs.get("select_all") and "image_hashes" not in attrs:
            message = "This field is required."
            raise serializers.ValidationError({"image_hashes": [message]})
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
