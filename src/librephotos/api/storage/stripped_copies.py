"""Where copies without metadata are kept, under which names, and for how long.

They can be made again at any time, so that the oldest give way to new ones.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from hashlib import md5
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from librephotos.api.models import File

log = logging.getLogger(__name__)

VERSION = 4
"""To be raised when less is to stay in copies: then all are made anew."""

MAX_COPIES = 10_000

KEPT_S = 30 * 86_400.0
"""A copy that nobody has asked for during this time goes."""

_NOTED_S = 3_600.0

_REASON = ".reason"


class NoRoom(Exception):
    """The data folder has no room for another copy; the message says what to do."""


def copy_name(file: File, *, size: int, mtime_ns: int, embedded_video: bool) -> str:
    """Return the name of the copy of a file as it is now, so many bytes and so old.

    It depends on the MD5 as well: after a restored backup the same key of a file may
    stand for another one.
    """
    part = "video" if embedded_video else "whole"
    key = f"{VERSION} {file.md5} {size} {mtime_ns}"
    digest = md5(key.encode(), usedforsecurity=False).hexdigest()
    return f"{file.pk}-{part}-{digest}"


def open_copy(name: str) -> BinaryIO | None:
    """Return a copy opened for reading, None if there is none yet."""
    path = _folder() / name
    with suppress(FileNotFoundError):
        file = path.open("rb")
        # Either way: the clock may have been set back.
        if abs(time.time() - os.fstat(file.fileno()).st_mtime) > _NOTED_S:
            with suppress(OSError):  # how old it is only decides when it goes
                os.utime(path)
        return file
    return None


def is_kept(name: str) -> bool:
    """Whether there is a copy of this name."""
    return (_folder() / name).exists()


def reason_for_none(name: str) -> str:
    """Return why no copy of this name can be made, "" if that is not known."""
    with suppress(FileNotFoundError):
        return (_folder() / f"{name}{_REASON}").read_text()
    return ""


def partial_copy(name: str) -> Path:
    """Return where to write a copy before it is whole; its folder is there."""
    folder = _folder()
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    return folder / f"{name}.{os.getpid()}.part"


def keep_copy(name: str, partial: Path) -> None:
    """Give a whole copy its name; a web server's group may read it.

    Copies of the same file as it was before go.
    """
    partial.chmod(0o640)
    partial.replace(_folder() / name)
    same = name.rpartition("-")[0]
    for former in _folder().glob(f"{same}-*"):
        if former.name != name:
            _removed(former)


def keep_reason(name: str, reason: str) -> None:
    """Note that the file has no copy, since its bytes allow none."""
    partial = partial_copy(name)
    try:
        partial.write_text(reason)
        partial.replace(_folder() / f"{name}{_REASON}")
    finally:
        partial.unlink(missing_ok=True)  # the disk may have become full


def room_is_there_for(size: int) -> bool:
    """Whether a copy of so many bytes may be kept at all."""
    return size <= settings.STRIPPED_MIB * 2**20


def make_room(size: int) -> None:
    """Remove the oldest copies until there is room for another of so many bytes.

    Raises NoRoom if the reserve of the data folder would be used even then.
    """
    held = sorted(_held())
    total, count = sum(size for _, size, _ in held), len(held)
    forgotten = time.time() - KEPT_S
    for used_at, each, path in held:
        fits = total + size <= settings.STRIPPED_MIB * 2**20 and count < MAX_COPIES
        if fits and used_at > forgotten and _leaves_reserve(size):
            break
        if not _removed(path):
            continue
        total, count = total - each, count - 1
    if not _leaves_reserve(size):
        raise NoRoom(
            "The data folder is too full for a copy without metadata; "
            f"{settings.MIN_FREE_MIB} MiB are kept free: make room."
        )


def all_deleted(files: Collection[int]) -> bool:
    """Remove all copies of files; False if the system does not give one up."""
    left = 0
    for _, _, path in _held() if files else ():
        key, _, rest = path.name.partition("-")
        # Other names are of versions that did not say of which file a copy is.
        if not rest or int(key) in files:
            left += not _removed(path)
    return not left


def files_with_copies() -> set[int]:
    """Return the keys of the files of which there are copies, or reasons for none."""
    keys = (path.name.partition("-")[0] for _, _, path in _held())
    return {int(key) for key in keys if key.isascii() and key.isdigit()}


def _folder() -> Path:
    return Path(settings.DATA) / "stripped"


def _held() -> Iterator[tuple[float, int, Path]]:
    """Yield time of last use, size and path of what is kept.

    A time that lies ahead, from before the clock was set back, tells nothing: such a
    copy goes first.
    """
    now = time.time()
    with suppress(FileNotFoundError), os.scandir(_folder()) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                facts = entry.stat()
                used_at = facts.st_mtime if facts.st_mtime <= now + _NOTED_S else 0.0
                yield used_at, facts.st_size, Path(entry.path)


def _removed(path: Path) -> bool:
    """Remove a copy, or say in the log why that is impossible; others can still go."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("A copy cannot be removed now: %s", error.strerror)
        return False
    return True


def _leaves_reserve(size: int) -> bool:
    free = shutil.disk_usage(settings.DATA).free
    return free - size >= settings.MIN_FREE_MIB * 2**20
