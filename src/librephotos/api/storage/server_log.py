"""Reading the log that the processes of this machine write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from librephotos.logs.log_file import current_log, former_log

BLOCK = 64 * 1024
MOST_READ = 4 * 2**20
"""Bytes of the end of a file in which lines are looked for."""


class NoLog(Exception):
    """Nothing has been logged here yet, or not into a file."""


def last_lines(folder: Path, count: int) -> list[str]:
    """Return the last lines of the log, the newest last; raise NoLog without one.

    A file that was begun anew a moment ago is filled up from the one before.
    """
    found: list[str] = []
    for path in _files(folder, newest_first=True):
        if len(found) < count:
            found = _end_of(path, count - len(found)) + found
    return found


def whole_log(folder: Path) -> Iterator[bytes]:
    """Yield all that is kept of the log, the oldest first; raise NoLog without any."""
    return _blocks(_files(folder, newest_first=False))


def _files(folder: Path, *, newest_first: bool) -> list[Path]:
    paths = [
        path for path in (current_log(folder), former_log(folder)) if path.exists()
    ]
    if not paths:
        raise NoLog("There is no log file here: nothing has been logged yet.")
    return paths if newest_first else paths[::-1]


def _end_of(path: Path, count: int) -> list[str]:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - MOST_READ))
        text = file.read(MOST_READ)
    lines = text.splitlines()
    if size > MOST_READ:
        lines = lines[1:]  # the first is a part of one
    return [line.decode("utf-8", "replace") for line in lines[-count:]]


def _blocks(paths: list[Path]) -> Iterator[bytes]:
    for path in paths:
        with path.open("rb") as file:
            left = os.fstat(file.fileno()).st_size  # not what is written meanwhile
            while left > 0 and (block := file.read(min(BLOCK, left))):
                left -= len(block)
                yield block
