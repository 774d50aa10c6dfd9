"""The size and orientation that a JPEG XL file states, read without decoding it.

Source: ISO/IEC 18181-1:2022, sections 4 (bit stream) and A.3 (image size), and
18181-2 (the container's boxes `jxlc` and `jxlp`).
"""

from typing import BinaryIO

from librephotos.media.structure.bmff import top_level

_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_SIZE_BITS = (9, 13, 18, 30)


class _Bits:
    """Little-endian bits of a byte string, least significant first."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "little")
        self._at = 0

    def read(self, count: int) -> int:
        value = (self._value >> self._at) & ((1 << count) - 1)
        self._at += count
        return value

    def size(self) -> int:
        return 1 + self.read(_SIZE_BITS[self.read(2)])


def coded_size(file: BinaryIO) -> tuple[int, int] | None:
    """Return (width, height) in pixels after the stream's own orientation, or None.

    None means that the header is missing or damaged.
    """
    header = _header(file)
    if header is None:
        return None
    width, height, orientation = header
    return (height, width) if orientation > 4 else (width, height)


def coded_orientation(file: BinaryIO) -> int:
    """Return the stream's own orientation as EXIF numbers them, 1 for none."""
    header = _header(file)
    return header[2] if header else 1


def _header(file: BinaryIO) -> tuple[int, int, int] | None:
    stream = _codestream_head(file)
    if not stream.startswith(b"\xff\x0a") or len(stream) < 8:
        return None
    bits = _Bits(stream[2:])
    small = bits.read(1)
    height = 8 * (1 + bits.read(5)) if small else bits.size()
    ratio = bits.read(3)
    if ratio:
        numerator, denominator = _RATIOS[ratio - 1]
        width = height * numerator // denominator
    else:
        width = 8 * (1 + bits.read(5)) if small else bits.size()
    return width, height, _orientation(bits)


def _orientation(bits: _Bits) -> int:
    all_default = bits.read(1)
    extra_fields = 0 if all_default else bits.read(1)
    return 1 + bits.read(3) if extra_fields else 1


def _codestream_head(file: BinaryIO) -> bytes:
    file.seek(0)
    head = file.read(32)
    if head.startswith(b"\xff\x0a"):
        return head
    for box in top_level(file):
        if box.type in (b"jxlc", b"jxlp"):
            index = 4 if box.type == b"jxlp" else 0
            file.seek(box.start + index)
            return file.read(32)
    return b""
