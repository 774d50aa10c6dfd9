"""Open an original photo for reading, and never in any other way."""

import os
import stat
from typing import BinaryIO

from librephotos.media.errors import UnreadableFile, unreadable_because


def open_original(path: bytes | str) -> BinaryIO:
    """Return the file at `path` opened read-only, positioned at its start.

    Raises UnreadableFile, with a sentence, if it is missing, not permitted, no
    regular file, or empty.
    """
    try:
        # A named pipe would block for ever; without O_NONBLOCK so would its open.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise unreadable_because(error) from error
    except ValueError as error:  # a NUL in the name
        raise UnreadableFile("The file's name cannot be used.") from error
    try:
        _check_regular(descriptor)
    except UnreadableFile:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def _check_regular(descriptor: int) -> None:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFile("The path names no regular file.")
    if status.st_size == 0:
        raise UnreadableFile("The file is empty.")
