"""Rows of photos as items of a grid, singly and grouped by day.

Plain dictionaries: a day's page or a search result has hundreds of them.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Literal, TypedDict, get_args
from uuid import UUID

from librephotos.api.http.answer_schema import IsoTime, UuidText
from librephotos.api.models import Shown, User
from librephotos.api.queries.library.photos import GridRow
from librephotos.api.queries.library.shares import shown_of
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
    shared_to: list[SimpleUser]
    exif_gps_lat: float | None
    exif_gps_lon: float | None
    removed: bool
    in_trashcan: bool
    has_raw_variant: bool
    damaged: bool
    shown_orientation: int
    stacks: list[Stack] | None


class DayGroup(TypedDict):
    """The photos of a list that are of one day, null where days are not told."""

    date: str | None
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

    When and where a photo of another was taken is told as far as they show it.
    """
    users = _users_of(rows, viewer=viewer)
    shown, everything = _shown_of(rows, viewer=viewer), Shown.all()
    return [
        grid_item(
            row,
            users[row.owner_id],
            shown=shown.get(row.id, everything),
            shared_to=[
                users[user] for user in _recipients(row, viewer) if user in users
            ],
        )
        for row in rows
    ]


def _recipients(row: GridRow, viewer: Any) -> list[int]:
    """To whom a photo is shown by itself; recipients are told of themselves only."""
    if row.owner_id == viewer.pk:
        return row.recipients
    return [user for user in row.recipients if user == viewer.pk]


def _shown_of(rows: list[GridRow], *, viewer: Any) -> dict[UUID, Shown]:
    """Return what is told of photos of others; without a query if there are none."""
    others = [row.id for row in rows if row.owner_id != viewer.pk]
    return shown_of(others, viewer=viewer)


def _users_of(rows: list[GridRow], *, viewer: Any) -> dict[int, SimpleUser]:
    """Return the owners and recipients of rows by id.

    Without a query when all are the viewer's and shown to nobody.
    """
    ids = {row.owner_id for row in rows}
    ids.update(user for row in rows for user in _recipients(row, viewer))
    known = {viewer.pk: simple_user(viewer)} if viewer.is_authenticated else {}
    others = (
        User.objects.filter(pk__in=ids - known.keys()) if ids - known.keys() else ()
    )
    return known | {user.pk: simple_user(user) for user in others}


def grid_item(
    row: GridRow, owner: SimpleUser, *, shown: Shown, shared_to: list[SimpleUser]
) -> GridItem:
    """Return the item of one row, with as much of when and where as is `shown`."""
    told = row.taken_at is not None and Shown.TIME in shown
    taken_at = row.taken_at.isoformat() if row.taken_at and told else ""
    placed = Shown.PLACE in shown
    return {
        "id": str(row.id),
        "image_hash": row.image_hash,
        "url": row.image_hash,
        "dominantColor": row.dominant_color,
        "placeholder": placeholder_uri(row.placeholder),
        "location": (row.place or "") if placed else "",
        "date": taken_at,
        "birthTime": taken_at.replace("+00:00", "Z"),
        "aspectRatio": row.aspect_ratio,
        "type": media_type(row),
        "video_length": _length(row),
        "rating": row.rating,
        "owner": owner,
        "shared_to": shared_to,
        "exif_gps_lat": row.latitude if placed else None,
        "exif_gps_lon": row.longitude if placed else None,
        "removed": False,
        "in_trashcan": row.in_trashcan,
        "has_raw_variant": row.has_raw,
        "damaged": bool(row.damage),
        "shown_orientation": row.shown_orientation,
        "stacks": None,
    }


def _length(row: GridRow) -> str:
    """The duration as text: the clients reject a number."""
    return str(row.duration_s) if row.video and row.duration_s is not None else ""


def day_groups(rows: list[GridRow], *, viewer: Any) -> list[DayGroup]:
    """Return rows as groups of those that follow each other and are of one day.

    Those of which the viewer is not told the time have no day.
    """
    items = grid_items(rows, viewer=viewer)
    pairs = zip(rows, items, strict=True)
    return [
        _group(day, [item for _, item in pairs_of_day])
        for day, pairs_of_day in groupby(pairs, key=lambda pair: day_told(*pair) or 0)
    ]


def day_told(row: GridRow, item: GridItem) -> int | None:
    """Return the day of a photo, None where the viewer is not told of its time."""
    withheld = row.taken_at is not None and not item["date"]
    return None if withheld else row.day


def _group(day: int, items: list[GridItem]) -> DayGroup:
    places: Iterable[str] = (item["location"] for item in items)
    return {
        "date": day_title(day) or NO_TIMESTAMP,
        "location": next(filter(None, places), ""),
        "items": items,
    }


def incomplete_days(rows: Iterable[tuple[Any, ...]]) -> list[TimelineDay]:
    """Return days without their photos from their rows, as `Days.counted` has them."""
    none: list[GridItem] = []  # one for all: of thousands, each costs the collector
    return [
        {
            "id": str(day),
            "date": day_title(day) or None,
            "location": place,
            "incomplete": True,
            "numberOfItems": photos,
            "items": none,
        }
        for day, photos, place in rows
    ]


def incomplete_day(day: Day) -> TimelineDay:
    """Return a day of the timeline without its photos."""
    (shown,) = incomplete_days([(day.key, day.photo_count, day.place)])
    return shown
