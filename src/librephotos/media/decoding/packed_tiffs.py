"""TIFF samples that libvips does not unpack: of 10, 12, 14 and 64 bits, and halves.

Source: TIFF 6.0, sections 2 (FillOrder, rows end on bytes) and 19 (SampleFormat);
Adobe, TIFF Technical Note 3, 2005 (16-bit floating point).
"""

import struct
import zlib
from collections.abc import Sequence
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt
import pyvips

from librephotos.media.structure.tiff import Directories, Entry

PACKED_BITS: Final = (10, 12, 14, 64)
DEFLATED: Final = (8, 32946)
_KINDS: Final = {2: "i8", 3: "f8"}
_WIDTH, _HEIGHT, _OFFSETS, _COUNTS = 0x0100, 0x0101, 0x0111, 0x0117
_COMPRESSION: Final = 0x0103
_UNSIGNED: Final = 1
_MAX_BYTES: Final = 1024 * 1024 * 1024
"""Read of one file at most, also where many strips lie at one place."""
_BLOCK_BITS: Final = 8 * 1024 * 1024
"""Taken apart at a time: each bit takes three bytes then."""


def halves(
    file: BinaryIO, entry: Entry, *, order: str, page: int = 0
) -> npt.NDArray[Any]:
    """Return the samples of a page of 16-bit real numbers, one or more bands.

    `entry` is its SampleFormat: told that they are whole numbers, libvips unpacks
    them. Raises pyvips.Error for damaged data.
    """
    file.seek(0)
    data = bytearray(file.read(_MAX_BYTES))
    head = struct.pack(order + "HHI", entry.tag, entry.type, entry.count)
    at = data.find(head + entry.field) + len(head)
    if entry.count > 2:
        at = struct.unpack(order + "I", entry.field)[0]
    whole = struct.pack(order + "H", _UNSIGNED) * entry.count
    data[at : at + len(whole)] = whole
    image = pyvips.Image.new_from_buffer(bytes(data), "", page=page).autorot()
    return np.ascontiguousarray(image.numpy()).view(np.float16)


def unpacked(
    tiff: Directories, tags: dict[int, Entry], *, bits: int, samples: int, form: int
) -> npt.NDArray[Any]:
    """Return samples of `bits` bits from strips that are plain or deflated.

    Those of 10, 12 and 14 bits come as 0 to 1. Takes memory for these, and no more,
    whatever the strips claim or inflate to. Raises ValueError if they do not hold them
    all.
    """
    width, height = ((*tiff.integers(tags.get(tag)), 0)[0] for tag in (_WIDTH, _HEIGHT))
    row_bytes = (width * samples * bits + 7) // 8
    data = _strips(tiff, tags, row_bytes * height)
    if not data or len(data) < row_bytes * height:
        raise ValueError("The strips of the TIFF are too short.")
    if bits == 64:
        kind = tiff.order + _KINDS.get(form, "u8")
        plain = np.frombuffer(data, kind, width * height * samples)
        return plain.reshape(height, width, samples).astype(np.float64, copy=False)
    rows = np.frombuffer(data, np.uint8, row_bytes * height).reshape(height, row_bytes)
    shares = np.empty((height, width * samples), np.float32)
    step = max(1, _BLOCK_BITS // (8 * row_bytes))
    weights = 1 << np.arange(bits - 1, -1, -1, dtype=np.uint16)
    for start in range(0, height, step):
        each = np.unpackbits(rows[start : start + step], axis=1)
        each = each[:, : width * samples * bits].reshape(len(each), -1, bits)
        shares[start : start + step] = (each @ weights) / (2**bits - 1)
    return shares.reshape(height, width, samples)


def _strips(tiff: Directories, tags: dict[int, Entry], size: int) -> bytearray:
    """Return the first `size` bytes of the picture, fewer if the strips have fewer."""

    def numbers(tag: int) -> Sequence[int]:
        return tiff.integers(tags.get(tag))

    deflated = (*numbers(_COMPRESSION), 1)[0] in DEFLATED
    data, left = bytearray(), _MAX_BYTES
    for at, count in zip(numbers(_OFFSETS), numbers(_COUNTS), strict=False):
        lacking = size - len(data)
        if lacking <= 0 or left <= 0:
            break
        part = tiff.read(at, min(count, left))
        left -= max(len(part), 1)
        # A length of 0 would be no limit.
        data += zlib.decompressobj().decompress(part, lacking) if deflated else part
    return data
