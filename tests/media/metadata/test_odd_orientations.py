"""How a JPEG is turned that says so oddly: its size is that of its previews."""

from __future__ import annotations

import struct

import pytest

from librephotos.media.files.formats import FORMATS
from librephotos.media.limits import Limits
from librephotos.media.metadata.reading import read_metadata
from librephotos.media.pictures.thumbnails import make_thumbnails
from librephotos.media.structure.jpeg_segments import EXIF
from tests.media.conftest import Keep
from tests.support.pictures import images

_BYTE, _ASCII, _SHORT, _LONG, _RATIONAL, _UNDEFINED, _SIGNED = 1, 2, 3, 4, 5, 7, 8


def _entry(turn: int, *, type: int = _SHORT, count: int = 1) -> bytes:
    value = struct.pack("<I", turn)
    if type == _ASCII:
        value = str(turn).encode().ljust(4, b"\0")
    return struct.pack("<HHI", 0x0112, type, count) + value


def _jpeg(*entries: bytes, stated: int | None = None, behind: bytes = b"") -> bytes:
    """A JPEG of 60 × 40 whose EXIF states these entries, and how many there are."""
    count = struct.pack("<H", len(entries) if stated is None else stated)
    directory = count + b"".join(entries) + bytes(4) + behind
    body = EXIF + b"II*\0" + struct.pack("<I", 8) + directory
    segment = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    plain = images.encoded(images.picture(60, 40))
    return plain[:2] + segment + plain[2:]


@pytest.mark.parametrize(
    "jpeg",
    [
        pytest.param(_jpeg(_entry(6)), id="plain"),
        pytest.param(_jpeg(_entry(1), _entry(6)), id="twice, turned then"),
        pytest.param(_jpeg(_entry(6), _entry(1)), id="twice, turned first"),
        pytest.param(_jpeg(_entry(6, type=_BYTE)), id="byte"),
        pytest.param(_jpeg(_entry(6, type=_ASCII, count=2)), id="text"),
        pytest.param(_jpeg(_entry(6, type=_LONG)), id="long"),
        pytest.param(_jpeg(_entry(6, type=_UNDEFINED)), id="undefined"),
        pytest.param(_jpeg(_entry(6, type=_SIGNED)), id="signed"),
        pytest.param(
            _jpeg(_entry(26, type=_RATIONAL), behind=struct.pack("<II", 6, 1)),
            id="rational",
        ),
        pytest.param(_jpeg(_entry(6, count=0)), id="none of them"),
        pytest.param(_jpeg(_entry(6, count=2)), id="two of them"),
        pytest.param(_jpeg(_entry(9)), id="nine"),
        pytest.param(_jpeg(_entry(6), stated=0xFFFF), id="too few entries"),
        pytest.param(_jpeg(_entry(6), stated=0), id="too many entries"),
    ],
)
def test_the_size_is_that_of_the_previews(jpeg: bytes, keep: Keep) -> None:
    path, format = keep("a.jpg", jpeg), FORMATS["JPEG"]
    found = read_metadata(path, format=format, limits=Limits())
    made = make_thumbnails(path, format=format, limits=Limits())
    assert (found.width, found.height) == (made.width, made.height)
    assert (found.orientation > 4) == (made.width < made.height)
