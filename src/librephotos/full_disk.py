"""A disk, or a quota, without room: how it is told, in whatever words it is put.

It passes, and no file is to blame for it: nothing that was refused because of it is
kept as a reason against a file.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator

CODES = (errno.ENOSPC, errno.EDQUOT)
"""What the system answers to who writes: no room on the disk, none in the quota."""

FULL = "The disk of the server is full: its operator has to make room."
"""For whoever waits for what was to be written."""


class DataFolderFull(Exception):
    """The data folder has no room left; the message says what to do."""


def is_full(error: BaseException | None) -> bool:
    """Whether an error, or what has led to it, is that a disk has no room.

    Libraries that raise errors of their own repeat the system's words (libvips, Rust).
    """
    return isinstance(error, DataFolderFull) or any(map(_tells, _chain(error)))


def tells_of_full_disk(text: str) -> bool:
    """Whether what a program said of its failure is that a disk has no room."""
    return any(os.strerror(code) in text for code in CODES)


def _tells(error: BaseException) -> bool:
    code = getattr(error, "errno", None)
    return code in CODES if code is not None else tells_of_full_disk(str(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
