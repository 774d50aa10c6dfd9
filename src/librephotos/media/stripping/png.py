"""PNG and APNG without metadata: the chunks that show the picture, and no others.

Source: W3C, Portable Network Graphics, third edition, sections 5 and 11.
"""

import zlib
from collections.abc import Iterator

from librephotos.media.stripping.errors import NotStrippable
from librephotos.media.stripping.orientation import exif_of, orientation_in

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SHOWN = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT bKGD pHYs cICP mDCV cLLI "
    b"acTL fcTL fdAT".split()
)
# The most bytes that the chunks of few values have; what follows these says anything.
_LONGEST = {
    b"IHDR": 13,
    b"PLTE": 768,
    b"IEND": 0,
    b"tRNS": 256,
    b"gAMA": 4,
    b"cHRM": 32,
    b"sRGB": 1,
    b"sBIT": 4,
    b"bKGD": 6,
    b"pHYs": 9,
    b"cICP": 4,
    b"mDCV": 24,
    b"cLLI": 8,
    b"acTL": 8,
    b"fcTL": 26,
}


def without_metadata(data: bytes) -> Iterator[bytes]:
    """Yield the parts of a PNG that show it, and its orientation if it is turned.

    Raises NotStrippable if the data is no PNG or is cut short.
    """
    if data[:8] != _SIGNATURE:
        raise NotStrippable("The file is no PNG.")
    turned = max((_turn(kind, body) for kind, body in _chunks(data)), default=1)
    yield _SIGNATURE
    for kind, body in _chunks(data):
        if kind in _SHOWN:
            yield from _chunk(kind, body[: _LONGEST.get(kind)])
        elif kind == b"iCCP":  # its name is any text
            yield from _chunk(kind, b"icc\0" + body.partition(b"\0")[2])
        if kind == b"IHDR" and turned > 1:
            yield from _chunk(b"eXIf", exif_of(turned))


def _turn(kind: bytes, body: bytes) -> int:
    return orientation_in(body) if kind == b"eXIf" else 1


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield type and body of the chunks up to the end that the picture states."""
    at, kind = 8, b""
    while kind != b"IEND":
        length = int.from_bytes(data[at : at + 4], "big")
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            raise NotStrippable("The PNG is cut short.")
        yield kind, data[at + 8 : at + 8 + length]
        at = end


def _chunk(kind: bytes, body: bytes) -> Iterator[bytes]:
    yield len(body).to_bytes(4, "big") + kind
    yield body
    yield zlib.crc32(body, zlib.crc32(kind)).to_bytes(4, "big")
