"""What callers send to say something of photos that has a history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypedDict

from rest_framework import serializers

from librephotos.api.http.answer_schema import UuidText
from librephotos.api.http.fields import (
    NumberField,
    StrictBooleanField,
    WholeNumberField,
)
from librephotos.api.models import Photo
from librephotos.api.models.visible_text import visible_text
from librephotos.api.serializers.library.photo_edit import (
    LONGEST_CAPTION,
    MOST_HASHTAGS,
    SelectionSerializer,
    WallClockField,
)
from librephotos.api.services import corrections
from librephotos.api.services.photos import hashtags
from librephotos.media.dates.written import fixed_offset
from librephotos.time_zones import time_zones

AUTOMATIC = "auto"
MOST_KEYWORDS = 500
LONGEST_KEYWORD = 200
MOST_IN_BULK = 100
LONGEST_SHIFT = timedelta(days=366 * 200)


class DateField(WallClockField):
    """A moment at which a photo can have been taken; its offset is not looked at."""

    def to_internal_value(self, value: Any) -> Any:
        moment = super().to_internal_value(value)
        if not corrections.is_dateable(moment):
            message = "A photo cannot have been taken then."
            raise serializers.ValidationError(message)
        return moment


class TimeZoneField(serializers.CharField):
    """The name of a time zone, or an offset from UTC such as +02:00."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=64, **options)

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if not name or name in time_zones() or fixed_offset(name) is not None:
            return name
        message = "There is no such time zone; give a name or an offset as +02:00."
        raise serializers.ValidationError(message)


def _latitude(**options: Any) -> NumberField:
    return NumberField(min_value=-90, max_value=90, required=False, **options)


def _longitude(**options: Any) -> NumberField:
    return NumberField(min_value=-180, max_value=180, required=False, **options)


class PhotoEditSerializer(serializers.Serializer[Any]):
    """What a person says of one photo; what is not sent stays as it is.

    A date or zone of null is taken back. A position counts with both numbers only. All
    else that clients send is ignored.
    """

    exif_timestamp = DateField(required=False, allow_null=True)
    timezone = TimeZoneField(required=False, allow_null=True, allow_blank=True)
    rating = WholeNumberField(required=False, min_value=0, max_value=5)
    exif_gps_lat = _latitude(allow_null=True)
    exif_gps_lon = _longitude(allow_null=True)
    is_screenshot = StrictBooleanField(required=False)
    is_document = StrictBooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return what is said by the fields of `writes.photo_says`, flags apart."""
        said: dict[str, Any] = {}
        if "exif_timestamp" in attrs:
            moment = attrs["exif_timestamp"]
            said["date"] = None if moment is None else corrections.as_said(moment)
        if "timezone" in attrs:
            said["timezone"] = attrs["timezone"] or None
        if "rating" in attrs:
            said["rating"] = attrs["rating"]
        position = [attrs.get("exif_gps_lat"), attrs.get("exif_gps_lon")]
        if None not in position:
            said["position"] = position
        flags = {name: attrs[name] for name in _FLAGS if name in attrs}
        return {"said": said, "flags": flags}


_FLAGS = ("is_screenshot", "is_document")


def category_by_flags(now: str, flags: dict[str, bool]) -> str:
    """Return the category of a photo once flags are set, a screenshot if both are."""
    for name in _FLAGS:
        category = name.removeprefix("is_")
        if flags.get(name):
            return category
        if flags.get(name) is False and now == category:
            now = Photo.Category.PHOTO
    return str(now)


class _QuarterTurnsField(WholeNumberField):
    """Degrees clockwise."""

    def to_internal_value(self, data: Any) -> int:
        angle = super().to_internal_value(data)
        if angle % 90:
            raise serializers.ValidationError("Turn by a multiple of 90 degrees.")
        return angle


class RotateSerializer(serializers.Serializer[Any]):
    """A turn clockwise by degrees, then a flip from left to right."""

    image_hash = serializers.CharField()
    angle = _QuarterTurnsField(default=0)
    flip_horizontal = StrictBooleanField(default=False)


class TurnSerializer(SelectionSerializer):
    """The same of many photos."""

    angle = _QuarterTurnsField(default=0)
    flip_horizontal = StrictBooleanField(default=False)


class CategorySerializer(SelectionSerializer):
    """The category of photos, by which they are found and left out."""

    category = serializers.ChoiceField([*Photo.Category.values, AUTOMATIC])
    category_source = serializers.ChoiceField(["user", AUTOMATIC], default="user")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if attrs["category"] == AUTOMATIC and attrs.get("select_all"):
            message = "Name the photos that are to be classified automatically."
            raise serializers.ValidationError({"category": [message]})
        return attrs


class ShiftSerializer(SelectionSerializer):
    """By how many seconds dates are to be moved, or else the zone of the clock."""

    seconds = WholeNumberField(required=False)
    timezone = TimeZoneField(required=False, allow_null=True, allow_blank=True)

    def validate_seconds(self, seconds: int) -> int:
        if abs(seconds) > LONGEST_SHIFT.total_seconds():
            raise serializers.ValidationError("Dates are moved by 200 years at most.")
        return seconds

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("seconds" in attrs) == ("timezone" in attrs):
            message = "Give either seconds or a timezone."
            raise serializers.ValidationError({"seconds": [message]})
        return super().validate(attrs)


class PlaceSerializer(SelectionSerializer):
    """Where photos were taken; null for nowhere, `from_file` for what files say."""

    latitude = _latitude(allow_null=True)
    longitude = _longitude(allow_null=True)
    from_file = StrictBooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if attrs.get("from_file"):
            return {**attrs, "position": None}
        for name in ("latitude", "longitude"):
            if name not in attrs:
                raise serializers.ValidationError({name: ["This field is required."]})
        position = [attrs["latitude"], attrs["longitude"]]
        if position == [None, None]:
            return {**attrs, "position": corrections.NOWHERE}
        if None in position:
            message = "Give both numbers, or null for both."
            raise serializers.ValidationError({"latitude": [message]})
        return {**attrs, "position": position}


class UndoSerializer(serializers.Serializer[Any]):
    """The act that is to be taken back, as the answer to it named it."""

    edit = serializers.UUIDField()


class CorrectedPhotos(TypedDict):
    """How many photos an act has changed, and the name by which it is taken back."""

    status: bool
    count: int
    edit: UuidText | None


class TurnedPhoto(TypedDict):
    """A photo that was turned; its previews follow."""

    status: bool
    image_hash: str
    local_orientation: int
    shown_orientation: int
    last_modified: str | None


class KeywordsField(serializers.ListField):
    """Words, each once, without what cannot be seen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            child=serializers.CharField(max_length=LONGEST_KEYWORD, allow_blank=True),
            max_length=MOST_KEYWORDS,
            **options,
        )

    def to_internal_value(self, data: Any) -> list[str]:
        words = map(visible_text, super().to_internal_value(data))
        return list(dict.fromkeys(filter(None, words)))


