"""What a caller asks of the timeline, from query parameters or a JSON object."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from rest_framework.exceptions import ValidationError

from librephotos.api.models import Photo
from librephotos.api.models.fields import text_to_path
from librephotos.api.queries.library.timeline import EVERY_CATEGORY, TimelineFilter
from librephotos.numbers import whole_number

_OFF = frozenset(("", "false", "0", "no", "off"))
_FLAGS = ("favorite", "hidden", "in_trashcan", "public")
_CATEGORIES = ("is_screenshot", "is_document")
_HIDDEN = ("hide_screenshots", "hide_documents")
_MEDIA = {"all": None, "photos": False, "videos": True}
_ACCEPTED = frozenset(
    (
        *_FLAGS,
        *_CATEGORIES,
        *_HIDDEN,
        "video",
        "photo",
        "media",
        "person",
        "tag",
        "folder",
        "username",
    )
)


def flag(params: Mapping[str, Any], name: str) -> bool:
    """Whether a flag is set: any value but an empty one, `false`, `0`, `no`, `off`."""
    value = params.get(name)
    return value is not None and str(value).strip().lower() not in _OFF


def timeline_filter(params: Mapping[str, Any]) -> TimelineFilter:
    """Return the filter that query parameters describe; unknown ones are ignored.

    Raises ValidationError for a date, person, tag or folder that cannot be one.
    """
    return TimelineFilter(
        **{name: flag(params, name) for name in _FLAGS},
        username=_text(params, "username").lower(),
        video=video_filter(params),
        person=_number(params, "person", "A person is named by a number."),
        folder=_folder(params),
        tag=_number(params, "tag", "A tag is named by a number."),
        categories=_categories(params),
        last_modified=_moment(params),
    )


def selection_filter(query: Mapping[str, Any]) -> TimelineFilter:
    """Return the filter of a bulk action, as strict as an action must be.

    A key that we do not know would narrow the selection, so ignoring it would change
    photos that nobody selected. Raises ValidationError for such a key and for flags
    that are no booleans.
    """
    given = {name: value for name, value in query.items() if value is not None}
    unknown = sorted(given.keys() - _ACCEPTED)
    if unknown:
        raise ValidationError({"query": f"Unknown filter: {', '.join(unknown)}."})
    flags = given.keys() & {*_FLAGS, *_CATEGORIES, *_HIDDEN, "video", "photo"}
    for name in sorted(flags):
        if not isinstance(given[name], bool):
            raise ValidationError({"query": f"{name} must be true or false."})
    return timeline_filter(given)


def _text(params: Mapping[str, Any], name: str) -> str:
    value = str(params.get(name) or "")
    if "\x00" in value or _has_surrogate(value):
        raise ValidationError({name: "This holds characters that no name can hold."})
    return value


def _has_surrogate(value: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in value)


def video_filter(params: Mapping[str, Any]) -> bool | None:
    """Return True for videos alone, False for stills alone, None for both."""
    media = _text(params, "media") or "all"
    if media not in _MEDIA:
        raise ValidationError({"media": "Choose all, photos or videos."})
    if flag(params, "video"):
        return True
    return False if flag(params, "photo") else _MEDIA[media]


def _number(params: Mapping[str, Any], name: str, message: str) -> int | None:
    value = _text(params, name)
    if not value:
        return None
    number = whole_number(value)
    if number is None:
        raise ValidationError({name: message})
    return number


def _categories(params: Mapping[str, Any]) -> frozenset[str]:
    """Return the categories to show: `is_…` is for or against one, `hide_…` against."""
    shown = EVERY_CATEGORY
    for category in (Photo.Category.SCREENSHOT, Photo.Category.DOCUMENT):
        asked = params.get(f"is_{category}")
        if asked is not None and str(asked).strip():
            only = frozenset((category.value,))
            shown = shown & only if flag(params, f"is_{category}") else shown - only
        elif flag(params, f"hide_{category}s"):
            shown -= {category.value}
    return shown


def _folder(params: Mapping[str, Any]) -> bytes | None:
    value = _text(params, "folder")
    if not value:
        return None
    if not value.startswith("/"):
        raise ValidationError({"folder": "Give the absolute path of a folder."})
    return text_to_path(os.path.normpath(value))


def _moment(params: Mapping[str, Any]) -> datetime | None:
    value = _text(params, "last_modified")
    if not value:
        return None
    moment = _in_utc(value)
    if moment is None:
        message = "Give a date as YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ."
        raise ValidationError({"last_modified": message})
    return moment


def _in_utc(value: str) -> datetime | None:
    """Return a moment that PostgreSQL takes: it knows fewer offsets than Python."""
    moment = _parsed(value)
    if moment is None or moment.tzinfo is None:
        return moment and moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # before the year 1, or after 9999
        return None


def _parsed(value: str) -> datetime | None:
    # In a query string an unescaped "+" of the offset arrives as a blank.
    try:
        moment = parse_datetime(value.strip().replace(" ", "+", 1))
        moment = moment or parse_datetime(value.strip())
        day = parse_date(value.strip()) if moment is None else None
    except ValueError:
        return None
    return datetime.combine(day, datetime.min.time()) if day else moment
