"""Opening an original for sending, wherever its path may lead by now."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection
from contextlib import ExitStack
from functools import partial
from typing import BinaryIO, NamedTuple

from librephotos.media.fingerprint import file_time
from librephotos.media.original import open_without_links
from librephotos.silent_disk import Place, answer, anybody, disk_of, let_go

PATIENCE_S = 10.0
"""Who asks occupies a thread of the web server meanwhile."""

PartOf = Callable[[BinaryIO], tuple[int, int] | None]
"""Finds where, in an open file, what is asked for begins, and its bytes."""


class Original(NamedTuple):
    """An original open for reading, its real path, size in bytes and time in ns.

    `part` is what is asked for of it: where it begins, and its bytes. `disk` is what it
    lies on, as `silent_disk.disk_of` names it.
    """

    file: BinaryIO
    path: bytes
    size: int
    mtime_ns: int
    part: tuple[int, int]
    disk: bytes

    def close(self) -> None:
        """Close the file, without waiting for its disk."""
        let_go(self.file.close, at=self.disk)


class NoSuchPart(LookupError):
    """The original has no part of the kind that is asked for."""


class OutsideScanDirectories(PermissionError):
    """The path leads out of the directories that the owner's pictures lie in."""


def open_original(
    path: bytes,
    *,
    roots: Collection[bytes],
    part_of: PartOf | None = None,
    place: Place = anybody,
) -> Original:
    """Open the regular file at `path`, which must lie in one of `roots`.

    Links are resolved first; after that no step may be one any more, so that one put
    there meanwhile is not followed. `part_of` finds the part that is asked for, if that
    is not the whole. Longer than a moment only who has a `place` waits for the disk.

    Raises NoSuchPart, OutsideScanDirectories, FileNotFoundError or another OSError:
    TimeoutError where the file system does not answer.
    """
    disk = disk_of(path)
    return answer(
        partial(_found, path, roots, part_of, disk),
        at=disk,
        patience_s=PATIENCE_S,
        place=place,
        discard=lambda found: found.file.close(),
    )


def _found(
    path: bytes, roots: Collection[bytes], part_of: PartOf | None, disk: bytes
) -> Original:
    real = os.path.realpath(path)
    for root in map(os.path.realpath, roots):
        if real.startswith(root.rstrip(b"/") + b"/"):
            return _opened(real, part_of, disk)
    raise OutsideScanDirectories("The file is outside its owner's scan directories.")


def _opened(real: bytes, part_of: PartOf | None, disk: bytes) -> Original:
    with ExitStack() as unless_found:
        descriptor = open_without_links(real)
        file = unless_found.enter_context(os.fdopen(descriptor, "rb"))
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise FileNotFoundError("The path leads to something that is no file.")
        size, mtime_ns = facts.st_size, file_time(facts.st_mtime_ns)
        part = part_of(file) if part_of else (0, size)
        if part is None or sum(part) > size:
            raise NoSuchPart
        unless_found.pop_all()
    return Original(file, real, size, mtime_ns, part, disk)
