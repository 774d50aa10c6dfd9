"""Rows of photos as items of a grid, singly and grouped by day.

Plain dictionaries: a day's page or a search result has hundreds of them.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Literal, TypedDict, get_args

from librephotos.api.http.answer_schema import IsoTime, UuidText
from librephotos.api.models import User
from librephotos.api.queries.library.photos import GridRow
from librephotos.api.queries.library.timeline import Day, day_title
from librephotos.api.serializers.library.simple_user import SimpleUser, simple_user

NO_TIMESTAMP = "No timestamp"


MediaType = Literal["image", "video", "motion_photo"]
MEDIA_TYPES = get_args(MediaType)


class Stack(TypedDict):
    """Photos that lie on one another; there are none yet."""

    id: UuidText


class GridItem(TypedDict):
    """A photo as grids show it."""

    id: UuidText
    image_hash: str
    url: str
    dominantColor: str
    placeholder: str
    location: str
    date: str
    birthTime: str
    aspectRatio: float | None
    type: MediaType
    video_length: str
    rating: int
    owner: SimpleUser
    exif_gps_lat: float | None
    exif_gps_lon: float | None
    removed: bool
    in_trashcan: bool
    has_raw_variant: bool
    damaged: bool
    stacks: list[Stack] | None


class DayGroup(TypedDict):
    """The photos of a list that are of one day."""

    date: str
    location: str
    items: list[GridItem]


class TimelineDay(TypedDict):
    """A day of the timeline; without its photos where it is `incomplete`."""

    id: str
    date: str | None
    location: str
    incomplete: bool
    numberOfItems: int
    items: list[GridItem]


class CompleteDay(TypedDict):
    """A day of the timeline with one page of its photos."""

    results: TimelineDay


class RecentlyAdded(TypedDict):
    """The photos of the latest import, and when that was."""

    date: IsoTime | None
    results: list[GridItem]


class PhotoSummary(TypedDict):
    """A photo as grids show it, also while it is processed."""

    photo_summary: GridItem
    album_date_id: int | None
    processing: bool


def media_type(photo: Any) -> MediaType:
    """Return the contract's type of a photo: image, video or motion_photo."""
    if photo.video:
        return "video"
    return "motion_photo" if photo.motion_photo else "image"


def placeholder_uri(image: bytes | memoryview) -> str:
    """Return a tiny WebP image as a data URI, "" without one."""
    return f"data:image/webp;base64,{b64encode(image).decode()}" if image else ""


def grid_items(rows: list[GridRow], *, viewer: Any) -> list[GridItem]:
    """Return the items of a grid.

    Where a photo was taken is told to its owner only.
    """
    owners = _owners_of(rows, viewer=viewer)
    return [
        _item(row, owners[row.owner_id], own=row.owner_id == viewer.pk) for row in rows
    ]


def _owners_of(rows: list[GridRow], *, viewer: Any) -> dict[int, SimpleUser]:
    """Return the owners of rows by id; without a query when all are the viewer's."""
    ids = {row.owner_id for row in rows}
    known = {viewer.pk: simple_user(viewer)} if viewer.is_authenticated else {}
    others = (
        User.objects.filter(pk__in=ids - known.keys()) if ids - known.keys() else ()
    )
    return known | {user.pk: simple_user(user) for user in others}


def _item(row: GridRow, owner: SimpleUser, *, own: bool) -> GridItem:
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


def day_groups(rows: list[GridRow], *, viewer: Any) -> list[DayGroup]:
    """Return rows, which must come day by day, as day groups."""
    items = grid_items(rows, viewer=viewer)
    pairs = zip(rows, items, strict=True)
    return [
        _group(day, [item for _, item in pairs_of_day])
        for day, pairs_of_day in groupby(pairs, key=lambda pair: pair[0].day)
    ]


def _group(day: int, items: list[GridItem]) -> DayGroup:
    places: Iterable[str] = (item["location"] for item in items)
    return {
        "date": day_title(day) or NO_TIMESTAMP,
        "location": next(filter(None, places), ""),
        "items": items,
    }


def incomplete_day(day: Day) -> TimelineDay:
    """Return a day of the timeline without its photos."""
    return {
        "id": str(day.key),
        "date": day.title or None,
        "location": day.place,
        "incomplete": True,
        "numberOfItems": day.photo_count,
        "items": [],
    }
