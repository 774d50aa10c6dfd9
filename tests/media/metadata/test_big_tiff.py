"""What BigTIFFs say, as if they were TIFFs."""

import struct
from contextlib import suppress

import exiv2
import pytest

from librephotos.media.files.formats import sniff
from librephotos.media.limits import Limits
from librephotos.media.metadata.big_tiff import classic_tiff
from librephotos.media.metadata.reading import Metadata, read_metadata
from tests.media.conftest import Keep
from tests.support.pictures import images

_Value = bytes | tuple[int, ...]

PACKET = images.sidecar({"xmp:Rating": "4", "photoshop:DateCreated": "2001-02-03"})
FIRST: dict[tuple[int, str], _Value] = {
    (0x0100, "H"): (64,),
    (0x0101, "H"): (48,),
    (0x0102, "H"): (8,),
    (0x0103, "H"): (1,),
    (0x0106, "H"): (1,),
    (0x010F, "s"): b"Maker\0",
    (0x0112, "H"): (6,),
    (0x0115, "H"): (1,),
    (0x0117, "I"): (64 * 48,),
    (0x0132, "s"): b"2019:09:05 10:00:00\0",
    (0x02BC, "B"): PACKET,
}
PHOTO: dict[tuple[int, str], _Value] = {
    (0x829D, "r"): (28, 10),
    (0x8827, "H"): (400,),
    (0x9003, "s"): b"2018:07:06 05:04:03\0",
    (0x9011, "s"): b"+02:00\0",
}
GPS: dict[tuple[int, str], _Value] = {
    (1, "s"): b"N\0",
    (2, "r"): (48, 1, 51, 1, 3_840_000_000, 100_000_000),
    (3, "s"): b"E\0",
    (4, "r"): (2, 1, 17, 1, 40, 1),
}


_SIZES = {"s": (2, 1), "B": (1, 1), "H": (3, 2), "I": (4, 4), "r": (5, 8)}


def _tiff(*, big: bool, order: str) -> bytes:
    """A grey picture with its directories behind it, as a TIFF or a BigTIFF."""
    end = "<" if order == "II" else ">"
    offset, row, head = ("Q", "HHQ", 16) if big else ("I", "HHI", 8)

    def directory(at: int, tags: dict[tuple[int, str], _Value]) -> bytes:
        width = struct.calcsize(offset)
        behind = at + (8 if big else 2) + len(tags) * (4 + 2 * width) + width
        rows, values = b"", b""
        for (tag, kind), value in sorted(tags.items()):
            type, size = _SIZES[kind]
            code = "I" if kind == "r" else kind
            raw = value if isinstance(value, bytes) else b""
            raw = raw or struct.pack(f"{end}{len(value)}{code}", *value)
            field = raw.ljust(width, b"\0")
            if len(raw) > width:
                field = struct.pack(end + offset, behind + len(values))
                values += raw + bytes(len(raw) % 2)
            rows += struct.pack(end + row, tag, type, len(raw) // size) + field
        count = struct.pack(end + ("Q" if big else "H"), len(tags))
        return count + rows + bytes(width) + values

    content = bytes(head) + bytes(64 * 48)
    exif_at = len(content)
    content += directory(exif_at, PHOTO)
    gps_at = len(content)
    content += directory(gps_at, GPS)
    links = {(0x8769, "I"): (exif_at,), (0x8825, "I"): (gps_at,)}
    first = directory(len(content), {**FIRST, **links, (0x0111, "I"): (head,)})
    number = (b"+\0" if big else b"*\0")[:: 1 if end == "<" else -1]
    start = order.encode() + number + (struct.pack(f"{end}HH", 8, 0) if big else b"")
    start += struct.pack(end + offset, len(content))
    return start + content[head:] + first


def _read(keep: Keep, content: bytes, limits: Limits) -> Metadata:
    path = keep("a.tif", content)
    return read_metadata(path, format=sniff(path), limits=limits)


@pytest.mark.parametrize("order", ["II", "MM"])
def test_a_big_tiff_says_what_a_tiff_does(
    order: str, keep: Keep, limits: Limits
) -> None:
    found = _read(keep, _tiff(big=True, order=order), limits)
    same = _read(keep, _tiff(big=False, order=order), limits)
    del same.tags["EXIF:StripOffsets"], same.tags["EXIF:StripByteCounts"]
    assert found == same
    assert found.dates["EXIF:DateTimeOriginal"] == "2018:07:06 05:04:03"
    assert found.dates["EXIF:OffsetTimeOriginal"] == "+02:00"
    assert found.dates["EXIF:DateTime"] == "2019:09:05 10:00:00"
    assert found.dates["XMP:DateCreated"] == "2001-02-03"
    assert (found.camera_make, found.rating, found.iso) == ("Maker", 4, 400)
    assert found.latitude == pytest.approx(48.860667, abs=1e-6)
    assert (found.orientation, found.width, found.height) == (6, 48, 64)
    assert found.warnings == ()


def test_a_tiff_is_left_as_it_is() -> None:
    assert classic_tiff(_tiff(big=False, order="II"), max_bytes=2**20) == b""


@pytest.mark.parametrize("order", ["II", "MM"])
def test_a_big_tiff_that_is_cut_anywhere_or_lies(
    order: str,
) -> None:
    whole = _tiff(big=True, order=order)
    for end in range(0, len(whole), 97):
        assert len(classic_tiff(whole[:end], max_bytes=2**20)) <= 2**20
    for at in range(8, len(whole), 7):
        lying = whole[:at] + b"\xff" * 8 + whole[at + 8 :]
        copied = classic_tiff(lying, max_bytes=2**20)
        assert len(copied) <= 2**20
        with suppress(exiv2.Exiv2Error):
            exiv2.ImageFactory.open(copied).readMetadata()


def test_values_of_a_big_tiff_cannot_take_more_than_the_limit() -> None:
    text = b"x" * 50_000
    rows = [struct.pack("<HHQQ", tag, 2, len(text), 16) for tag in range(1, 500)]
    loop = struct.pack("<HHQQ", 0x8769, 16, 1, 16 + len(text))
    directory = struct.pack("<Q", len(rows) + 1) + b"".join(rows) + loop
    head = b"II+\0\x08\0\0\0" + struct.pack("<Q", 16 + len(text))
    copied = classic_tiff(head + text + directory, max_bytes=200_000)
    assert 150_000 < len(copied) < 220_000
