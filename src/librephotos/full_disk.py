"""A disk, or a quota, without room: how it is told, in whatever words it is put.

It passes, and no file is to blame for it: nothing that was refused because of it is
kept as a reason against a file.
"""

from __future__ import annotations

import errno
import math
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

CODES = (errno.ENOSPC, errno.EDQUOT)
"""What the system answers to who writes: no room on the disk, none in the quota."""

SHARED_MEMORY = Path("/dev/shm")
"""Where Linux keeps what processes share; containers are often given little of it."""

FULL = "The disk of the server is full: its operator has to make room."
"""For whoever waits for what was to be written."""


class DataFolderFull(Exception):
    """The data folder, or what is written to beside it, has no room left.

    The message says which, and what to do.
    """


def is_full(error: BaseException | None) -> bool:
    """Whether an error, or what has led to it, is that a disk has no room.

    Libraries that raise errors of their own repeat the system's words (libvips, Rust).
    """
    return isinstance(error, DataFolderFull) or any(map(_tells, _chain(error)))


def tells_of_full_disk(text: str, codes: Sequence[int] = CODES) -> bool:
    """Whether what a program said of its failure is that a disk has no room."""
    return any(os.strerror(code) in text for code in codes)


def fullest_place(data: Path, error: BaseException | None = None) -> str:
    """Return, in words, which place that the server writes to has the least room now.

    An error seldom tells which of them is full. It is the data folder that counts for
    what lies on its own disk, and where none can be told apart, as by an error that
    tells of a quota: what that leaves is not seen in the room of a disk.
    """
    places = {"The data folder": data}
    if any(_tells(each, (errno.EDQUOT,)) for each in _chain(error)):
        return next(iter(places))
    with suppress(OSError):  # none can be written
        places["The server's folder for temporary files"] = Path(tempfile.gettempdir())
    places[f"The server's shared memory ({SHARED_MEMORY})"] = SHARED_MEMORY
    return min(places, key=lambda words: _room(places[words], data))


def _room(place: Path, data: Path) -> float:
    """Return the bytes that are free at a place, infinity for what is not another."""
    try:
        if place != data and place.stat().st_dev == data.stat().st_dev:
            return math.inf
        disk = os.statvfs(place)
    except OSError:
        return math.inf
    no_names_left = disk.f_files and not disk.f_favail
    return 0 if no_names_left else disk.f_bavail * disk.f_frsize


def _tells(error: BaseException, codes: Sequence[int] = CODES) -> bool:
    code = getattr(error, "errno", None)
    return code in codes if code is not None else tells_of_full_disk(str(error), codes)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
