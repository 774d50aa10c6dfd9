"""The machine and its libraries in the contract's shape."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NotRequired, TypedDict, cast

from librephotos.api.queries.operations.server_statistics import Sizes
from librephotos.api.storage.disk import Storage
from librephotos.numbers import whole_number

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
    """What the machine computes with, under the names that clients check."""

    python_version: str
    cpuinfo_version: list[int]
    cpuinfo_version_string: str
    arch: str
    arch_string_raw: str
    bits: int
    count: int
    vendor_id_raw: str
    brand_raw: str
    brand: str
    model: int
    flags: list[str]


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
    number_of_screenshots: int
    number_of_documents: int
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
        "cpu_info": _processor(),
        "image_tag": image_tag,
        "available_ram_in_mb": _memory() // _MIB,
        "gpu_name": "",
        "gpu_memory_in_mb": "",
        "total_storage_in_mb": storage.total // _MIB,
        "used_storage_in_mb": storage.used // _MIB,
        "free_storage_in_mb": storage.free // _MIB,
    }


def _processor() -> Processor:
    told = _cpuinfo()
    name = told.get("model name") or platform.processor()
    return {
        "python_version": platform.python_version(),
        "cpuinfo_version": [],
        "cpuinfo_version_string": "",
        "arch": platform.machine(),
        "arch_string_raw": platform.machine(),
        "bits": 64 if sys.maxsize > 2**32 else 32,
        "count": os.cpu_count() or 1,
        "vendor_id_raw": told.get("vendor_id", ""),
        "brand_raw": name,
        "brand": name,
        "model": whole_number(told.get("model", "")) or 0,
        "flags": told.get("flags", "").split(),
    }


def _cpuinfo() -> dict[str, str]:
    """What Linux tells of the first processor; nothing elsewhere."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return {}
    lines = (line.partition(":") for line in text.split("\n\n")[0].splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}


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
        # Nothing has been classified.
        "number_of_screenshots": 0,
        "number_of_documents": 0,
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
