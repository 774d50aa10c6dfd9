"""Files of a few kB that claim, or inflate to, more memory than a machine has."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from tempfile import NamedTemporaryFile

import pytest

from librephotos.media.decoding.odd_tiffs import decode_odd_tiff
from librephotos.media.decoding.pixels import Box, decode_still
from librephotos.media.errors import LimitExceeded
from librephotos.media.files.formats import FORMATS
from librephotos.media.limits import Limits
from librephotos.media.stripping import png
from tests.support.memory import growth_mib

_CODES = {3: "H", 4: "I"}
_BLOB = -1
"""Stands for where the strips lie, all of them at one place."""


def tiff(
    blob: bytes,
    *,
    size: tuple[int, int],
    bits: int,
    samples: int = 1,
    strips: int = 1,
    deflated: bool = True,
    form: int = 1,
) -> bytes:
    """A TIFF whose strips are all the same bytes."""
    rows: dict[int, tuple[int, Sequence[int]]] = {
        0x0100: (4, [size[0]]),
        0x0101: (4, [size[1]]),
        0x0102: (3, [bits]),
        0x0103: (3, [8 if deflated else 1]),
        0x0106: (3, [1]),
        0x0111: (4, [_BLOB] * strips),
        0x0115: (3, [samples]),
        0x0116: (4, [max(1, size[1] // strips)]),
        0x0117: (4, [len(blob)] * strips),
        0x0153: (3, [form]),
    }
    values_at = 8 + 2 + 12 * len(rows) + 4
    blob_at = values_at + 8 * strips * (strips > 1)
    entries, values = b"", b""
    for tag, (kind, numbers) in rows.items():
        found = [blob_at if number == _BLOB else number for number in numbers]
        data = struct.pack(f"<{len(found)}{_CODES[kind]}", *found)
        place = struct.pack("<I", values_at + len(values))
        entries += struct.pack("<HHI", tag, kind, len(found))
        entries += place if len(data) > 4 else data.ljust(4, b"\0")
        values += data if len(data) > 4 else b""
    head = b"II*\0" + struct.pack("<IH", 8, len(rows)) + entries + bytes(4)
    assert len(head + values) == blob_at
    return head + values + blob


ZEROS = zlib.compress(bytes(16 * 2**20), 9)

TIFFS = {
    "strips that all inflate": tiff(ZEROS, size=(4000, 2000), bits=12, strips=1000),
    "plain strips at one place": tiff(
        bytes(20_000), size=(300, 300), bits=12, strips=16_000, deflated=False
    ),
    "samples without number": tiff(
        ZEROS, size=(1000, 1000), bits=64, samples=65_535, strips=64, form=3
    ),
    "no rows": tiff(ZEROS, size=(4000, 0), bits=12, strips=64),
}


def decode(data: bytes) -> None:
    """As a child does it with a file."""
    with NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        decode_odd_tiff(file, box=Box(4096, 1080), limits=Limits())


def strip(data: bytes) -> None:
    """As it is done with the pictures that users give themselves."""
    for _ in png.without_metadata(data, Limits()):
        pass


@pytest.mark.parametrize("kind", TIFFS)
def test_a_small_tiff_takes_memory_for_its_picture_alone(kind):
    assert len(TIFFS[kind]) < 160_000
    assert growth_mib(decode, TIFFS[kind]) < 400


def test_a_packed_tiff_is_still_right():
    """Rows that are worked on block by block."""
    width, height = 2000, 900
    row = bytes((0xFF, 0xF0, 0x00)) * (width // 2)  # white, black, white, black
    with NamedTemporaryFile() as file:
        packed = zlib.compress(row * height)
        file.write(tiff(packed, size=(width, height), bits=12))
        file.flush()
        decoded = decode_odd_tiff(file, box=Box(4096, 1080), limits=Limits())
    assert decoded is not None and (decoded.width, decoded.height) == (width, height)
    pixels = decoded.image.numpy()
    assert (pixels[:, ::2] == 255).all() and (pixels[:, 1::2] == 0).all()


def test_many_samples_are_told_before_any_is_decoded(tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(ZEROS, size=(17_000, 17_000), bits=32, samples=64))
    with pytest.raises(LimitExceeded, match="LIBREPHOTOS_MAX_PIXELS"):
        decode_still(
            str(path), format=FORMATS["TIFF"], box=Box(100, 100), limits=Limits()
        )


def chunk(kind: bytes, data: bytes) -> bytes:
    sum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", sum)


def png_of(width: int, height: int, inflated_mib: int) -> bytes:
    writer = zlib.compressobj(9)
    parts = [writer.compress(bytes(2**20)) for _ in range(inflated_mib)]
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = b"".join((*parts, writer.flush()))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", head), chunk(b"IDAT", data), chunk(b"IEND", b""))
    )


@pytest.mark.parametrize("size", [(0, 30), (30, 0), (16_000, 16_000), (40, 30)])
def test_a_small_png_takes_memory_for_its_bytes_alone(size):
    data = png_of(*size, inflated_mib=600)
    assert growth_mib(strip, data) < 100


def test_more_than_the_picture_has_is_cut_off():
    cut = b"".join(png.without_metadata(png_of(40, 30, inflated_mib=4), Limits()))
    at = cut.index(b"IDAT")
    length = struct.unpack(">I", cut[at - 4 : at])[0]
    assert zlib.decompress(cut[at + 4 : at + 4 + length]) == bytes(41 * 30)
