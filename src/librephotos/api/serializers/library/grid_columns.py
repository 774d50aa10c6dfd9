"""Photos as columns: what a grid draws of a thousand of them, in few bytes.

One column is one text, so that neither side makes an object of each value. Columns of
numbers are base64 (RFC 4648) of unsigned integers, big-endian.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from itertools import groupby
from math import log
from struct import pack
from typing import Any, TypedDict

from librephotos.api.models import Shown
from librephotos.api.queries.library.grid_columns import (
    DayRun,
    Tile,
    favourite_from,
)
from librephotos.api.queries.library.shares import shown_of
from librephotos.api.serializers.library.grid import MEDIA_TYPES, media_type
from librephotos.media.turns import UNTURNED

HASH_BYTES = 3
NO_TIME = 2047
_TYPE, _RAW, _FAVOURITE, _DAMAGED = 11, 1 << 13, 1 << 14, 1 << 15


class GridColumns(TypedDict):
    """Photos that follow each other in a timeline.

    `days` has for each day in turn: its ordinal (0: undated), how many of its photos
    stand before those here, how many are here, how many it has.

    `ids` has 16 bytes a photo, its UUID. `hashes` 3: the first of its hash, with which
    media are named for good, as in /media/square_thumbnails/UUID_0f3a2b.
    `ratios` 1: width by height is exp(value / 100 - 1), cut at both ends; 0: not known.
    `kinds` 2: bits 0 to 10 the minute of the day (2047: none), 11 and 12 what it is (0
    image, 1 video, 2 motion photo), 13 has a RAW file, 14 favourite, 15 damaged.

    `durations` are those of the videos in turn, in seconds, -1 where not known.
    `turned` has for each photo that a person has turned its place here and the turn as
    in EXIF.
    `places` are names, `place_runs` has in turn one of them by its place there and for
    how many photos it counts; "" is none. `placeholders` are WebP in base64, "" none.
    """

    days: list[int]
    ids: str
    hashes: str
    ratios: str
    kinds: str
    durations: list[int]
    turned: list[int]
    places: list[str]
    place_runs: list[int]
    placeholders: list[str]


class DayColumns(TypedDict):
    """The days of a timeline: ordinals (0: undated), numbers of photos, and places."""

    days: list[int]
    counts: list[int]
    places: list[str]


def grid_columns(tiles: list[Tile], runs: list[DayRun], *, viewer: Any) -> GridColumns:
    """Return photos as columns.

    When and where a photo of another was taken is told as far as they show it.
    """
    others = [tile.id for tile in tiles if tile.owner_id != viewer.pk]
    shown = shown_of(others, viewer=viewer)
    told = [shown.get(tile.id, Shown.all()) for tile in tiles]
    favourite = favourite_from(viewer)
    kinds = [
        _kind(tile, timed=Shown.TIME in each, favourite=favourite)
        for tile, each in zip(tiles, told, strict=True)
    ]
    names = [
        (tile.place or "") if Shown.PLACE in each else ""
        for tile, each in zip(tiles, told, strict=True)
    ]
    places, place_runs = _runs(names)
    return {
        "days": [number for run in runs for number in run],
        "ids": _text(b"".join(tile.id.bytes for tile in tiles)),
        "hashes": _text(bytes.fromhex("".join(_digits(tile) for tile in tiles))),
        "ratios": _text(bytes(_ratio(tile.aspect_ratio) for tile in tiles)),
        "kinds": _text(pack(f">{len(kinds)}H", *kinds)),
        "durations": [_seconds(tile) for tile in tiles if tile.video],
        "turned": [number for turn in _turns(tiles) for number in turn],
        "places": places,
        "place_runs": place_runs,
        "placeholders": [_text(tile.placeholder) for tile in tiles],
    }


def _text(value: bytes | memoryview) -> str:
    return b64encode(value).decode()


def _digits(tile: Tile) -> str:
    return tile.image_hash[: 2 * HASH_BYTES]


def _ratio(aspect: float | None) -> int:
    if not aspect or aspect < 0:
        return 0
    return min(255, max(1, round(100 * (log(aspect) + 1))))


def _kind(tile: Tile, *, timed: bool, favourite: int) -> int:
    taken_at = tile.taken_at if timed else None
    minute = taken_at.hour * 60 + taken_at.minute if taken_at else NO_TIME
    flags = _RAW * tile.has_raw + _DAMAGED * bool(tile.damage)
    flags += _FAVOURITE * (tile.rating >= favourite)
    return minute + (MEDIA_TYPES.index(media_type(tile)) << _TYPE) + flags


def _seconds(tile: Tile) -> int:
    return -1 if tile.duration_s is None else round(tile.duration_s)


def _turns(tiles: list[Tile]) -> Iterable[tuple[int, int]]:
    for index, tile in enumerate(tiles):
        if tile.shown_orientation != UNTURNED:
            yield index, tile.shown_orientation


def _runs(names: list[str]) -> tuple[list[str], list[int]]:
    """Return the names in the order of their first, and of which runs there are."""
    known: dict[str, int] = {}
    runs: list[int] = []
    for name, each in groupby(names):
        runs += (known.setdefault(name, len(known)), len(list(each)))
    return list(known), runs
