"""PNGs that are stored in passes, each between the pixels of those before.

Source: PNG (Third Edition), W3C 2025, sections 8.1 (Adam7), 9.2 (filters) and 10.1 (the
compressed stream).
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pyvips

from librephotos.media.damaged.part import MAX_BYTES, Part
from librephotos.media.decoding.pixels import (
    DAMAGED,
    Box,
    as_srgb,
    check_pixels,
    upright_size,
)
from librephotos.media.errors import UnreadableFile
from librephotos.media.files.formats import Format
from librephotos.media.limits import Limits
from librephotos.media.structure.jpeg_segments import EXIF
from librephotos.media.structure.png_scanlines import (
    ADAM7,
    CHANNELS,
    Rows,
    rows_of_passes,
)

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_MAX_CHUNKS: Final = 10_000
_DEPTHS: Final = (1, 2, 4, 8, 16)  # bits of a sample (section 11.2.1)
_OF_USE: Final = frozenset((b"IHDR", b"iCCP", b"PLTE", b"tRNS", b"eXIf"))
_KEPT: Final = ("icc-profile-data", "orientation")


def in_passes(data: bytes, format: Format, box: Box, limits: Limits) -> Part:
    """Decode an interlaced PNG as far as it goes.

    What lacks is seen as the pixel of an earlier pass, as long as a picture loads.
    Raises UnreadableFile for a PNG that is not interlaced, of which nothing is there,
    or whose scanlines would have more than MAX_BYTES; LimitExceeded for more pixels.
    """
    chunks = list(_chunks(data))
    header = chunks[0][1] if chunks and chunks[0][0] == b"IHDR" else b""
    if len(header) != 13 or header[12] != 1 or header[9] not in CHANNELS:
        raise UnreadableFile(DAMAGED)
    width, height, depth = struct.unpack(">IIB", header[:9])
    if depth not in _DEPTHS:
        raise UnreadableFile(DAMAGED)
    check_pixels(width, height, limits=limits)
    bits = depth * CHANNELS[header[9]]
    passes = rows_of_passes(width, height, bits=bits, interlaced=True)
    wanted = sum(rows.length * rows.number for rows in passes)
    if wanted > MAX_BYTES:  # what lacks is filled up in memory
        raise UnreadableFile(DAMAGED)
    stored = _inflated(
        b"".join(body for kind, body in chunks if kind == b"IDAT"), wanted
    )
    stored = stored[: _end_of_sense(stored, passes)]
    if not stored:
        raise UnreadableFile(DAMAGED)
    image = pyvips.Image.new_from_buffer(_refilled(chunks, stored, wanted), "")
    pixels = image.numpy().reshape(height, width, -1)
    filled, known = _spread(pixels, passes, len(stored))
    shown = pyvips.Image.new_from_array(filled).copy(
        interpretation=image.interpretation
    )
    for field in _KEPT:
        if image.get_typeof(field):
            shown.set_type(image.get_typeof(field), field, image.get(field))
    small = shown.thumbnail_image(
        box.width, height=box.height, size="down", output_profile="srgb"
    )
    share = min(known / (width * height), 0.99)
    return Part(as_srgb(small).copy_memory(), share, *upright_size(image))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and the body of each chunk; that of the last may be cut short."""
    at = len(_SIGNATURE)
    for _ in range(_MAX_CHUNKS):
        if at + 8 > len(data):
            return
        end = at + 8 + int.from_bytes(data[at : at + 4])
        yield data[at + 4 : at + 8], data[at + 8 : end]
        at = end + 4


def _inflated(stream: bytes, most: int) -> bytes:
    """Return what a zlib stream gives before it ends or makes no sense any more."""
    found, inflater = [], zlib.decompressobj()
    there = 0
    for at in range(0, len(stream), 1024):
        try:
            found.append(inflater.decompress(stream[at : at + 1024], most - there))
        except zlib.error:
            break
        there += len(found[-1])
        if there >= most:
            break
    return b"".join(found)


def _end_of_sense(stored: bytes, passes: list[Rows]) -> int:
    """Return where the first row begins whose filter is none (section 9.2)."""
    at = 0
    for length, rows in passes:
        filters = stored[at : at + length * rows : length] if length else b""
        wrong = next((row for row, kind in enumerate(filters) if kind > 4), None)
        if wrong is not None:
            return at + wrong * length
        at += length * rows
    return len(stored)


def _refilled(chunks: list[tuple[bytes, bytes]], stored: bytes, wanted: int) -> bytes:
    """Return a whole PNG whose scanlines that lack are zeros."""
    kept = dict(each for each in reversed(chunks) if each[0] in _OF_USE)
    if exif := kept.get(b"eXIf"):  # some writers put JPEG's mark before it
        kept[b"eXIf"] = exif.removeprefix(EXIF)
    body = zlib.compress(stored.ljust(wanted, b"\0"), 1)
    header = (b"IHDR", kept.pop(b"IHDR"))
    whole = [header, *reversed(kept.items()), (b"IDAT", body), (b"IEND", b"")]
    return _SIGNATURE + b"".join(
        len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)
        for kind, body in whole
    )


def _spread(
    pixels: npt.NDArray[np.uint8], passes: list[Rows], stored: int
) -> tuple[npt.NDArray[np.uint8], int]:
    """Return the pixels, those that lack filled from earlier passes, and how many not.

    `stored` are the bytes that are there of the rows of the `passes`.
    """
    filled, known = np.zeros_like(pixels), 0
    for each, (length, rows) in zip(ADAM7, passes, strict=True):
        there = min(rows, stored // length) if length else 0
        stored = max(0, stored - length * rows)
        part = pixels[each.top :: each.down, each.left :: each.across][:there]
        known += part.shape[0] * part.shape[1]
        for down in range(each.high):
            for across in range(each.wide):
                into = filled[
                    each.top + down :: each.down, each.left + across :: each.across
                ]
                into = into[: part.shape[0], : part.shape[1]]
                into[...] = part[: into.shape[0], : into.shape[1]]
    return filled, known
