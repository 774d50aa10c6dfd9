"""What films carry beside their tracks that FFmpeg does not tell: a date, XMP, XML.

Sources: ISO/IEC 14496-12, 8.10.1 (user data), 8.11.2 (XML) and 11.1 (uuid boxes); XMP
Specification part 3, 2012, section 2.2 (MPEG-4 and QuickTime); Apple's user data `date`
by the ExifTool documentation, QuickTime UserData Tags.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from librephotos.media.errors import unreadable_because
from librephotos.media.original import open_original
from librephotos.media.structure.bmff import Box, boxes, top_level
from librephotos.media.text import clean

_XMP_IDENTIFIER: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_MAX_DATE_BYTES: Final = 64


@dataclass(frozen=True)
class UserData:
    """The text of Apple's date, the XMP packet, and the XML of the file's `meta`.

    Each is "" or empty if there is none.
    """

    date: str = ""
    xmp: bytes = b""
    xml: bytes = b""


def read_user_data(path: bytes | str, *, max_bytes: int) -> UserData:
    """Return what the ISO base media file at `path` carries besides its tracks.

    A packet or XML longer than `max_bytes` is left out. Raises UnreadableFile if the
    file cannot be read.
    """
    date, xmp, xml = "", b"", b""
    with open_original(path) as file:
        try:
            for box in _user_data(file):
                file.seek(box.start)
                if box.type == b"date" and not date:
                    date = clean(
                        file.read(min(box.length, _MAX_DATE_BYTES)).decode(
                            "utf-8", "replace"
                        )
                    )
                elif box.type == b"xml " and not xml and 4 < box.length <= max_bytes:
                    xml = file.read(box.length)[4:]  # behind version and flags
                elif box.length <= max_bytes and not xmp:
                    xmp = _packet(file, box)
        except OSError as error:
            raise unreadable_because(error) from error
    return UserData(date, xmp, xml)


def _user_data(file: BinaryIO) -> Iterator[Box]:
    for box in top_level(file):
        if box.type == b"uuid":
            yield box
        if box.type == b"meta":
            yield from boxes(file, start=box.start + 4, end=box.end)
        if box.type == b"moov":
            for inner in boxes(file, start=box.start, end=box.end):
                if inner.type == b"udta":
                    yield from boxes(file, start=inner.start, end=inner.end)


def _packet(file: BinaryIO, box: Box) -> bytes:
    if box.type == b"XMP_":
        return file.read(box.length)
    if box.type == b"uuid" and box.length >= 16 and file.read(16) == _XMP_IDENTIFIER:
        return file.read(box.length - 16)
    return b""
