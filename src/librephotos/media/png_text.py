"""The dates of PNG files.

Source: PNG (Third Edition), W3C 2025, 11.3.3 (text chunks, "Creation Time") and
11.3.4.3 (tIME, the last change, in UTC).
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from librephotos.media.dates import usable_date
from librephotos.media.errors import unreadable_because
from librephotos.media.metadata_record import Metadata
from librephotos.media.original import open_original
from librephotos.media.text import clean

_SIGNATURE_BYTES: Final = 8
_MAX_CHUNKS: Final = 10_000
_MAX_TEXT_BYTES: Final = 4_096  # of a date with its keyword, with room to spare
_CREATED: Final = "creation time"


def read_png(path: bytes | str) -> Metadata:
    """Return the dates in the text and time chunks of the PNG file at `path`.

    Odd chunks are left out. Raises UnreadableFile if the file cannot be read.
    """
    dates: dict[str, str] = {}
    with open_original(path) as file:
        try:
            for kind, data in _chunks(file):
                if kind == b"tIME" and len(data) == 7:
                    year, *parts = struct.unpack(">H5B", data)
                    month, day, *time = (f"{part:02}" for part in parts)
                    dates["PNG:ModifyDate"] = f"{year}:{month}:{day} {':'.join(time)}"
                elif kind != b"tIME" and (text := _creation_time(kind, data)):
                    dates.setdefault("PNG:CreationTime", text)
        except OSError as error:
            raise unreadable_because(error) from error
    dates = {name: text for name, text in dates.items() if usable_date(text)}
    if "PNG:CreationTime" in dates:
        dates["EXIF:DateTimeOriginal"] = dates["PNG:CreationTime"]
    return Metadata(dates=dates)


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    file.seek(_SIGNATURE_BYTES)
    for _ in range(_MAX_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head)
        known = kind in (b"tEXt", b"zTXt", b"iTXt", b"tIME")
        if known and length <= _MAX_TEXT_BYTES:
            yield kind, file.read(length)
            length = 0
        file.seek(length + 4, 1)  # and the checksum


def _creation_time(kind: bytes, data: bytes) -> str:
    keyword, _, rest = data.partition(b"\0")
    if keyword.decode("latin-1").strip().lower() != _CREATED:
        return ""
    if kind == b"tEXt":
        return clean(rest.decode("latin-1"))
    if kind == b"zTXt":
        return clean(_inflated(rest[1:]).decode("latin-1"))
    compressed, body = rest[:1] == b"\1", rest[2:].split(b"\0", 2)[-1]
    return clean((_inflated(body) if compressed else body).decode("utf-8", "replace"))


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, _MAX_TEXT_BYTES)
    except zlib.error:
        return b""
