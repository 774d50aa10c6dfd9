"""Putting a file into a folder of a user: whole or not at all, and over nothing.

The folder may be written to by others. No link in it is followed, also where one is put
while we look; the path to it is the operator's, without links.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import md5 as new_md5
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from librephotos.full_disk import FULL, DataFolderFull
from librephotos.media.files.safe_names import numbered_name
from librephotos.media.original import open_without_links

FOLDERS: Final = (b"uploads", b"web")
"""Below a scan directory; the last of them alone below an upload directory."""

_BLOCK_BYTES = 2**20
_SYNCHRONISED_BYTES = 64 * 2**20
_TEMPORARY = b".librephotos-"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_CANNOT_LINK = (
    errno.EXDEV,
    errno.EPERM,
    errno.EOPNOTSUPP,
    errno.ENOSYS,
    errno.EMLINK,
    errno.EACCES,
)
_MOST_NAMES = 3


@dataclass(frozen=True)
class Landed:
    """Where a file lies now; `new` is false if the same bytes lay there before."""

    path: bytes
    new: bool


@dataclass
class Landing:
    """A file of the data folder, on its way to the folder `within` a `root`.

    `mtime_s` is the time that it gets, seconds since 1970, where that is known. `done`
    grows while it is copied.

    Where the folder is near, on the disk of the data folder, the file gets another name
    there and is not copied: it has to be synchronised before.
    """

    source: Path
    upload: UUID
    root: bytes
    within: tuple[bytes, ...]
    name: str
    mark: str
    mtime_s: float | None = None
    done: int = field(default=0, init=False)
    near: bool = field(default=False, init=False)

    def is_near(self) -> bool:
        """Find out whether the folder is on the file's own disk; make it if need be."""
        with _opened(self.root, self.within) as folder:
            self.near = os.fstat(folder).st_dev == self.source.stat().st_dev
        return self.near

    def land(self) -> Landed:
        """Put it there under a free name, durably; raise OSError or DataFolderFull.

        The name is `name`, or with `mark` before its extension. A file of the same
        bytes under one of these names will do.
        """
        size = self.source.stat().st_size
        with _opened(self.root, self.within) as folder:
            name, new = self._placed(folder, size)
            os.fsync(folder)
        return Landed(os.path.join(self.root, *self.within, name), new)

    def _placed(self, folder: int, size: int) -> tuple[bytes, bool]:
        for name in self._names():
            encoded = name.encode()
            if _is_free(folder, encoded) and self._put(folder, encoded, size):
                return encoded, True
            if self._is_same(folder, encoded, size):
                return encoded, False
        raise FileExistsError(errno.EEXIST, "Every name for it is taken")

    def _names(self) -> Iterator[str]:
        yield self.name
        yield numbered_name(self.name, self.mark)
        for number in range(2, _MOST_NAMES + 1):
            yield numbered_name(self.name, f"{self.mark}_{number}")

    def _put(self, folder: int, name: bytes, size: int) -> bool:
        """Give the file its name; return False if another has it by now."""
        if not self.near:
            return self._copied(folder, name, size)
        if self.mtime_s is not None:
            os.utime(self.source, (self.mtime_s, self.mtime_s))
        try:
            os.link(self.source, name, dst_dir_fd=folder, follow_symlinks=False)
            return True
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _CANNOT_LINK:
                raise
        return self._copied(folder, name, size)

    def _copied(self, folder: int, name: bytes, size: int) -> bool:
        room = os.fstatvfs(folder)
        if room.f_bavail * room.f_frsize - size < settings.MIN_FREE_MIB * 2**20:
            raise DataFolderFull(FULL)
        temporary = temporary_name(self.upload)
        with suppress(FileNotFoundError):  # of a try before, which has ended half-way
            os.unlink(temporary, dir_fd=folder)
        try:
            self._copy(folder, temporary)
            return _rename_to_free(folder, temporary, name)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(temporary, dir_fd=folder)

    def _copy(self, folder: int, temporary: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        target = os.open(temporary, flags, 0o666, dir_fd=folder)
        with (
            os.fdopen(target, "wb", buffering=0) as copy,
            open(self.source, "rb", buffering=0) as file,
        ):
            while block := file.read(_BLOCK_BYTES):
                rest = memoryview(block)
                while rest:
                    rest = rest[copy.write(rest) :]
                self.done += len(block)
                if self.done % _SYNCHRONISED_BYTES < len(block):
                    os.fsync(copy.fileno())  # or the last one might take minutes
            if self.mtime_s is not None:
                os.utime(copy.fileno(), (self.mtime_s, self.mtime_s))
            os.fsync(copy.fileno())

    def _is_same(self, folder: int, name: bytes, size: int) -> bool:
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            there = os.open(name, flags, dir_fd=folder)
        except OSError:  # a link, or gone
            return False
        with os.fdopen(there, "rb", buffering=0) as file:
            if os.fstat(file.fileno()).st_size != size:
                return False
            digest = new_md5(usedforsecurity=False)
            try:
                while block := file.read(_BLOCK_BYTES):
                    digest.update(block)
                    self.done += len(block)
            except IsADirectoryError:
                return False
            return self.mark.startswith(digest.hexdigest())


def temporary_name(upload: UUID) -> bytes:
    """Return the name of an unfinished copy, which no scan looks at."""
    return _TEMPORARY + upload.hex.encode() + b".part"


def remove_left_copies(root: bytes, within: tuple[bytes, ...], *, age_s: float) -> None:
    """Remove unfinished copies to which nothing was written for so many seconds."""
    try:
        with _opened(root, within, make=False) as folder:
            for name in map(os.fsencode, os.listdir(folder)):
                if name.startswith(_TEMPORARY) and name.endswith(b".part"):
                    found = os.stat(name, dir_fd=folder, follow_symlinks=False)
                    if found.st_ctime < time.time() - age_s:
                        os.unlink(name, dir_fd=folder)
    except (FileNotFoundError, NotADirectoryError):
        return


@contextmanager
def _opened(
    root: bytes, within: tuple[bytes, ...], *, make: bool = True
) -> Iterator[int]:
    """Give out a descriptor of a folder, whose last parts are made if need be."""
    folder = open_without_links(root)
    try:
        for part in within:
            following = _step(folder, part, make)
            os.close(folder)
            folder = following
        yield folder
    finally:
        os.close(folder)


def _step(folder: int, part: bytes, make: bool) -> int:
    try:
        return os.open(part, _FOLDER, dir_fd=folder)
    except FileNotFoundError:
        if not make:
            raise
    with suppress(FileExistsError):
        os.mkdir(part, dir_fd=folder)
        os.fsync(folder)
    return os.open(part, _FOLDER, dir_fd=folder)


def _is_free(folder: int, name: bytes) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return True
    return False


def _rename_to_free(folder: int, temporary: bytes, name: bytes) -> bool:
    """Rename within a folder to a name that nothing has; return False if it is taken.

    Where the file system has no hard links (FAT, some network drives), the name is
    taken first by an empty file, which the rename replaces.
    """
    try:
        os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        return True
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
    try:
        claim = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        os.close(os.open(name, claim, 0o666, dir_fd=folder))
    except FileExistsError:
        return False
    os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    return True
