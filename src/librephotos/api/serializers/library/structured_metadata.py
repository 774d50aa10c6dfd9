"""What is known of a photo field by field, with the history of what was said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any, TypedDict, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from librephotos.api.http.answer_schema import IsoTime, UuidText
from librephotos.api.http.fields import iso_utc
from librephotos.api.models import File, Photo, PhotoEdit, PhotoMetadata
from librephotos.api.serializers.library.photo import (
    camera_name,
    date_source,
    metadata_source,
)
from librephotos.api.serializers.library.photo_shape import DateSource
from librephotos.api.serializers.library.place import address, chain
from librephotos.media.dates.written import fixed_offset
from librephotos.media.files.formats import Kind

SHOWN_EDITS = 10

_CONTRACT_NAMES = {"date": "date_taken", "timezone": "timezone_offset"}
_NO_METADATA = PhotoMetadata()


EditedValue = str | float | list[str | float] | None


class EditRow(TypedDict):
    """One field of a photo, as a person has changed it; null is the file's own say."""

    id: UuidText
    field_name: str
    old_value: EditedValue
    new_value: EditedValue
    user: int
    user_name: str
    synced_to_file: bool
    synced_at: IsoTime | None
    created_at: IsoTime | None
    edit: UuidText


class SidecarFile(TypedDict):
    """A file beside the picture that says something of it."""

    id: UuidText
    file_type: str
    source: str
    priority: int
    creator_software: str | None
    created_at: IsoTime | None
    updated_at: IsoTime | None


class DateCandidate(TypedDict):
    """A date that the file tells, by the name of its tag."""

    source: str
    value: str


class PhotoFields(TypedDict):
    """All fields of a photo; `said` are those of which a person has said something."""

    id: UuidText
    aperture: float | None
    shutter_speed: str | None
    shutter_speed_seconds: float | None
    iso: int | None
    focal_length: float | None
    focal_length_35mm: int | None
    exposure_compensation: float | None
    flash_fired: bool | None
    metering_mode: str | None
    white_balance: str | None
    camera_make: str | None
    camera_model: str | None
    camera_display: str | None
    lens_make: str | None
    lens_model: str | None
    lens_display: str | None
    serial_number: str | None
    width: int | None
    height: int | None
    orientation: int | None
    resolution: str | None
    megapixels: float | None
    color_space: str | None
    bit_depth: int | None
    date_taken: IsoTime | None
    date_taken_subsec: str | None
    date_modified: IsoTime | None
    timezone_offset: str | None
    gps_latitude: float | None
    gps_longitude: float | None
    gps_altitude: float | None
    has_location: bool
    location_country: str | None
    location_state: str | None
    location_city: str | None
    location_address: str | None
    title: str | None
    caption: str | None
    keywords: list[str] | None
    rating: int | None
    copyright: str | None
    creator: str | None
    source: str
    version: int
    created_at: IsoTime | None
    updated_at: IsoTime | None
    edit_history: list[EditRow]
    sidecar_files: list[SidecarFile]
    timezone: str
    date_rule: DateSource | None
    date_candidates: list[DateCandidate]
    said: list[str]


class EditPage(TypedDict):
    """One page of the history of a photo, the latest edits first."""

    results: list[EditRow]
    count: int
    page: int
    page_size: int


class BriefFields(TypedDict):
    """What a photo was taken with, when, and how it was rated."""

    camera: str | None
    lens: str | None
    date_taken: IsoTime | None
    has_location: bool
    rating: int | None


class BulkUpdated(TypedDict):
    """How many photos were changed, and the name by which that is taken back."""

    updated_count: int
    message: str
    edit: UuidText | None


def brief_fields(photo: Photo) -> BriefFields:
    """Return the few fields of a photo that lists want."""
    metadata = getattr(photo, "metadata", _NO_METADATA)
    return {
        "camera": camera_name(metadata) or None,
        "lens": metadata.lens or None,
        "date_taken": iso_utc(photo.taken_at),
        "has_location": photo.latitude is not None,
        "rating": _rating(photo),
    }


