"""The machine and its libraries in the contract's shape."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict, cast

from librephotos.api.queries.operations.server_statistics import Sizes
from librephotos.api.storage.disk import Storage

_MIB = 2**20
_SIZE_KEYS = (
    "count",
    "min",
    "max",
    "mean",
    "median",
    "min_videos",
    "max_videos",
    "mean_videos",
    "median_videos",
)
_PEOPLE_KEYS = _SIZE_KEYS[:5]


class Processor(TypedDict):
    """What the machine computes with."""

    arch: str
    count: int | None
    brand: str


class Machine(TypedDict):
    """What the machine has; graphics cards are the workers' knowledge."""

    cpu_info: Processor
    image_tag: str
    available_ram_in_mb: int
    gpu_name: str
    gpu_memory_in_mb: str
    total_storage_in_mb: int
    used_storage_in_mb: int
    free_storage_in_mb: int


class AlbumSizes(TypedDict):
    """How many albums of a kind there are, and how many photos are in one."""

    count: int
    min: float | None
    max: float | None
    mean: float | None
    median: float | None
    min_videos: NotRequired[float | None]
    max_videos: NotRequired[float | None]
    mean_videos: NotRequired[float | None]
    median_videos: NotRequired[float | None]


class UserLibrary(TypedDict):
    """The sizes of one account's library."""

    date_joined: str
    total_file_size_in_mb: int
    number_of_photos: int
    number_of_videos: int
    number_of_captions: int
    number_of_generated_captions: int
    number_of_clusters: int
    number_of_favorites: int
    number_of_hidden: int
    number_of_public: int
    album: AlbumSizes
    places: AlbumSizes
    things: AlbumSizes
    events: AlbumSizes
    person: AlbumSizes


class ServerStatistics(Machine):
    """The machine and the sizes of all libraries."""

    number_of_users: int
    users: list[UserLibrary]


def server_row(storage: Storage, *, image_tag: str) -> Machine:
    """Return what the machine has; graphics cards are the workers' knowledge."""
    return {
        "cpu_info": {
            "arch": platform.machine(),
            "count": os.cpu_count(),
            "brand": platform.processor(),
        },
        "image_tag": image_tag,
        "available_ram_in_mb": _memory() // _MIB,
        "gpu_name": "",
        "gpu_memory_in_mb": "",
        "total_storage_in_mb": storage.total // _MIB,
        "used_storage_in_mb": storage.used // _MIB,
        "free_storage_in_mb": storage.free // _MIB,
    }


def _memory() -> int:
    """The bytes of memory that are free, all of them where that is not told."""
    pages = (
        "SC_AVPHYS_PAGES" if "SC_AVPHYS_PAGES" in os.sysconf_names else "SC_PHYS_PAGES"
    )
    return os.sysconf(pages) * os.sysconf("SC_PAGE_SIZE")


def user_row(
    row: dict[str, Any],
    *,
    albums: Sizes | None,
    places: Sizes | None,
    things: Sizes | None,
    people: Sizes | None,
) -> UserLibrary:
    """Return the sizes of one account's library, as queried."""
    return {
        "date_joined": row["date_joined"].strftime("%d-%m-%Y"),
        "total_file_size_in_mb": int(row["bytes"]) // _MIB,
        "number_of_photos": row["stills"],
        "number_of_videos": row["videos"],
        "number_of_captions": row["captions"],
        "number_of_generated_captions": row["generated_captions"],
        "number_of_clusters": row["clusters"],
        "number_of_favorites": row["favorites"],
        "number_of_hidden": row["hidden"],
        "number_of_public": row["public"],
        "album": _sizes(_SIZE_KEYS, albums),
        "places": _sizes(_SIZE_KEYS, places),
        "things": _sizes(_SIZE_KEYS, things),
        "events": _sizes(_SIZE_KEYS, None),
        "person": _sizes(_PEOPLE_KEYS, people),
    }


def _sizes(keys: Sequence[str], values: Sizes | None) -> AlbumSizes:
    if values is None:
        return cast(AlbumSizes, {"count": 0, **dict.fromkeys(keys[1:])})
    return cast(AlbumSizes, dict(zip(keys, values, strict=True)))
