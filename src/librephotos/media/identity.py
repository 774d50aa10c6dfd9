"""What tells one file from another, found in one read."""

import hashlib
from dataclasses import dataclass

from librephotos.media.errors import unreadable_because
from librephotos.media.formats import Format, sniff
from librephotos.media.limits import Limits


@dataclass(frozen=True)
class Identity:
    """The MD5 of the bytes, their number, and what grouping wants to know."""

    md5: str
    size: int
    format: Format
    content_identifier: str | None
    duration_s: float | None
    embedded_video: bool


def identify(path: bytes | str, *, limits: Limits) -> Identity:
    """Return the identity of the file at `path`."""
    try:
        with open(path, "rb") as file:
            md5 = hashlib.file_digest(file, "md5").hexdigest()
            size = file.tell()
    except OSError as error:
        raise unreadable_because(error) from error
    return Identity(md5, size, sniff(path), None, None, False)
