"""Rows of photos as items of a grid, singly and grouped by day.

Plain dictionaries: a day's page or a search result has hundreds of them.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from librephotos.api.queries.library.photos import GridRow
from librephotos.api.queries.library.timeline import Day, DayPage
from librephotos.api.serializers.accounts.simple_user import SimpleUser, owners_of

NO_TIMESTAMP = "No timestamp"


def media_type(photo: Any) -> str:
    """Return the contract's type of a photo: image, video or motion_photo."""
    if photo.video:
        return "video"
    return "motion_photo" if photo.motion_photo else "image"


def placeholder_uri(image: bytes | memoryview) -> str:
    """Return a tiny WebP image as a data URI, "" without one."""
    return f"data:image/webp;base64,{b64encode(image).decode()}" if image else ""


def grid_items(rows: list[GridRow], *, viewer: Any) -> list[dict[str, Any]]:
    """Return the items of a grid.

    Where a photo was taken is told to its owner only.
    """
    owners = owners_of(rows, viewer=viewer)
    return [
        _item(row, owners[row.owner_id], own=row.owner_id == viewer.pk) for row in rows
    ]


def _item(row: GridRow, owner: SimpleUser, *, own: bool) -> dict[str, Any]:
    taken_at = row.taken_at.isoformat() if row.taken_at else ""
    return {
        "id": str(row.id),
        "image_hash": row.image_hash,
        "url": row.image_hash,
        "dominantColor": row.dominant_color,
        "placeholder": placeholder_uri(row.placeholder),
        "location": (row.place or "") if own else "",
        "date": taken_at,
        "birthTime": taken_at.replace("+00:00", "Z"),
        "aspectRatio": row.aspect_ratio,
        "type": media_type(row),
        "video_length": _length(row),
        "rating": row.rating,
        "owner": owner,
        "exif_gps_lat": row.latitude if own else None,
        "exif_gps_lon": row.longitude if own else None,
        "removed": False,
        "in_trashcan": row.in_trashcan,
        "has_raw_variant": row.has_raw,
        "damaged": bool(row.damage),
        "stacks": None,
    }


def _length(row: GridRow) -> str:
    """The duration as text: the clients reject a number."""
    return str(row.duration_s) if row.video and row.duration_s is not None else ""


def day_date(day: int) -> str | None:
    """Return the date of a day's ordinal as YYYY-MM-DD, None for the undated one."""
    return date.fromordinal(day).isoformat() if day else None


def day_groups(rows: list[GridRow], *, viewer: Any) -> list[dict[str, Any]]:
    """Return rows, which must come day by day, as day groups."""
    items = grid_items(rows, viewer=viewer)
    pairs = zip(rows, items, strict=True)
    return [
        _group(day, [item for _, item in pairs_of_day])
        for day, pairs_of_day in groupby(pairs, key=lambda pair: pair[0].day)
    ]


def _group(day: int, items: list[dict[str, Any]]) -> dict[str, Any]:
    places: Iterable[str] = (item["location"] for item in items)
    return {
        "date": day_date(day) or NO_TIMESTAMP,
        "location": next(filter(None, places), ""),
        "items": items,
    }


def incomplete_day(day: Day, *, show_place: bool) -> dict[str, Any]:
    """Return a day of the timeline without its photos."""
    return {
        "id": str(day.day),
        "date": day_date(day.day),
        "location": day.place if show_place else "",
        "incomplete": True,
        "numberOfItems": day.photos,
        "items": [],
    }


def complete_day(page: DayPage, *, viewer: Any, show_place: bool) -> dict[str, Any]:
    """Return a day of the timeline with one page of its photos."""
    return {
        **incomplete_day(page.day, show_place=show_place),
        "incomplete": False,
        "items": grid_items(page.rows, viewer=viewer),
    }
