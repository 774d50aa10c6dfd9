"""Erasing originals: the only module that removes what the server did not make.

FileKept                        the file stays where it is; the message says why
├── ChangedSince                it is not the one that was read
├── OutsideScanDirectories      its owner's pictures lie elsewhere
├── FolderAway                  its folder is not there, or empty: not mounted, perhaps
├── NotPermitted                the folder is read-only, or the file is protected
└── DiskSilent                  its file system does not answer
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from librephotos.media.fingerprint import file_time
from librephotos.media.original import open_without_links
from librephotos.silent_disk import Place, answer, anybody, disk_of

PATIENCE_S = 10.0
"""As for who reads an original: a thread of the web server waits meanwhile."""

_PROTECTED = (errno.EACCES, errno.EPERM, errno.EROFS)

Done = TypeVar("Done")


class FileKept(Exception):
    """A file is not erased. `reason` is a word for programs."""

    reason = "failed"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (type(self).__doc__ or "").partition("\n")[0])


class ChangedSince(FileKept):
    """The file has changed since it was read. Scan the library first."""

    reason = "changed"


class OutsideScanDirectories(FileKept):
    """The file is outside its owner's scan directories."""

    reason = "outside"


class FolderAway(FileKept):
    """The folder is not there, or empty: perhaps its disk is not mounted."""

    reason = "folder_away"


class NotPermitted(FileKept):
    """The folder is read-only for the server, or the file is protected."""

    reason = "not_permitted"


class DiskSilent(FileKept):
    """The file system does not answer. Try again later."""

    reason = "disk_silent"


@dataclass(frozen=True)
class Doomed:
    """A file to be erased as it was read: its path, bytes and time in nanoseconds.

    `missing` says that a scan did not find it any more.
    """

    path: bytes
    size: int
    mtime_ns: int
    missing: bool


def check_erasable(
    file: Doomed, *, roots: Collection[bytes], place: Place = anybody
) -> None:
    """Raise FileKept if the file can be foreseen not to be erased."""
    _answered(partial(_check, file, roots), file.path, place)


def check_kept(
    file: Doomed, *, roots: Collection[bytes], place: Place = anybody
) -> None:
    """Raise FileKept unless the file is there as it was read."""
    _answered(partial(_check_kept, file, roots), file.path, place)


def erase(file: Doomed, *, roots: Collection[bytes], place: Place = anybody) -> None:
    """Remove the file, for good and on the disk itself; one that is gone is no error.

    A link in its path, or in its place, is not followed, nor is another file that has
    come to its place. Raises FileKept.
    """
    _answered(partial(_erase, file, roots), file.path, place)


def _answered(do: Callable[[], Done], path: bytes, place: Place) -> Done:
    disk = disk_of(path)
    try:
        return answer(do, at=disk, patience_s=PATIENCE_S, place=place)
    except TimeoutError as error:
        raise DiskSilent from error
    except OSError as error:
        raise _kept_by(error) from error


def _kept_by(error: OSError) -> FileKept:
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return ChangedSince("The path leads over a symbolic link by now.")
    if error.errno in _PROTECTED:
        return NotPermitted()
    if error.errno == errno.ENOENT:
        return FolderAway()
    return FileKept(error.strerror or "The system refuses it.")


def _check(file: Doomed, roots: Collection[bytes]) -> None:
    with _folder_of(file, roots) as folder:
        if folder is None or not _is_there(file, folder):
            return
        if not os.access(b".", os.W_OK | os.X_OK, dir_fd=folder):
            raise NotPermitted


def _check_kept(file: Doomed, roots: Collection[bytes]) -> None:
    with _folder_of(file, roots) as folder:
        if folder is None or not _is_there(file, folder):
            raise FolderAway("The other file of the same bytes is not there.")


def _erase(file: Doomed, roots: Collection[bytes]) -> None:
    with _folder_of(file, roots) as folder:
        if folder is None or not _is_there(file, folder):
            return
        os.unlink(os.path.basename(file.path), dir_fd=folder)
        # What comes back after a power cut would be a new photo to the next scan.
        os.fsync(folder)


@contextmanager
def _folder_of(file: Doomed, roots: Collection[bytes]) -> Iterator[int | None]:
    """Open the file's folder without links; None if a scan has seen that it is gone."""
    inside = (os.path.realpath(root).rstrip(b"/") + b"/" for root in roots)
    if not file.path.startswith(tuple(inside)):
        raise OutsideScanDirectories
    try:
        folder = open_without_links(os.path.dirname(file.path))
    except FileNotFoundError:
        if not file.missing:
            raise
        yield None
        return
    try:
        yield folder
    finally:
        os.close(folder)


def _is_there(file: Doomed, folder: int) -> bool:
    """Whether the file is in its folder; raise FileKept if it is not as it was read."""
    try:
        found = os.lstat(os.path.basename(file.path), dir_fd=folder)
    except FileNotFoundError:
        # Where all has gone, it is more likely that a disk is.
        if file.missing or os.listdir(folder):
            return False
        raise FolderAway from None
    if not stat.S_ISREG(found.st_mode):
        raise ChangedSince
    if (found.st_size, file_time(found.st_mtime_ns)) != (file.size, file.mtime_ns):
        raise ChangedSince
    return True