def _text(length: int) -> serializers.CharField:
    return serializers.CharField(
        max_length=length, required=False, allow_null=True, allow_blank=True
    )


class DescriptionSerializer(serializers.Serializer[Any]):
    """What a person says of a photo in words; null says that there is nothing."""

    title = _text(500)
    caption = _text(LONGEST_CAPTION)
    keywords = KeywordsField(required=False, allow_null=True)
    rating = WholeNumberField(required=False, allow_null=True, min_value=0, max_value=5)
    copyright = _text(2000)
    creator = _text(200)

    def validate_caption(self, caption: str | None) -> str | None:
        if len(set(hashtags(caption or ""))) > MOST_HASHTAGS:
            message = f"A caption may have at most {MOST_HASHTAGS} hashtags."
            raise serializers.ValidationError(message)
        return caption

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return what is said by the fields of `writes.photo_says`."""
        said = dict(attrs)
        for name in ("caption", "rating"):
            if name in said and said[name] in (None, ""):
                said[name] = None
        if "keywords" in said:
            said["keywords"] = said["keywords"] or []
        texts = ("title", "copyright", "creator", *_LOCATIONS)
        return {
            name: (value or "") if name in texts else value
            for name, value in said.items()
        }


_LOCATIONS = (
    "location_country",
    "location_state",
    "location_city",
    "location_address",
)


class MetadataEditSerializer(DescriptionSerializer):
    """What a person says of one photo: in words, when and where."""

    location_country = _text(100)
    location_state = _text(100)
    location_city = _text(100)
    location_address = _text(500)
    gps_latitude = _latitude(allow_null=True)
    gps_longitude = _longitude(allow_null=True)
    date_taken = DateField(required=False, allow_null=True)
    timezone_offset = TimeZoneField(required=False, allow_null=True, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        said = super().validate(attrs)
        if "date_taken" in said:
            moment = said.pop("date_taken")
            said["date"] = None if moment is None else corrections.as_said(moment)
        if "timezone_offset" in said:
            said["timezone"] = said.pop("timezone_offset") or None
        position = [said.pop(f"gps_{name}", self) for name in ("latitude", "longitude")]
        if position == [self, self]:
            return said
        if None in position:
            return {**said, "position": corrections.NOWHERE}
        photo: Photo = self.context["photo"]
        known = [photo.latitude, photo.longitude]
        whole = [
            now if given is self else given
            for given, now in zip(position, known, strict=True)
        ]
        if None in whole:
            message = "Give both numbers, or null for both."
            raise serializers.ValidationError({"gps_latitude": [message]})
        return {**said, "position": whole}


class BulkMetadataSerializer(serializers.Serializer[Any]):
    """What a person says of up to 100 photos in words."""

    photo_ids = serializers.ListField(
        child=serializers.CharField(), max_length=MOST_IN_BULK, allow_empty=False
    )
    updates = DescriptionSerializer()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        sent = self.initial_data["updates"]
        unknown = sorted(set(sent) - set(DescriptionSerializer().fields))
        if unknown:
            message = f"These cannot be changed at once: {', '.join(unknown)}."
            raise serializers.ValidationError({"updates": [message]})
        return attrs
