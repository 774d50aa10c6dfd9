"""Whether a file is all there, where its decoder would not notice that it is not.

Interrupted copies end early, or in zeros that some decoders take for flat colour.
Sources: ISO/IEC 14496-12, section 4.2; RIFF (Microsoft, 1991); WebP (RFC 9649, section
2.7); Matroska (RFC 9559, section 5); GIF89a, 1990.
"""

import mmap
import os
from itertools import takewhile
from typing import BinaryIO, Final

from librephotos.media.errors import unreadable_because
from librephotos.media.files.formats import Format
from librephotos.media.original import open_original
from librephotos.media.structure.bmff import Box, announced_end
from librephotos.media.structure.gif_blocks import EXTENSION, PICTURE, TRAILER, blocks
from librephotos.media.structure.png_chunks import MAX_CHUNKS, png_chunks
from librephotos.media.structure.riff import riff_chunks

LEAST_ZEROS: Final = 512
"""Compressed data does not end in as many zeros as this."""

_BOXED: Final = frozenset(
    ("HEIC", "AVIF", "MP4", "M4V", "QuickTime", "3GP", "CR3"),
)
_RIFF: Final = frozenset(("WebP", "AVI"))
_WEBP_PICTURES: Final = (b"VP8 ", b"VP8L")


def share_there(path: bytes | str, *, format: Format) -> float | None:
    """Return how much of the file is there, 0 to 1.

    None if something lacks, or is wrong, of which the share cannot be told. Only
    headers and the end are read, of a GIF all. Decoding tells of all else in a PNG.
    Raises UnreadableFile if the file cannot be read.
    """
    with open_original(path) as file:
        try:
            size = os.fstat(file.fileno()).st_size
            if format.name == "GIF":
                return 1.0 if _gif_is_whole(file) else None
            if format.name == "PNG":
                return 1.0 if _later_frames_are_whole(file) else None
            meant = _meant_size(file, format, size)
            there = min(size, meant) - _zeros_before(file, min(size, meant))
        except OSError as error:
            raise unreadable_because(error) from error
        if meant <= there or (format.name == "WebP" and has_whole_picture(file)):
            return 1.0
    return there / meant


def may_be_damaged(path: bytes | str, *, format: Format) -> bool:
    """Whether the end of a file looks as if something lacked; decoding tells for sure.

    Raises UnreadableFile if the file cannot be read.
    """
    if format.name != "JPEG":
        return share_there(path, format=format) != 1
    with open_original(path) as file:
        try:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 65_536))
            tail = file.read()
            if tail.rfind(b"\xff\xd9") > tail.rfind(b"\xff\xda"):
                return False
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return data.rfind(b"\xff\xd9") < data.rfind(b"\xff\xda")
        except OSError as error:
            raise unreadable_because(error) from error


def has_whole_picture(file: BinaryIO) -> bool:
    """Whether the still picture of an open WebP is there, whatever lacks behind it."""
    size = file.seek(0, os.SEEK_END)
    there = size - _zeros_before(file, size)
    return any(
        chunk.type in _WEBP_PICTURES and chunk.end <= there
        for chunk in riff_chunks(file)
    )


def jpeg_has_ended(file: BinaryIO) -> bool:
    """Return whether no zeros stand where an open JPEG should go on.

    libjpeg takes zeros for flat colour. Behind the end some cameras fill with them.
    """
    size = os.fstat(file.fileno()).st_size
    zeros = _zeros_before(file, size)
    if not zeros:
        return True
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        end = data.rfind(b"\xff\xd9", 0, size - zeros)
        return end > data.rfind(b"\xff\xda", 0, size - zeros)


def _meant_size(file: BinaryIO, format: Format, size: int) -> int:
    """Return how long the file was meant to be, by its headers; 0 if they say not."""
    file.seek(0)
    if format.name in _BOXED:
        return announced_end(file, size)
    if format.name in _RIFF:
        length = int.from_bytes(file.read(8)[4:], "little")
        return 0 if length == 0xFFFFFFFF else length + 8
    if format.name in ("Matroska", "WebM"):
        return _end_of_segment(file.read(256))
    return 0


def _zeros_before(file: BinaryIO, end: int) -> int:
    """Return how many zeros stand before `end`, 0 if they are but a few."""
    at = end
    while at > 0:
        start = max(0, at - 65_536)
        file.seek(start)
        block = file.read(at - start)
        kept = block.rstrip(b"\0")
        if kept:
            at = start + len(kept)
            break
        at = start
    return end - at if end - at >= LEAST_ZEROS else 0


def _end_of_segment(head: bytes) -> int:
    """Return where the segment of a Matroska file ends, 0 if its size is not known."""
    at = head.find(b"\x18\x53\x80\x67")
    if at < 0 or at + 5 > len(head) or not head[at + 4]:
        return 0
    width = 9 - head[at + 4].bit_length()
    digits = head[at + 4 : at + 4 + width]
    length = int.from_bytes(digits, "big") & ((1 << (7 * width)) - 1)
    unknown = length == (1 << (7 * width)) - 1
    return 0 if unknown or len(digits) < width else at + 4 + width + length


def _later_frames_are_whole(file: BinaryIO) -> bool:
    """Whether the chunks of a PNG lead to its end, if it is an animated one.

    Source: PNG (Third Edition), W3C 2025, 11.3.6 (animation).
    """
    kinds = [chunk.type for chunk in takewhile(_is_named, png_chunks(file))]
    animated = b"acTL" in kinds and len(kinds) < MAX_CHUNKS
    return not animated or b"IEND" in kinds


def _is_named(chunk: Box) -> bool:
    return chunk.type.isalpha()


def _gif_is_whole(file: BinaryIO) -> bool:
    """Whether the blocks of a GIF lead to its trailer."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for kind, start, _, _ in blocks(data):
            if kind not in (EXTENSION, PICTURE):
                # That only the trailer lacks hurts nobody.
                return kind == TRAILER or len(data) <= start <= len(data) + 1
    return True  # more blocks than we look at: nothing is known to lack
