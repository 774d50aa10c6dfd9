"""The video inside a motion photo.

Sources: Google, Motion Photo format 1.0 (Container:Directory; mpvd box in HEIC) and
its forerunner MicroVideo; Samsung's trailer as the ExifTool documentation describes
it (Samsung Trailer Tags, MotionPhoto_Data).
"""

import mmap
import os
import re
import struct
from typing import BinaryIO, Final

from librephotos.media.bmff import top_level
from librephotos.media.original import open_original

_SAMSUNG_MOTION: Final = 0x0A30
_SEF_ENTRY: Final = struct.Struct("<HHII")
MAX_SEF_ENTRIES: Final = 200
XMP_SEARCHED_BYTES: Final = 256 * 1024
"""Google writes its XMP right behind the EXIF block, at the front of a JPEG."""

_MICRO_VIDEO = re.compile(rb"MicroVideoOffset(?:=[\"']|>)\s*(\d{1,10})")
_DIRECTORY_ITEM = re.compile(rb"<(?:Container|GContainer):Item\b[^>]{0,2000}>")
_ITEM_LENGTH = re.compile(rb"Item:Length=[\"'](\d{1,10})[\"']")


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
        found = _in_mpvd_box(file)
    elif head[:2] == b"\xff\xd8":
        found = _in_samsung_trailer(file, size) or _at_end_of_jpeg(file, size)
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


def _at_end_of_jpeg(file: BinaryIO, size: int) -> tuple[int, int] | None:
    file.seek(0)
    head = file.read(XMP_SEARCHED_BYTES)
    if b"MicroVideo" not in head and b"MotionPhoto" not in head:
        return None
    for length in (_directory_length(head), _micro_video_length(head)):
        if length and _is_video(file, size - length, length, size):
            return size - length, length
    return _first_video_after(file)


def _micro_video_length(head: bytes) -> int | None:
    match = _MICRO_VIDEO.search(head)
    return int(match[1]) if match else None


def _directory_length(head: bytes) -> int | None:
    for item in _DIRECTORY_ITEM.findall(head):
        length = _ITEM_LENGTH.search(item)
        if b"MotionPhoto" in item and length:
            return int(length[1])
    return None


def _first_video_after(file: BinaryIO) -> tuple[int, int] | None:
    """Return the range from the first `ftyp` box on: editors leave stale lengths."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        at = mapped.find(b"ftypmp4", XMP_SEARCHED_BYTES // 8)
        return (at - 4, len(mapped) - at + 4) if at > 4 else None