def photo_fields(photo: Photo, history: list[PhotoEdit]) -> PhotoFields:
    """Return all fields of a photo from `detailed`, and the latest of its edits."""
    metadata = getattr(photo, "metadata", _NO_METADATA)
    edits: int = getattr(photo, "number_of_edits")
    tags: Mapping[str, Any] = metadata.tags
    width, height = photo.width, photo.height
    pixels = (width or 0) * (height or 0)
    names = _place_names(photo)
    said = photo.user_facts
    flash = tags.get("EXIF:Flash")
    return {
        "id": str(photo.pk),
        "aperture": metadata.fstop,
        "shutter_speed": metadata.shutter_speed or None,
        "shutter_speed_seconds": metadata.exposure_time_s,
        "iso": metadata.iso,
        "focal_length": metadata.focal_length,
        "focal_length_35mm": _rounded(metadata.focal_length_35mm),
        "exposure_compensation": _number(tags.get("EXIF:ExposureBiasValue")),
        "flash_fired": bool(flash & 1) if isinstance(flash, int) else None,
        "metering_mode": _text(tags.get("EXIF:MeteringMode")),
        "white_balance": _text(tags.get("EXIF:WhiteBalance")),
        "camera_make": metadata.camera_make or None,
        "camera_model": metadata.camera_model or None,
        "camera_display": camera_name(metadata) or None,
        "lens_make": _text(tags.get("EXIF:LensMake")),
        "lens_model": _text(tags.get("EXIF:LensModel")) or metadata.lens or None,
        "lens_display": metadata.lens or None,
        "serial_number": _text(tags.get("EXIF:BodySerialNumber")),
        "width": width,
        "height": height,
        "orientation": metadata.orientation,
        "resolution": f"{width}x{height}" if pixels else None,
        "megapixels": round(pixels / 1e6, 1) if pixels else None,
        "color_space": _text(tags.get("EXIF:ColorSpace")),
        "bit_depth": _whole(tags.get("EXIF:BitsPerSample")),
        "date_taken": iso_utc(photo.taken_at),
        "date_taken_subsec": metadata.dates.get("EXIF:SubSecTimeOriginal"),
        "date_modified": None,
        "timezone_offset": timezone_offset(photo),
        "gps_latitude": photo.latitude,
        "gps_longitude": photo.longitude,
        "gps_altitude": metadata.altitude,
        "has_location": photo.latitude is not None,
        "location_country": said.get("location_country", names[0]) or None,
        "location_state": said.get("location_state", names[1]) or None,
        "location_city": said.get("location_city", names[2]) or None,
        "location_address": said.get("location_address", address(photo.place)) or None,
        "title": said.get("title", metadata.title) or None,
        "caption": photo.user_caption or metadata.description or None,
        "keywords": said.get("keywords", metadata.keywords) or None,
        "rating": _rating(photo),
        "copyright": said.get("copyright", metadata.copyright) or None,
        "creator": said.get("creator", metadata.creator) or None,
        "source": metadata_source(photo, edits),
        "version": 1 + edits,
        "created_at": iso_utc(photo.added_on),
        "updated_at": iso_utc(photo.last_modified),
        "edit_history": [edit_row(edit) for edit in history[:SHOWN_EDITS]],
        "sidecar_files": [
            _sidecar(file) for file in photo.files.all() if file.kind == Kind.SIDECAR
        ],
        "timezone": photo.timezone,
        "date_rule": date_source(photo),
        "date_candidates": [
            {"source": name, "value": value}
            for name, value in sorted(metadata.dates.items())
            if "Offset" not in name and "SubSec" not in name
        ],
        "said": _said(photo),
    }


def edit_row(edit: PhotoEdit) -> EditRow:
    """Return one row of the history."""
    return {
        "id": str(edit.public_id),
        "field_name": _CONTRACT_NAMES.get(edit.field, edit.field),
        "old_value": edit.old_value,
        "new_value": edit.new_value,
        "user": edit.user.pk if edit.user else 0,
        "user_name": edit.user.username if edit.user else "",
        "synced_to_file": False,
        "synced_at": None,
        "created_at": iso_utc(edit.created_at),
        "edit": str(edit.batch),
    }


def timezone_offset(photo: Photo) -> str | None:
    """Return how far a photo's clock is from UTC, as +02:00; None if nobody knows.

    To the minute: before the time of railways each town had seconds of its own.
    """
    if photo.taken_at is None or not photo.timezone:
        return None
    if fixed_offset(photo.timezone) is not None:
        return photo.timezone
    moment = photo.taken_at.astimezone(UTC).replace(tzinfo=ZoneInfo(photo.timezone))
    minutes = round(cast(timedelta, moment.utcoffset()) / timedelta(minutes=1))
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def _said(photo: Photo) -> list[str]:
    said = {
        "date_taken": photo.user_taken_at is not None,
        "timezone_offset": bool(photo.user_timezone),
        "position": photo.user_nowhere or photo.user_latitude is not None,
        "caption": bool(photo.user_caption),
        "category": bool(photo.user_category),
        "orientation": photo.user_orientation != 1,
        "main_file": bool(photo.user_main_md5),
        "rating": photo.user_rating is not None,
    }
    return [*(name for name, told in said.items() if told), *sorted(photo.user_facts)]


def _place_names(photo: Photo) -> tuple[str, str, str]:
    """Return country, region and town of a photo's place, "" where unknown."""
    names = [part.name for part in reversed(chain(photo.place))]
    country, region = (names + ["", ""])[:2]
    return country, region, names[-1] if names else ""


def _rating(photo: Photo) -> int | None:
    unrated = photo.user_rating is None and photo.file_rating is None
    return None if unrated else photo.rating


def _sidecar(file: File) -> SidecarFile:
    return {
        "id": str(UUID(int=file.pk)),
        "file_type": "xmp",
        "source": "existing",
        "priority": 10,
        "creator_software": None,
        "created_at": None,
        "updated_at": None,
    }


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)
