"""What tells one file from another, found in one read."""

import hashlib
import mmap
import struct
from dataclasses import dataclass
from typing import BinaryIO, Final, NamedTuple

from isal import isal_zlib

from librephotos.media.errors import MediaError, unreadable_because
from librephotos.media.files.containers import duration_s, opened_video
from librephotos.media.files.formats import Format, Kind, sniff_open
from librephotos.media.files.motion_photo import video_range
from librephotos.media.files.shutter_clock import film_clock, still_clock
from librephotos.media.limits import Limits
from librephotos.media.original import open_original
from librephotos.media.structure.heif_items import heif_items
from librephotos.media.structure.jpeg_segments import jpeg_exif
from librephotos.media.structure.tiff import Directories
from librephotos.media.text import clean

READ_BYTES: Final = 1024 * 1024
"""Large enough for hashlib to let other threads run, small enough for the cache."""

_APPLE_MAKER_NOTE: Final = b"Apple iOS\0"
_APPLE_DIRECTORY: Final = 14  # behind the name, a version and the byte order
_APPLE_CONTENT_IDENTIFIER: Final = 0x0011
_MAX_EXIF_BYTES: Final = 256 * 1024  # of HEIC; an EXIF block of a JPEG has 64 KiB
_QUICKTIME_CONTENT_IDENTIFIER: Final = "com.apple.quicktime.content.identifier"


@dataclass(frozen=True)
class Identity:
    """MD5 and CRC-32 of the bytes, their number, and what grouping wants to know.

    content_identifier is what the still and the video of a Live Photo share.
    duration_s is None for stills and for videos that do not say. embedded_video tells
    a motion photo. clock is the camera's as it took the picture, "" if not known.
    """

    md5: str
    size: int
    format: Format
    content_identifier: str | None
    duration_s: float | None
    embedded_video: bool
    clock: str = ""
    crc32: int | None = None


def identify(path: bytes | str, *, limits: Limits) -> Identity:
    """Return the identity of the file at `path`, hashed in one sequential read.

    A file whose bytes can be read always has an identity if its format is known,
    however damaged it is. Raises UnreadableFile and UnsupportedFormat.
    """
    with open_original(path) as file:
        try:
            format = sniff_open(file, path)
            hashed = _hashed(file)
            exif = _exif(file, format)
            found = _still(file, format, exif)
            clock = _clock(file, format, exif)
        except OSError as error:
            raise unreadable_because(error) from error
    identifier, embedded = found
    seconds = None
    if format.kind is Kind.VIDEO:
        identifier, seconds, clock = _video(path, format)
    return Identity(
        hashed.md5,
        hashed.size,
        format,
        identifier,
        seconds,
        embedded,
        clock,
        hashed.crc32,
    )


class _Hashed(NamedTuple):
    md5: str
    size: int
    crc32: int


def _hashed(file: BinaryIO) -> _Hashed:
    file.seek(0)
    digest, size, crc32 = hashlib.md5(usedforsecurity=False), 0, 0
    buffer = bytearray(READ_BYTES)
    view = memoryview(buffer)
    while count := file.readinto(buffer):  # type: ignore[attr-defined]
        digest.update(view[:count])
        crc32 = isal_zlib.crc32(view[:count], crc32)
        size += count
    return _Hashed(digest.hexdigest(), size, crc32)


def _still(file: BinaryIO, format: Format, exif: bytes) -> tuple[str | None, bool]:
    if format.name not in ("JPEG", "HEIC"):
        return None, False
    identifier = _apple_identifier(exif)
    return identifier, video_range(file) is not None


def _clock(file: BinaryIO, format: Format, exif: bytes) -> str:
    if format.kind is not Kind.RAW:
        return still_clock(exif)
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        return still_clock(mapped)


def _exif(file: BinaryIO, format: Format) -> bytes:
    """Return the EXIF block from where the format has it, b"" if there is none."""
    if format.name == "HEIC":
        return heif_items(file, max_bytes=_MAX_EXIF_BYTES).exif
    if format.name != "JPEG":
        return b""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        return jpeg_exif(mapped)


def _apple_identifier(exif: bytes) -> str | None:
    """Return the content identifier in Apple's maker note.

    Its offsets count from its own start, so the directories around it need not be
    read. Source: ExifTool documentation, Apple Tags.
    """
    start = exif.find(_APPLE_MAKER_NOTE)
    if start < 0:
        return None
    note = exif[start : start + 65_536]
    try:
        tiff = Directories(lambda at, count: note[at : at + count], ">")
        entry = tiff.entries(_APPLE_DIRECTORY).get(_APPLE_CONTENT_IDENTIFIER)
        return clean(tiff.text(entry), limit=100) or None
    except struct.error:
        return None


def _video(path: bytes | str, format: Format) -> tuple[str | None, float | None, str]:
    try:
        with opened_video(path, format=format) as container:
            said = container.metadata.get(_QUICKTIME_CONTENT_IDENTIFIER, "")
            identifier = clean(said, limit=100) or None
            return identifier, duration_s(container), film_clock(container.metadata)
    except MediaError:  # a damaged video is still a file; its stages will say so
        return None, None, ""
