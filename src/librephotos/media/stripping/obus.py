"""AV1 without metadata and padding: the units that show pictures, and no others.

Source: AV1 Bitstream and Decoding Process Specification 1.0.0 with errata 1, sections
5.3, 6.2.2, 6.7.1 and annex B.
"""

from collections.abc import Iterator

_SHOWN = frozenset((1, 2, 3, 4, 6, 7))  # headers, delimiters, frames and their tiles
_DELIMITER = 2
_METADATA = 5
_LIGHT_BYTES = {1: 4, 2: 24}  # how bright the content and the master screen are


def shown_obus(data: bytes) -> bytes:
    """Return the units that show pictures, and the light that they were made for."""
    return b"".join(_units(data))


def _units(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        start, head = at, data[at]
        at += 2 if head & 4 else 1
        size, length = len(data) - at, 0
        if head & 2:
            size, length = _leb128(data, at)
        body, end = at + length, at + length + size
        kind = head >> 3 & 15
        if kind == _DELIMITER:  # has no content
            yield bytes((head & ~2 | 2,)) + data[start + 1 : at] + b"\0"
        elif kind in _SHOWN:
            yield data[start:end]
        elif kind == _METADATA and data[body : body + 1]:
            light = data[body : body + 1 + _LIGHT_BYTES.get(data[body], 0)]
            if len(light) > 1:
                content = light + b"\x80"
                mark = data[start:at]
                yield bytes((mark[0] | 2,)) + mark[1:] + bytes(
                    (len(content),)
                ) + content
        at = end


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    """Return a number in groups of seven bits, and how many bytes it takes."""
    value = 0
    for count, byte in enumerate(data[at : at + 8]):
        value |= (byte & 0x7F) << 7 * count
        if byte < 0x80:
            return value, count + 1
    return len(data), 0
