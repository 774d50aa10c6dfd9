"""Open an original photo for reading, and never in any other way."""

import errno
import os
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import BinaryIO

from librephotos.media.errors import (
    UnavailableFile,
    UnreadableFile,
    unreadable_because,
)
from librephotos.silent_disk import answer

_held = threading.local()


@contextmanager
def held_open(path: bytes | str) -> Iterator[None]:
    """Have what this thread opens of a file meanwhile be opened once.

    Whoever does may not do so twice at a time: all share one position. Raises
    UnreadableFile as open_original does.
    """
    with open_original(path) as file:
        _held.path, _held.file = path, file
        try:
            yield
        finally:
            _held.path = _held.file = None


def open_original(path: bytes | str) -> BinaryIO:
    """Return the file at `path` opened read-only, positioned at its start.

    Raises UnreadableFile, with a sentence, if it is missing, not permitted, no
    regular file, or empty, if its path leads over a symbolic link, or if its file
    system does not answer. Of a file that is `held_open` the disk is asked nothing.
    """
    if getattr(_held, "path", None) == path:
        again = os.fdopen(os.dup(_held.file.fileno()), "rb")
        again.seek(0)
        return again
    folder = os.path.dirname(os.fsencode(path))
    try:
        file = answer(
            partial(_opened, path), at=folder, discard=lambda found: found.close()
        )
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise UnavailableFile(
                "The path leads over a symbolic link, which is not followed."
            ) from error
        raise unreadable_because(error) from error
    except ValueError as error:  # a NUL in the name
        raise UnreadableFile("The file's name cannot be used.") from error
    try:
        _check_regular(file.fileno())
    except UnreadableFile:
        file.close()
        raise
    return file


def _opened(path: bytes | str) -> BinaryIO:
    descriptor = open_without_links(path)
    try:
        return os.fdopen(descriptor, "rb")
    except OSError:  # a folder
        os.close(descriptor)
        raise


def open_without_links(path: bytes | str) -> int:
    """Return a descriptor, for reading, of what `path` leads to without any link.

    A scan gives out paths whose links it has resolved, and follows none below. Whoever
    may write there could put one in a file's or a folder's place before it is read,
    and be shown what only the server may read. Does not wait for the writer of a named
    pipe. Raises OSError: ELOOP or ENOTDIR for a link, ValueError for a NUL.
    """
    read = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
    if sys.platform == "darwin":
        return os.open(path, read | os.O_NOFOLLOW_ANY)
    # O_PATH, since a folder that may be passed need not be one that may be listed.
    step = os.O_PATH | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC
    *folders, name = os.fsencode(path).split(b"/")
    descriptor = os.open(b"/" if os.path.isabs(path) else b".", step)
    for folder, flags in (*((f, step) for f in folders), (name, read | os.O_NOFOLLOW)):
        try:
            following = os.open(folder or b".", flags, dir_fd=descriptor)
        finally:
            os.close(descriptor)
        descriptor = following
    return descriptor


def _check_regular(descriptor: int) -> None:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFile("The path names no regular file.")
    if status.st_size == 0:
        raise UnreadableFile("The file is empty.")
