"""Where the vectors of large libraries lie as files, beside the database.

The files are a copy that anybody may delete: whatever they lack is read from the
database, and a search asks the database about everything that it finds in them.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection

from librephotos.ml.semantic_search.errors import VectorIndexError
from librephotos.ml.semantic_search.index import VectorIndex

log = logging.getLogger(__name__)

WORTH_A_FILE = 30_000
"""Fewer vectors are compared in the database about as fast; see ADR 11."""

_WATERMARK = "watermark"
_OPEN = 64  # libraries at a time; a closed one costs a few milliseconds to open


@dataclass(frozen=True)
class Space:
    """The vectors that one model has made of one user's photos."""

    owner: int
    model: str


@dataclass(frozen=True)
class VectorFile:
    """An index, and the last row of the database that is sure to be in it."""

    index: VectorIndex
    watermark: int


def root() -> Path:
    """Return the folder of all indexes."""
    return Path(settings.DATA) / "vectors"


def folder_of(space: Space) -> Path:
    """Return the folder of one index.

    Its name depends on the database too: after a restored backup the same ids may
    stand for other photos. Names of models may hold slashes.
    """
    named = f"{_database()} {space.model}"
    digest = hashlib.sha256(named.encode()).hexdigest()[:16]
    return root() / f"{space.owner}-{digest}"


@cache
def _database() -> str:
    """Return what tells this database from all others, also of the same name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier || '-' || oid FROM pg_control_system(),"
            " pg_database WHERE datname = current_database()"
        )
        return str(cursor.fetchone()[0])


def open_file(space: Space) -> VectorFile | None:
    """Return the index of a space, None if there is none that can be read."""
    folder = folder_of(space)
    try:
        # In this order: what is written in between is in the index already.
        watermark = read_watermark(folder)
        index = _opened(folder)
        index.snapshot()
    except FileNotFoundError:
        return None
    except VectorIndexError as error:
        log.warning("The vectors in %s are not used: %s", folder, error)
        return None
    return VectorFile(index, watermark) if watermark else None


def read_watermark(folder: Path) -> int:
    """Return the id up to which all rows are in the index, 0 for none."""
    try:
        return int((folder / _WATERMARK).read_text("ascii"))
    except (FileNotFoundError, ValueError):
        return 0


def write_watermark(folder: Path, id: int) -> None:
    """Record that all rows up to this id are in the index."""
    temporary = folder / f"{_WATERMARK}.new"
    temporary.write_text(str(id), "ascii")
    temporary.replace(folder / _WATERMARK)


@lru_cache(maxsize=_OPEN)
def _opened(folder: Path) -> VectorIndex:
    return VectorIndex(folder)
