"""Folders of copies that were made of files, for a while and within a limit.

They can be made again at any time, so that the oldest give way to new ones.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from hashlib import md5
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from librephotos.api.models import File
from librephotos.media.turns import UNTURNED

log = logging.getLogger(__name__)

MAX_COPIES = 10_000

KEPT_S = 30 * 86_400.0
"""A copy that nobody has asked for during this time goes."""

_NOTED_S = 3_600.0

_REASON = ".reason"


class NoRoom(Exception):
    """The data folder has no room for another copy; the message says what to do."""


class CopyFolder:
    """A folder of copies below the data folder.

    `version` is to be raised when copies are to be made anew, `limit_mib` gives the
    most that they may take, `what` names one in a sentence.
    """

    def __init__(
        self, name: str, *, version: int, limit_mib: Callable[[], int], what: str
    ) -> None:
        self._name = name
        self._version = version
        self._limit_mib = limit_mib
        self._what = what

    @property
    def path(self) -> Path:
        """Where it lies."""
        return Path(settings.DATA) / self._name

    def copy_name(
        self,
        file: File,
        *,
        size: int,
        mtime_ns: int,
        embedded_video: bool,
        turn: int = UNTURNED,
    ) -> str:
        """Return the name of the copy of a file as it is now, so many bytes and so old.

        A copy that is turned (media.turns) has another name.

        It depends on the MD5 as well: after a restored backup the same key of a file
        may stand for another one.
        """
        part = "video" if embedded_video else "whole"
        key = f"{self._version} {file.md5} {size} {mtime_ns}"
        if turn != UNTURNED:
            key += f" turned {turn}"
        digest = md5(key.encode(), usedforsecurity=False).hexdigest()
        return f"{file.pk}-{part}-{digest}"

    def open_copy(self, name: str) -> BinaryIO | None:
        """Return a copy opened for reading, None if there is none yet."""
        path = self.path / name
        with suppress(FileNotFoundError):
            file = path.open("rb")
            # Either way: the clock may have been set back.
            if abs(time.time() - os.fstat(file.fileno()).st_mtime) > _NOTED_S:
                with suppress(OSError):  # how old it is only decides when it goes
                    os.utime(path)
            return file
        return None

    def is_kept(self, name: str) -> bool:
        """Whether there is a copy of this name."""
        return (self.path / name).exists()

    def reason_for_none(self, name: str) -> str:
        """Return why no copy of this name can be made, "" if that is not known."""
        with suppress(FileNotFoundError):
            return (self.path / f"{name}{_REASON}").read_text()
        return ""

    def partial_copy(self, name: str) -> Path:
        """Return where to write a copy before it is whole; its folder is there."""
        self.path.mkdir(mode=0o750, parents=True, exist_ok=True)
        return self.path / f"{name}.{os.getpid()}.part"

    def keep_copy(self, name: str, partial: Path) -> None:
        """Give a whole copy its name; a web server's group may read it.

        Copies of the same file as it was before go.
        """
        partial.chmod(0o640)
        partial.replace(self.path / name)
        same = name.rpartition("-")[0]
        for former in self.path.glob(f"{same}-*"):
            if former.name != name:
                _removed(former)

    def keep_reason(self, name: str, reason: str) -> None:
        """Note that the file has no copy, since its bytes allow none."""
        partial = self.partial_copy(name)
        try:
            partial.write_text(reason)
            partial.replace(self.path / f"{name}{_REASON}")
        finally:
            partial.unlink(missing_ok=True)  # the disk may have become full

    def room_is_there_for(self, size: int) -> bool:
        """Whether a copy of so many bytes may be kept at all."""
        return size <= self._limit_mib() * 2**20

    def make_room(self, size: int) -> None:
        """Remove the oldest copies until there is room for another of so many bytes.

        Raises NoRoom if the reserve of the data folder would be used even then.
        """
        held = sorted(self._held())
        total, count = sum(size for _, size, _ in held), len(held)
        forgotten = time.time() - KEPT_S
        for used_at, each, path in held:
            fits = total + size <= self._limit_mib() * 2**20 and count < MAX_COPIES
            if fits and used_at > forgotten and _leaves_reserve(size):
                break
            if not _removed(path):
                continue
            total, count = total - each, count - 1
        if not _leaves_reserve(size):
            raise NoRoom(
                f"The data folder is too full for {self._what}; "
                f"{settings.MIN_FREE_MIB} MiB are kept free: make room."
            )

    def all_deleted(self, files: Collection[int]) -> bool:
        """Remove all copies of files; False if the system does not give one up."""
        left = 0
        for _, _, path in self._held() if files else ():
            key = _key_of(path)
            # Other names are of versions that did not say of which file a copy is.
            if key is None or key in files:
                left += not _removed(path)
        return not left

    def files_with_copies(self) -> set[int]:
        """Return the keys of the files that have copies, or reasons for none."""
        keys = (_key_of(path) for _, _, path in self._held())
        return {key for key in keys if key is not None}

    def _held(self) -> Iterator[tuple[float, int, Path]]:
        """Yield time of last use, size and path of what is kept.

        A time that lies ahead, from before the clock was set back, tells nothing: such
        a copy goes first.
        """
        now = time.time()
        with suppress(FileNotFoundError), os.scandir(self.path) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    facts = entry.stat()
                    ahead = facts.st_mtime > now + _NOTED_S
                    used_at = 0.0 if ahead else facts.st_mtime
                    yield used_at, facts.st_size, Path(entry.path)


def _key_of(path: Path) -> int | None:
    """Return the key of the file of which this is a copy; None for other names."""
    key, _, rest = path.name.partition("-")
    return int(key) if rest and key.isascii() and key.isdigit() else None


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
