"""TIFFs whose samples are numbers of any kind."""

import io
import struct
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from PIL import Image

from librephotos.media.errors import UnreadableFile
from librephotos.media.files.formats import FORMATS
from librephotos.media.limits import Limits
from librephotos.media.pictures.thumbnails import make_thumbnails
from tests.media.conftest import Keep
from tests.support.pictures import images

Array = npt.NDArray[Any]

GREY = np.asarray(images.picture(128, 96).convert("L"))
COLOURS = np.asarray(images.picture(128, 96))
REAL = GREY / 255
LIGHT = np.where(
    COLOURS < 10.3, COLOURS / 255 / 12.92, ((COLOURS / 255 + 0.055) / 1.055) ** 2.4
)
"""Linear light by IEC 61966-2-1, as real RGB is meant."""


def _packed(values: Array, bits: int, orientation: int = 1) -> bytes:
    """A TIFF of grey samples that stand one behind the other."""
    scaled = values.astype(np.uint32) * (2**bits - 1) // 255
    each = (scaled[..., None] >> np.arange(bits - 1, -1, -1)) & 1
    rows = np.packbits(each.reshape(len(values), -1).astype(np.uint8), axis=1)
    strip, (height, width) = rows.tobytes(), values.shape
    tags = {256: width, 257: height, 258: bits, 259: 1, 262: 1, 273: 8}
    tags |= {274: orientation, 277: 1, 278: height, 279: len(strip)}
    body = b"".join(struct.pack("<HHII", tag, 4, 1, tags[tag]) for tag in tags)
    head = b"II*\0" + struct.pack("<I", 8 + len(strip))
    return head + strip + struct.pack("<H", len(tags)) + body + bytes(4)


def _tiff(values: Array, **options: object) -> bytes:
    target = io.BytesIO()
    tifffile.imwrite(target, values, **options)
    return target.getvalue()


@pytest.mark.parametrize(
    ("tiff", "right"),
    [
        (_tiff(REAL, photometric="minisblack"), GREY),
        (_tiff(REAL, photometric="minisblack", byteorder=">"), GREY),
        (_tiff(REAL, photometric="minisblack", compression="zlib"), GREY),
        (_tiff(LIGHT, photometric="rgb"), COLOURS),
        (_tiff(LIGHT.astype("f4"), photometric="rgb"), COLOURS),
        (_tiff(REAL.astype("f2"), photometric="minisblack"), GREY),
        (_tiff(REAL.astype("f2"), photometric="minisblack", byteorder=">"), GREY),
        (_tiff(REAL.astype("f2"), photometric="minisblack", compression="zlib"), GREY),
        (_tiff(LIGHT.astype("f2"), photometric="rgb"), COLOURS),
        (_tiff((REAL * 4).astype("f4"), photometric="minisblack"), GREY),
        (_tiff((REAL * 255).astype("f4"), photometric="minisblack"), GREY),
        (_tiff(REAL.astype("f4"), photometric="minisblack", bigtiff=True), GREY),
        (_tiff((GREY.astype("i2") - 128).astype("i1")), GREY),
        (_tiff(GREY.astype("u4") * 16_843_009, photometric="minisblack"), GREY),
        (_tiff(COLOURS.astype("u4") * 16_843_009, photometric="rgb"), COLOURS),
        (_tiff(GREY.astype("u8") << 56, photometric="minisblack"), GREY),
        (_packed(GREY, 10), GREY),
        (_packed(GREY, 12), GREY),
        (_packed(GREY, 14), GREY),
        (images.encoded(Image.fromarray(COLOURS), "TIFF", compression="zstd"), COLOURS),
        (images.encoded(Image.fromarray(COLOURS), "TIFF", compression="lzma"), COLOURS),
    ],
)
def test_numbers_of_any_kind_are_shown_as_shades(
    tiff: bytes, right: Array, keep: Keep
) -> None:
    made = make_thumbnails(keep("a.tif", tiff), format=FORMATS["TIFF"], limits=Limits())
    shown = np.asarray(Image.open(io.BytesIO(made.big.data)).convert("RGB"), float)
    wanted = np.dstack([right] * 3) if right.ndim == 2 else right
    assert shown.shape == wanted.shape and made.damage == ""
    assert float(np.abs(shown - wanted).mean()) < 10


@pytest.mark.parametrize("orientation", range(1, 9))
def test_packed_samples_are_turned(orientation: int, keep: Keep) -> None:
    stored = images.stored_for(orientation, Image.fromarray(GREY))
    tiff = _packed(np.asarray(stored), 12, orientation)
    made = make_thumbnails(keep("a.tif", tiff), format=FORMATS["TIFF"], limits=Limits())
    shown = np.asarray(Image.open(io.BytesIO(made.big.data)).convert("L"), float)
    assert shown.shape == GREY.shape and (made.width, made.height) == (128, 96)
    assert float(np.abs(shown - GREY).mean()) < 10


def test_packed_samples_that_are_cut_short_fail_in_words(keep: Keep) -> None:
    whole = bytearray(_packed(GREY, 14))
    at = whole.rindex(struct.pack("<HHI", 279, 4, 1)) + 8
    whole[at : at + 4] = (100).to_bytes(4, "little")
    with pytest.raises(UnreadableFile, match="damaged"):
        make_thumbnails(
            keep("a.tif", bytes(whole)), format=FORMATS["TIFF"], limits=Limits()
        )
