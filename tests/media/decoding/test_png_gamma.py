"""PNGs that say by gAMA how bright they are."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
import pyvips
from PIL import Image

from librephotos.media.errors import LimitExceeded
from librephotos.media.files.formats import FORMATS
from librephotos.media.limits import Limits
from librephotos.media.pictures.thumbnails import Thumbnails, make_thumbnails
from tests.media.conftest import Keep
from tests.support.pictures import images

GREY = Image.new("RGB", (160, 120), (128, 128, 128))


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + check


def _gamma(value: int) -> bytes:
    return _chunk(b"gAMA", struct.pack(">I", value))


def _with(chunks: bytes, png: bytes) -> bytes:
    return png[:33] + chunks + png[33:]


def _png(picture: Image.Image) -> bytes:
    return images.encoded(picture, "PNG")


def _deep(shade: int, bands: int) -> bytes:
    form = "grey16" if bands == 1 else "rgb16"
    image = pyvips.Image.new_from_array(np.full((9, 9, bands), shade, np.uint16))
    return image.copy(interpretation=form).pngsave_buffer(bitdepth=16, keep="none")


def _made(png: bytes, keep: Keep, **limits: int) -> Thumbnails:
    path = keep("a.png", png)
    return make_thumbnails(path, format=FORMATS["PNG"], limits=Limits(**limits))


def _shade(made: Thumbnails) -> Any:
    shown = Image.open(io.BytesIO(made.big.data)).convert("RGB")
    return shown.getpixel((shown.width // 2, shown.height // 2))


@pytest.mark.parametrize(
    ("png", "shade"),
    [
        (_with(_gamma(100_000), _png(GREY)), 188),
        (_with(_gamma(100_000), _png(GREY.convert("L"))), 188),
        (_with(_gamma(100_000), _png(GREY.quantize(2))), 188),
        (_with(_gamma(55_556), _png(GREY)), 146),
        (_with(_gamma(100_000), _deep(128 * 257, 1)), 188),
        (_with(_gamma(100_000), _deep(128 * 257, 3)), 188),
        (_with(_gamma(100_000), _deep(100, 3)), 5),
        (_with(_chunk(b"tEXt", b"Title\0x") + _gamma(100_000), _png(GREY)), 188),
    ],
)
def test_gamma_alone_tells_the_brightness(png: bytes, shade: int, keep: Keep) -> None:
    made = _made(png, keep)
    assert _shade(made) == pytest.approx((shade,) * 3, abs=2)
    assert made.damage == ""


@pytest.mark.parametrize(
    "chunks",
    [
        b"",
        _gamma(45_455),
        _gamma(45_000),
        _gamma(0),
        _gamma(1),
        _gamma(2**32 - 1),
        _chunk(b"gAMA", b"\0"),
        _chunk(b"sRGB", b"\0") + _gamma(100_000),
        _gamma(100_000) + _chunk(b"sRGB", b"\0"),
        _gamma(100_000) + _chunk(b"cICP", bytes((1, 13, 0, 1))),
    ],
)
def test_else_the_numbers_are_shown(chunks: bytes, keep: Keep) -> None:
    made = _made(_with(chunks, _png(GREY)), keep)
    assert _shade(made) == pytest.approx((128,) * 3, abs=2)


def test_opacity_has_no_gamma(keep: Keep) -> None:
    picture = Image.new("RGBA", (160, 120), (128, 128, 128, 128))
    made = _made(_with(_gamma(100_000), _png(picture)), keep)
    shown = Image.open(io.BytesIO(made.big.data))
    assert shown.getpixel((80, 60)) == pytest.approx((188, 188, 188, 128), abs=3)


def test_it_is_shrunk_upright_and_within_limits(keep: Keep) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = images.stored_for(6, images.quadrants(1600, 1200))
    png = images.encoded(stored, "PNG", exif=exif.tobytes())
    made = _made(_with(_gamma(100_000), png), keep)
    assert (made.width, made.height) == (1600, 1200)
    assert Image.open(io.BytesIO(made.big.data)).size == (1440, 1080)
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")
    with pytest.raises(LimitExceeded):
        _made(_with(_gamma(100_000), png), keep, max_pixels=1000)


def test_of_a_cut_one_the_part_is_shown(keep: Keep) -> None:
    png = _with(_gamma(100_000), _png(images.picture(640, 480)))
    assert "can be shown" in _made(png[: len(png) // 2], keep).damage
