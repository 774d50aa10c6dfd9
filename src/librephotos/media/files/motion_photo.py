"""The video inside a motion photo.

Sources: Google, Motion Photo format 1.0 (Container:Directory; mpvd box in HEIC) and
its forerunner MicroVideo; Samsung's trailer as the ExifTool documentation describes
it (Samsung Trailer Tags, MotionPhoto_Data).
"""

import mmap
import os
import re
import struct
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, Final

from librephotos.media.original import open_original
from librephotos.media.structure.bmff import OUTERMOST, boxes, top_level

_SAMSUNG_MOTION: Final = 0x0A30
_SEF_ENTRY: Final = struct.Struct("<HHII")
MAX_SEF_ENTRIES: Final = 200
XMP_SEARCHED_BYTES: Final = 256 * 1024
"""Google writes its XMP right behind the EXIF block, at the front of a JPEG."""

_MICRO_VIDEO = re.compile(rb"MicroVideoOffset(?:=[\"']|>)\s*(\d{1,10})")
# Written as attributes by phones, and as elements by exiftool and exiv2.
_ITEM_NUMBER = re.compile(rb"Item:(Length|Padding)(?:=[\"']|>)\s*(\d{1,10})")
_MAX_ITEMS: Final = 50
_FILE_TYPE = re.compile(rb"\0\0[\0-\2].ftyp[ -~]{4}", re.DOTALL)
_MAX_FOUND: Final = 20


def embedded_video_range(path: bytes | str) -> tuple[int, int] | None:
    """Return (offset, length) in bytes of the video inside a still, None without one.

    A range is returned only if an ISO media file starts there and it lies within the
    file. Raises UnreadableFile if the file cannot be read.
    """
    with open_original(path) as file:
        return video_range(file)


def video_range(file: BinaryIO) -> tuple[int, int] | None:
    """Return what embedded_video_range does, for a still that is open already."""
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    head = file.read(12)
    if head[4:8] == b"ftyp":
        found = (
            _in_mpvd_box(file)
            or _in_samsung_trailer(file, size)
            or _said_by_xmp(file, size)
        )
    elif head[:2] == b"\xff\xd8":
        found = _in_samsung_trailer(file, size) or _said_by_xmp(file, size)
    else:
        return None
    return found if found and _is_video(file, *found, size) else None


def _is_video(file: BinaryIO, offset: int, length: int, size: int) -> bool:
    if offset <= 0 or length < 16 or offset + length > size:
        return False
    file.seek(offset + 4)
    return file.read(4) in (b"ftyp", b"moov", b"wide")


def _in_mpvd_box(file: BinaryIO) -> tuple[int, int] | None:
    box = next((box for box in top_level(file) if box.type == b"mpvd"), None)
    return (box.start, box.length) if box else None


def _in_samsung_trailer(file: BinaryIO, size: int) -> tuple[int, int] | None:
    file.seek(max(0, size - 8))
    tail = file.read(8)
    if tail[4:] != b"SEFT":
        return None
    directory = size - 8 - int.from_bytes(tail[:4], "little")
    if directory < 0:
        return None
    file.seek(directory)
    head = file.read(12)
    if head[:4] != b"SEFH":
        return None
    count = min(int.from_bytes(head[8:], "little"), MAX_SEF_ENTRIES)
    entries = file.read(count * _SEF_ENTRY.size)
    usable = len(entries) // _SEF_ENTRY.size * _SEF_ENTRY.size
    for _, kind, back, length in _SEF_ENTRY.iter_unpack(entries[:usable]):
        if kind == _SAMSUNG_MOTION and 8 <= back <= directory:
            return _samsung_block(file, directory - back, length)
    return None


def _samsung_block(file: BinaryIO, start: int, length: int) -> tuple[int, int]:
    file.seek(start + 4)
    name_length = int.from_bytes(file.read(4), "little")
    return start + 8 + name_length, length - 8 - name_length


def _said_by_xmp(file: BinaryIO, size: int) -> tuple[int, int] | None:
    file.seek(0)
    head = file.read(XMP_SEARCHED_BYTES)
    if b"MicroVideo" not in head and b"MotionPhoto" not in head:
        return None
    for start, length in (*_items_from_end(head, size), *_micro_video(head, size)):
        if _is_video(file, start, length, size):
            return start, length
    return _first_video_after(file, size)


def _items_from_end(head: bytes, size: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of the directory's items, the last of which ends the file.

    A length comes before or after the padding of its item, which follows its bytes.
    """
    end, padding = size, 0
    for name, digits in reversed(_ITEM_NUMBER.findall(head)[-_MAX_ITEMS:]):
        if name == b"Padding":
            padding = int(digits)
            continue
        length = int(digits)
        yield end - length, length
        if padding:
            yield end - padding - length, length
        end, padding = end - length - padding, 0


def _micro_video(head: bytes, size: int) -> Iterator[tuple[int, int]]:
    for digits in _MICRO_VIDEO.findall(head):
        yield size - int(digits), int(digits)


def _first_video_after(file: BinaryIO, size: int) -> tuple[int, int] | None:
    """Return the range of the first film in the file: editors leave stale lengths."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        found = islice(_FILE_TYPE.finditer(mapped, 8), _MAX_FOUND)
        starts = [match.start() for match in found]
    for start in starts:
        parts = list(boxes(file, start=start, end=size))
        if {b"moov", b"mdat"} <= {part.type for part in parts}:
            kept = [part for part in parts if part.type in OUTERMOST]
            return start, max(part.end for part in kept) - start
    return None
