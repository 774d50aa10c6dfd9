"""What text and time chunks of PNG files say.

Source: PNG (Third Edition), W3C 2025, 11.3.3 (text chunks and their keywords) and
11.3.4.3 (tIME, the last change, in UTC).
"""

import struct
import zlib
from typing import Final

from librephotos.media.dates import usable_date
from librephotos.media.errors import unreadable_because
from librephotos.media.metadata.record import Metadata
from librephotos.media.original import open_original
from librephotos.media.structure.png_chunks import png_chunks
from librephotos.media.text import clean, description_by_person

_TEXTS: Final = (b"tEXt", b"zTXt", b"iTXt", b"tIME")
_MAX_TEXT_BYTES: Final = 65_536
_CREATED: Final = "creation time"
_KEYWORDS: Final = frozenset(
    (_CREATED, "title", "author", "description", "copyright", "comment")
)


def read_png(path: bytes | str) -> Metadata:
    """Return the dates and texts in the chunks of the PNG file at `path`.

    Odd chunks are left out. Raises UnreadableFile if the file cannot be read.
    """
    dates: dict[str, str] = {}
    texts: dict[str, str] = {}
    with open_original(path) as file:
        try:
            for chunk in png_chunks(file):
                kind = chunk.type
                if kind not in _TEXTS or chunk.length > _MAX_TEXT_BYTES:
                    continue
                file.seek(chunk.start)
                data = file.read(chunk.length)
                if kind == b"tIME" and len(data) == 7:
                    year, *parts = struct.unpack(">H5B", data)
                    month, day, *time = (f"{part:02}" for part in parts)
                    dates["PNG:ModifyDate"] = f"{year}:{month}:{day} {':'.join(time)}"
                elif kind != b"tIME":
                    keyword, text = _text(kind, data)
                    known = texts.get(keyword, "")
                    if not (usable_date(known) if keyword == _CREATED else known):
                        texts[keyword] = text
        except OSError as error:
            raise unreadable_because(error) from error
    if texts.get(_CREATED):
        dates["PNG:CreationTime"] = texts[_CREATED]
    dates = {name: text for name, text in dates.items() if usable_date(text)}
    if "PNG:CreationTime" in dates:
        dates["EXIF:DateTimeOriginal"] = dates["PNG:CreationTime"]
    return Metadata(
        title=texts.get("title") or None,
        description=description_by_person(
            texts.get("description") or texts.get("comment")
        ),
        creator=texts.get("author") or None,
        copyright=texts.get("copyright") or None,
        dates=dates,
    )


def _text(kind: bytes, data: bytes) -> tuple[str, str]:
    """Return the keyword in lower case, and the text; both "" for another keyword."""
    head, _, rest = data.partition(b"\0")
    keyword = head.decode("latin-1").strip().lower()
    if keyword not in _KEYWORDS:
        return "", ""
    if kind == b"iTXt":
        compressed, body = rest[:1] == b"\1", rest[2:].split(b"\0", 2)[-1]
        body = _inflated(body) if compressed else body
        return keyword, clean(body.decode("utf-8", "replace"))
    body = _inflated(rest[1:]) if kind == b"zTXt" else rest
    # Latin-1 by the standard, UTF-8 by many programs; clean() tells them apart.
    return keyword, clean(body.decode("utf-8", "surrogateescape"))


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, _MAX_TEXT_BYTES)
    except zlib.error:
        return b""
