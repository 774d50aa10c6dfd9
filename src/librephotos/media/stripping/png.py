"""PNG and APNG without metadata: the chunks that show the picture, and no others.

Source: W3C, Portable Network Graphics, third edition, sections 5, 7 and 11.
"""

import math
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from librephotos.media.errors import LimitExceeded
from librephotos.media.limits import Limits, Parts
from librephotos.media.stripping.errors import NotStrippable
from librephotos.media.stripping.inflating import exact_stream, inflated
from librephotos.media.stripping.profiles import clean_profile
from librephotos.media.structure.orientation import exif_of, orientation_in
from librephotos.media.structure.png_scanlines import CHANNELS, rows_of_passes

Chunk = tuple[bytes, bytes]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# The most bytes that the chunks of few values have; what follows these says anything.
_LONGEST = {
    b"gAMA": 4,
    b"cHRM": 32,
    b"sRGB": 1,
    b"sBIT": 4,
    b"pHYs": 9,
    b"cICP": 4,
    b"mDCV": 24,
    b"cLLI": 8,
    b"acTL": 8,
}
_INDEXED = 3
_TRANSPARENT = {0: 2, 2: 6, _INDEXED: 256}
_BACKGROUND = {0: 2, 2: 6, _INDEXED: 1, 4: 2, 6: 6}
_CONTROL_BYTES = 26


class _Picture(NamedTuple):
    """Compressed data of the still or of a frame, and the control of the frame."""

    kind: bytes
    control: bytes
    data: list[bytes]


def without_metadata(
    data: bytes,
    limits: Limits,
    *,
    most_bytes: float = math.inf,
    parts: Parts | None = None,
) -> Iterator[bytes]:
    """Yield the parts of a PNG that show it, and its orientation if it is turned.

    Of compressed data, as much as the picture has. `most_bytes` bounds what all its
    frames inflate to. Raises NotStrippable if the data is no PNG, is damaged or cut
    short, and LimitExceeded for too many pixels in a frame, bytes in all, or chunks
    (more than `parts` allows).
    """
    if data[:8] != _SIGNATURE:
        raise NotStrippable("The file is no PNG.")
    chunks = list(_chunks(data, parts or Parts()))
    turned = max((_turn(kind, body) for kind, body in chunks), default=1)
    yield _SIGNATURE
    for kind, body in _shown(chunks, limits, most_bytes):
        yield len(body).to_bytes(4, "big") + kind
        yield body
        yield zlib.crc32(body, zlib.crc32(kind)).to_bytes(4, "big")
        if kind == b"IHDR" and turned > 1:
            block = exif_of(turned)
            yield from (len(block).to_bytes(4, "big"), b"eXIf", block)
            yield zlib.crc32(b"eXIf" + block).to_bytes(4, "big")


def _turn(kind: bytes, body: bytes) -> int:
    return orientation_in(body) if kind == b"eXIf" else 1


def _chunks(data: bytes, parts: Parts) -> Iterator[Chunk]:
    """Yield type and body of the chunks up to the end that the picture states."""
    at, kind = 8, b""
    while kind != b"IEND":
        parts.take()
        length = int.from_bytes(data[at : at + 4], "big")
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            raise NotStrippable("The PNG is cut short.")
        yield kind, data[at + 8 : at + 8 + length]
        at = end


def _shown(chunks: list[Chunk], limits: Limits, most_bytes: float) -> Iterator[Chunk]:
    """Yield the chunks of a copy: values once, each picture in one piece."""
    (first, header), *others = chunks
    if first != b"IHDR" or len(header) < 13 or header[9] not in CHANNELS:
        raise NotStrippable("The PNG is damaged.")
    yield first, header[:13]
    said: dict[bytes, bytes] = {}
    seen: set[bytes] = set()
    for kind, body in others:
        if kind in (b"IDAT", b"fcTL"):
            break
        if kind in seen:
            continue
        seen.add(kind)
        value = _value(kind, body, header, limits)
        if value:
            said[kind] = value
            yield kind, value
    frames = int.from_bytes(said.get(b"acTL", b"")[:4], "big")
    yield from _pictures(_joined(others), header, frames, limits, most_bytes)
    yield b"IEND", b""


def _value(kind: bytes, body: bytes, header: bytes, limits: Limits) -> bytes:
    """Return what a copy keeps of a chunk before the picture, perhaps nothing."""
    depth, colours = header[8], header[9]
    if kind == b"iCCP":  # its name is any text
        packed = body.partition(b"\0")[2][1:]
        profile = clean_profile(inflated(packed, limits.max_metadata_bytes))
        return b"icc\0\0" + zlib.compress(profile) if profile else b""
    if kind == b"PLTE":  # of other pictures, it is advice alone
        return body[: 3 * 2 ** min(depth, 8)] if colours == _INDEXED else b""
    if kind == b"tRNS":
        return body[: _TRANSPARENT.get(colours, 0)]
    if kind == b"bKGD":
        return body[: _BACKGROUND[colours]]
    return body[: _LONGEST.get(kind, 0)]


def _joined(chunks: list[Chunk]) -> list[_Picture]:
    """Return the pictures in the order of their data, which may be in many chunks."""
    found: list[_Picture] = []
    control = b""
    for kind, body in chunks:
        if kind == b"fcTL":
            control = body[:_CONTROL_BYTES]
        elif kind in (b"IDAT", b"fdAT"):
            if control or not found:
                found.append(_Picture(kind, control, []))
                control = b""
            if kind == found[-1].kind:
                found[-1].data.append(body if kind == b"IDAT" else body[4:])
    return found


def _pictures(
    found: list[_Picture],
    header: bytes,
    frames: int,
    limits: Limits,
    most_bytes: float,
) -> Iterator[Chunk]:
    """Yield the still, and as many frames of the animation as it states."""
    if not found or found[0].kind != b"IDAT":
        raise NotStrippable("The PNG holds no picture.")
    number = shown = 0
    for at, picture in enumerate(found):
        is_frame = len(picture.control) == _CONTROL_BYTES and shown < frames
        if at and (not is_frame or picture.kind != b"fdAT"):
            continue
        if is_frame:
            yield b"fcTL", number.to_bytes(4, "big") + picture.control[4:]
            number, shown = number + 1, shown + 1
        stated = picture.control[4:12] if at else header[:8]
        length = _raw_length(stated, header, limits)
        most_bytes -= length
        if most_bytes < 0:
            raise LimitExceeded("Its frames are too large together.")
        stream = exact_stream(b"".join(picture.data), length)
        if at:
            stream, number = number.to_bytes(4, "big") + stream, number + 1
        yield picture.kind, stream


def _raw_length(stated: bytes, header: bytes, limits: Limits) -> int:
    """Return the bytes of a picture of the stated size before they are compressed."""
    width, height = (int.from_bytes(stated[at : at + 4], "big") for at in (0, 4))
    if width * height > limits.max_pixels:
        raise LimitExceeded(
            f"{width} × {height} is more than {limits.max_pixels} pixels."
        )
    bits = header[8] * CHANNELS[header[9]]
    passes = rows_of_passes(width, height, bits=bits, interlaced=bool(header[12]))
    return sum(rows.length * rows.number for rows in passes)
