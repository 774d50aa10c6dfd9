"""Opening an original for sending, wherever its path may lead by now."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection
from functools import partial
from typing import BinaryIO, NamedTuple

from librephotos.media.fingerprint import file_time
from librephotos.media.original import open_without_links
from librephotos.silent_disk import answer

PATIENCE_S = 10.0
"""Who asks occupies a thread of the web server meanwhile."""


class Original(NamedTuple):
    """An original open for reading, its real path, size in bytes and time in ns."""

    file: BinaryIO
    path: bytes
    size: int
    mtime_ns: int


class OutsideScanDirectories(PermissionError):
    """The path leads out of the directories that the owner's pictures lie in."""


def open_original(path: bytes, *, roots: Collection[bytes]) -> Original:
    """Open the regular file at `path`, which must lie in one of `roots`.

    Links are resolved first; after that no step may be one any more, so that one put
    there meanwhile is not followed.

    Raises OutsideScanDirectories, FileNotFoundError or another OSError: TimeoutError
    where the file system does not answer.
    """
    look = partial(_found, path, roots)
    return answer(
        look,
        at=os.path.dirname(path),
        patience_s=PATIENCE_S,
        discard=lambda found: found.file.close(),
    )


def _found(path: bytes, roots: Collection[bytes]) -> Original:
    real = os.path.realpath(path)
    for root in map(os.path.realpath, roots):
        if real.startswith(root.rstrip(b"/") + b"/"):
            return _opened(real)
    raise OutsideScanDirectories("The file is outside its owner's scan directories.")


def _opened(real: bytes) -> Original:
    descriptor = open_without_links(real)
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        os.close(descriptor)
        raise FileNotFoundError("The path leads to something that is no file.")
    file = os.fdopen(descriptor, "rb")
    return Original(file, real, facts.st_size, file_time(facts.st_mtime_ns))
