"""The machine and its libraries in the contract's shape."""

from __future__ import annotations

import os
import platform
from typing import Any

from librephotos.api.queries.storage import Storage

_MIB = 2**20
_PLACE_KEYS = (
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
_NO_ALBUMS = {"count": 0, **dict.fromkeys(_PLACE_KEYS[1:])}
_NO_PEOPLE = {"count": 0, **dict.fromkeys(_PLACE_KEYS[1:5])}


def server_row(storage: Storage, *, image_tag: str) -> dict[str, Any]:
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
    row: dict[str, Any], places: tuple[int | float, ...] | None
) -> dict[str, Any]:
    """Return the sizes of one account's library, as queried."""
    return {
        "date_joined": row["date_joined"].strftime("%d-%m-%Y"),
        "total_file_size_in_mb": int(row["bytes"]) // _MIB,
        "number_of_photos": row["stills"],
        "number_of_videos": row["videos"],
        "number_of_captions": row["captions"],
        "number_of_generated_captions": 0,
        "number_of_clusters": 0,
        "number_of_favorites": row["favorites"],
        "number_of_hidden": row["hidden"],
        "number_of_public": row["public"],
        "album": _NO_ALBUMS,
        "places": dict(zip(_PLACE_KEYS, places, strict=True)) if places else _NO_ALBUMS,
        "things": _NO_ALBUMS,
        "events": _NO_ALBUMS,
        "person": _NO_PEOPLE,
    }
