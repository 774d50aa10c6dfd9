"""Photos in the order of the timeline as columns for a grid, from any place of it."""

from __future__ import annotations

import uuid
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from librephotos.api.models import Photo
from librephotos.api.queries.library.timeline import Days


class Tile(NamedTuple):
    """What a tile of a grid shows of one photo; `duration_s` in seconds."""

    id: uuid.UUID
    image_hash: str
    owner_id: int
    day: int
    taken_at: datetime | None
    aspect_ratio: float | None
    video: bool
    motion_photo: bool
    has_raw: bool
    rating: int
    damage: str
    shown_orientation: int
    duration_s: float | None
    place: str | None
    placeholder: bytes | memoryview


class DayRun(NamedTuple):
    """Photos of one day that follow each other in the timeline.

    `day` is an ordinal, `offset` how many of the day stand before them, `photos` how
    many they are, `total` how many the day has.
    """

    day: int
    offset: int
    photos: int
    total: int


_COLUMNS = tuple("place__name" if name == "place" else name for name in Tile._fields)


def tiles_from(days: Days, *, day: int, offset: int, limit: int) -> list[Tile]:
    """Return at most `limit` photos from the one at an offset of a day on.

    The index alone leads past the offset, which is within a day: photos that are added
    to others move nothing here.
    """
    ids = days.from_day(day).values("pk")[offset : offset + limit]
    found = Photo.objects.filter(pk__in=list(ids.values_list("pk", flat=True)))
    rows = found.order_by("-day", "-taken_at", "id").values_list(*_COLUMNS)
    return [Tile._make(row) for row in rows]


def runs_of(
    tiles: list[Tile], days: Days, *, day: int, offset: int, limit: int
) -> list[DayRun]:
    """Return the days of what `tiles_from` has found, in its order.

    Only the first and the last may have more photos than are here. The first is not
    the `day` that was asked for where that has no photo at the offset.
    """
    counted = [(key, len(list(each))) for key, each in groupby(t.day for t in tiles)]
    if offset and counted and counted[0][0] != day:
        offset -= days.from_day(day).filter(day__gt=counted[0][0]).count()
    cut = {key for key, _ in counted[:1] if offset}
    cut.update(key for key, _ in counted[-1:] if len(tiles) == limit)
    totals = days.counts(sorted(cut)) if cut else {}
    return [
        _run(key, 0 if place else offset, count, totals.get(key))
        for place, (key, count) in enumerate(counted)
    ]


def _run(day: int, offset: int, count: int, total: int | None) -> DayRun:
    # Between two statements photos come and go.
    return DayRun(day, offset, count, max(total or 0, offset + count))


def favourite_from(viewer: Any) -> int:
    """Return from which rating on a photo is a favourite of a viewer."""
    least = viewer.favorite_min_rating if viewer.is_authenticated else 1
    return max(1, int(least))
