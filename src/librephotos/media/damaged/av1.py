"""AVIF that is cut short: AV1 decodes block by block, whatever follows.

Zeros or ones in the place of what lacks decode to something, since the arithmetic
decoder takes any bits; what two such fillings agree on comes from the file.

Sources: AV1 Bitstream & Decoding Process Specification, sections 5.3.2 (OBU header),
4.10.5 (leb128) and 6.2.1 (types); AVIF 1.1.0, section 2.1; ISO/IEC 23008-12:2022,
6.5.10 (irot), 6.5.12 (imir).
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import av
import numpy as np
import numpy.typing as npt
from av.video.codeccontext import VideoCodecContext

from librephotos.media.damaged.part import Part, check_claim, image_of
from librephotos.media.decoding.pixels import DAMAGED, Box, check_pixels, fitted
from librephotos.media.errors import UnreadableFile
from librephotos.media.files.formats import Format
from librephotos.media.limits import Limits
from librephotos.media.structure.bmff import boxes
from librephotos.media.structure.heif_items import (
    index_parts,
    item_extents,
    item_properties,
    main_item,
)

_SEQUENCE_HEADER, _TILE_GROUP, _FRAME = 1, 4, 6
_FILLINGS: Final = (0x00, 0xFF, 0x55)
_BLOCK: Final = 64
_LESS: Final = 0.97
"""How much of what is there is decoded for comparison if one filling alone decodes."""
_MAX_OBUS: Final = 1_000

_Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class _Item:
    """The coded picture as far as it is there, its length, turns and colour profile."""

    data: bytes
    length: int
    transforms: tuple[tuple[bytes, int], ...]
    profile: bytes | None


def cut_av1(data: bytes, format: Format, box: Box, limits: Limits) -> Part:
    """Decode the blocks of an AVIF before the point where it is cut off.

    Of an animation that may be behind its first picture, of which all is there then.
    """
    item = _primary_item(data)
    keep = len(item.data.rstrip(b"\0"))
    whole = _decoded(item.data, limits) if keep == item.length else None
    if whole is None:
        pixels, other = _two_readings(item.data[:keep], item.length, limits)
        there, share = _without_guesses(pixels, other)
    else:
        there, share = whole, 1.0
    for kind, value in item.transforms:
        if kind == b"irot":
            there = np.rot90(there, value & 3)
        else:
            there = np.flipud(there) if value & 1 == 0 else np.fliplr(there)
    decoded = fitted(image_of(np.ascontiguousarray(there)), item.profile, box)
    told = min(keep / item.length, share, 0.99) if keep < item.length else None
    return Part(decoded.image, told, decoded.width, decoded.height)


def _two_readings(data: bytes, length: int, limits: Limits) -> tuple[_Pixels, _Pixels]:
    """Return the picture with two fillings, or with one and a shorter cut."""
    found = []
    for filling in _FILLINGS:
        pixels = _decoded(_filled(data, length, filling), limits)
        if pixels is not None:
            found.append((filling, pixels))
    if not found:
        raise UnreadableFile(DAMAGED)
    if len(found) > 1:
        return found[0][1], found[1][1]
    filling, pixels = found[0]
    shorter = _filled(data[: int(len(data) * _LESS)], length, filling)
    other = _decoded(shorter, limits)
    if other is None:
        raise UnreadableFile(DAMAGED)
    return pixels, other


def _without_guesses(pixels: _Pixels, other: _Pixels) -> tuple[_Pixels, float]:
    """Return the picture, black from where two readings of it part, and its share.

    Blocks are decoded row by row; so it is looked at column by column.
    """
    there, lacking = pixels.copy(), 0
    for left in range(0, pixels.shape[1], _BLOCK):
        columns = slice(left, left + _BLOCK)
        differs = (pixels[:, columns] != other[:, columns]).any(axis=(1, 2))
        if differs.any():
            # Filters reach a few rows up from the first block that is a guess.
            first = int(differs.argmax()) // _BLOCK * _BLOCK
            there[first:, columns] = 0
            lacking += there[first:, columns, 0].size
    return there, 1 - lacking / there[..., 0].size


def _filled(data: bytes, length: int, filling: int) -> bytes:
    """Return a stream with its last unit filled up, to twice what it was to be.

    A decoder gives up where it has taken more bits than there are.
    """
    stream, picture = b"", False
    for kind, header, body, wanted in _units(data, length):
        if kind in (_FRAME, _TILE_GROUP):
            picture = True
            if len(body) < wanted:
                lacking = min(wanted, length) - len(body) + length
                body = body + bytes((filling,)) * lacking
        stream += bytes((header[0] | 2,)) + header[1:] + _leb128(len(body)) + body
    if not picture:
        raise UnreadableFile(DAMAGED)
    return stream


def _units(data: bytes, length: int) -> Iterator[tuple[int, bytes, bytes, int]]:
    """Yield the type, header, payload and announced length of each unit (OBU)."""
    at = 0
    for _ in range(_MAX_OBUS):
        if at >= len(data):
            return
        first = data[at]
        header = data[at : at + 1 + (first >> 2 & 1)]
        at += len(header)
        wanted, shift = 0, 0
        if first >> 1 & 1:
            while at < len(data) and shift < 56:
                wanted |= (data[at] & 0x7F) << shift
                shift, at = shift + 7, at + 1
                if data[at - 1] < 0x80:
                    break
        else:
            wanted = length - at
        yield first >> 3 & 15, header, data[at : at + wanted], wanted
        at += wanted


def _leb128(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*found, value))


def _decoded(stream: bytes, limits: Limits) -> _Pixels | None:
    decoder = av.CodecContext.create("libdav1d", "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.thread_count = 1
    decoder.options = {"max_pixels": str(limits.max_pixels)}
    try:
        for packet in (av.Packet(stream), None):
            for frame in decoder.decode(packet):
                check_pixels(frame.width, frame.height, limits=limits)
                return frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
    except av.FFmpegError:
        return None
    return None


def _primary_item(data: bytes) -> _Item:
    """Return the item of the main picture; raises UnreadableFile if it is not AV1."""
    file = io.BytesIO(data)
    outermost = boxes(file, start=0, end=len(data))
    meta = next((found for found in outermost if found.type == b"meta"), None)
    if meta is None:
        raise UnreadableFile(DAMAGED)
    parts = index_parts(file, meta)
    try:
        main = main_item(file, parts)
        extents = dict(item_extents(file, parts)).get(main, [])
        properties = item_properties(file, parts, main)
    except EOFError as error:
        raise UnreadableFile(DAMAGED) from error
    config = dict(properties).get(b"av1C")
    if config is None or not extents:
        raise UnreadableFile(DAMAGED)
    length = sum(size for _, size in extents)
    check_claim(length, len(data))
    coded = b"".join(data[at : at + size] for at, size in extents)
    if not any(kind == _SEQUENCE_HEADER for kind, *_ in _units(coded, length)):
        coded, length = config[4:] + coded, length + len(config) - 4
    turns = tuple((k, v[0]) for k, v in properties if k in (b"irot", b"imir") and v)
    colours = [body for kind, body in properties if kind == b"colr"]
    profile = next((c[4:] for c in colours if c[:4] in (b"prof", b"rICC")), None)
    return _Item(coded, length, turns, profile)
