"""What a picture looks like by the thumbnail that a camera has put into the file."""

from __future__ import annotations

import io
from pathlib import Path

import exiv2
import pytest
from PIL import Image, ImageDraw

from librephotos.media.files.formats import FORMATS
from librephotos.media.pictures.embedded import embedded_placeholder
from librephotos.media.structure.jpeg_segments import EXIF, jpeg_exif

_EMPTY_SEGMENT = b"\xff\xe3\0\2"


def _thumbnail(size: tuple[int, int], bars: int = 0) -> bytes:
    """Make one of light grey, with black bars of so many pixels above and below."""
    image = Image.new("RGB", size, "#bbbbbb")
    draw = ImageDraw.Draw(image)
    for top in (0, size[1] - bars) if bars else ():
        draw.rectangle((0, top, size[0], top + bars - 1), fill="black")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _picture(path: Path, thumbnail: bytes) -> Path:
    Image.new("RGB", (60, 40), "#bbbbbb").save(path, "JPEG")
    image = exiv2.ImageFactory.open(str(path))
    image.readMetadata()
    exiv2.ExifThumb(image.exifData()).setJpegThumbnail(thumbnail)
    image.writeMetadata()
    return path


@pytest.mark.parametrize(
    ("thumbnail", "orientation", "shown", "expected"),
    [
        pytest.param(_thumbnail((150, 100)), 1, (60, 40), (16, 11), id="alike"),
        pytest.param(_thumbnail((160, 120), 7), 1, (60, 40), (16, 11), id="bars"),
        pytest.param(_thumbnail((160, 120), 7), 6, (40, 60), (11, 16), id="turned"),
        pytest.param(_thumbnail((100, 150)), 6, (40, 60), (11, 16), id="upright"),
        pytest.param(_thumbnail((160, 120)), 1, (60, 40), None, id="before a cut"),
        pytest.param(_thumbnail((160, 120)), 6, (60, 60), None, id="before a square"),
        pytest.param(_thumbnail((160, 120), 7), 1, (40, 60), None, id="across"),
    ],
)
def test_a_thumbnail_is_shown_that_can_be_of_the_picture(
    tmp_path: Path,
    thumbnail: bytes,
    orientation: int,
    shown: tuple[int, int],
    expected: tuple[int, int] | None,
) -> None:
    path = _picture(tmp_path / "a.jpg", thumbnail)
    found = embedded_placeholder(
        str(path), format=FORMATS["JPEG"], orientation=orientation, size=shown
    )
    if expected is None:
        assert found == b""
        return
    with Image.open(io.BytesIO(found)) as placeholder:
        assert placeholder.size == expected
        # No bar is left at its edge.
        assert placeholder.convert("L").getextrema()[0] > 120


@pytest.mark.parametrize(("empty", "is_found"), [(19_000, True), (3_000_000, False)])
def test_no_more_segments_are_looked_at_than_a_writer_makes(
    empty: int, is_found: bool
) -> None:
    block = EXIF + b"II*\0"
    segment = b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block
    data = b"\xff\xd8" + _EMPTY_SEGMENT * empty + segment + b"\xff\xd9"
    assert (jpeg_exif(data) == b"II*\0") is is_found
