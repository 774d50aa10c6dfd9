"""Finding the files below a scan directory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

from librephotos.media.files.unwanted import is_unwanted_file, is_unwanted_folder
from librephotos.media.fingerprint import file_time
from librephotos.media.original import open_without_links
from librephotos.silent_disk import answer

MOST_SILENT = 3
"""So many folders of a root may fail to answer; the rest is not waited for."""


class Entry(NamedTuple):
    """A regular file with its state; `stat_key` changes whenever the file may have."""

    path: bytes
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    stat_key: int


@dataclass
class WalkReport:
    """What a walk could not look into: folders and files with the system's reason."""

    unreadable: list[tuple[bytes, str]] = field(default_factory=list)


def stat_key(path: bytes, size: int, mtime_ns: int, inode: int) -> int:
    """Return the key of a file's state, as stored in the database."""
    # This is key64(path, size, mtime_ns, inode) without its loop: a scan of unchanged
    # files does little else.
    state = b"%b\0%d\0%d\0%d" % (path, size, mtime_ns, inode)
    return int.from_bytes(blake2b(state, digest_size=8).digest(), "big", signed=True)


def walk(
    root: bytes,
    *,
    report: WalkReport,
    skip: Callable[[bytes], bool] = lambda path: False,
) -> Iterator[list[Entry]]:
    """Yield the files of each folder below `root`, folder by folder, unsorted.

    Hidden names, copies that programs keep (media.unwanted) and paths that `skip`
    refuses are left out. No symbolic link is
    followed: what it points to inside `root` is found anyway, and what lies outside is
    not the library's; so loops cannot arise. A folder that cannot be read, or whose
    file system does not answer, is noted in `report`;
    the walk goes on with the others, and
    ends once MOST_SILENT have not answered.
    """
    pending, silent = [root], 0
    while pending and silent < MOST_SILENT:
        folder = _Folder(pending.pop(), skip)
        try:
            answer(folder.look, at=folder.path, progress=lambda: folder.looked_at)
        except TimeoutError as error:
            silent += 1
            report.unreadable.append((folder.path, reason_of(error)))
            continue  # what its thread has found so far may be half of a pair
        except OSError as error:
            report.unreadable.append((folder.path, reason_of(error)))
        report.unreadable += folder.unreadable
        pending.extend(sorted(folder.subfolders))
        if folder.entries:
            yield folder.entries
    if pending:
        report.unreadable.append((root, "several of its folders do not answer"))


@dataclass
class _Folder:
    """A folder, and what a look into it has found so far."""

    path: bytes
    skip: Callable[[bytes], bool]
    entries: list[Entry] = field(default_factory=list)
    subfolders: list[bytes] = field(default_factory=list)
    unreadable: list[tuple[bytes, str]] = field(default_factory=list)
    looked_at: int = 0

    def look(self) -> None:
        with _listed(self.path) as found:
            for item in found:
                self.looked_at += 1
                path = os.path.join(self.path, os.fsencode(item.name))
                try:
                    _sort_in(item, path, self.entries, self.subfolders, self.skip)
                except FileNotFoundError:
                    continue  # removed since the folder was listed
                except OSError as error:
                    self.unreadable.append((path, reason_of(error)))


@contextmanager
def _listed(folder: bytes) -> Iterator[Iterator[os.DirEntry[str]]]:
    """Give out what lies in a folder, and not in what a link in its place leads to."""
    descriptor = open_without_links(folder)
    try:
        with os.scandir(descriptor) as found:
            yield found
    finally:
        os.close(descriptor)


def _sort_in(
    item: os.DirEntry[str],
    path: bytes,
    entries: list[Entry],
    subfolders: list[bytes],
    skip: Callable[[bytes], bool],
) -> None:
    if item.name.startswith(".") or skip(path):
        return
    if item.is_file(follow_symlinks=False):
        if is_unwanted_file(os.path.basename(path)):
            return
        entries.append(_entry(path, item.stat(follow_symlinks=False)))
    elif item.is_dir(follow_symlinks=False):
        if not is_unwanted_folder(os.path.basename(path), within=os.path.dirname(path)):
            subfolders.append(path)


def entry_of(path: bytes) -> Entry:
    """Return a file as a walk would; raise OSError if it is gone."""
    return _entry(path, os.lstat(path))


def _entry(path: bytes, found: os.stat_result) -> Entry:
    size, inode = found.st_size, found.st_ino
    mtime_ns = file_time(found.st_mtime_ns)
    key = stat_key(path, size, mtime_ns, inode)
    return Entry(path, size, mtime_ns, file_time(found.st_ctime_ns), inode, key)


def reason_of(error: OSError) -> str:
    """Return the system's words for why something cannot be looked at."""
    return error.strerror or str(error)


def skipper(patterns: str) -> Callable[[bytes], bool]:
    """Return a test for paths that hold one of the comma-separated fragments."""
    fragments = [os.fsencode(p.strip()) for p in patterns.split(",") if p.strip()]
    if not fragments:
        return lambda path: False
    return lambda path: any(fragment in path for fragment in fragments)


def nearest_folder(path: bytes) -> bytes:
    """Return the closest folder above `path` that exists."""
    folder = os.path.dirname(path)
    while folder != os.path.dirname(folder) and not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder


def is_empty(folder: bytes) -> bool:
    """Whether a folder holds nothing that a walk looks at, or cannot be read.

    What programs put everywhere (.DS_Store, lost+found, @eaDir) also lies in the folder
    of a disk that is not mounted, and is no sign that one is.
    """
    try:
        with os.scandir(folder) as found:
            return not any(_counts(item, within=folder) for item in found)
    except OSError:
        return True


def _counts(item: os.DirEntry[bytes], *, within: bytes) -> bool:
    return not (
        item.name.startswith(b".")
        or is_unwanted_file(item.name)
        or is_unwanted_folder(item.name, within=within)
    )


def lies_under(path: bytes, folders: Sequence[bytes]) -> bool:
    """Whether `path` is one of the folders or lies below one."""
    return any(
        path == folder or path.startswith(folder.rstrip(b"/") + b"/")
        for folder in folders
    )
