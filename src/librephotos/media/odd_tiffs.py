"""TIFFs whose samples are no 8 or 16-bit shades of grey or RGB.

Source: TIFF 6.0, sections 19 (SampleFormat), 21 (YCbCr), 23 (CIE L*a*b*). Nothing says
which values are black and white where samples are real or signed numbers.
"""

import os
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt
import pyvips
from PIL import Image, ImageCms

from librephotos.media.limits import Limits
from librephotos.media.pixels import (
    Box,
    Decoded,
    check_pixels,
    fitted,
)
from librephotos.media.tiff import Directories

_PHOTOMETRIC: Final = 0x0106
_COMPRESSION: Final = 0x0103
_SAMPLE_FORMAT: Final = 0x0153
_BITS: Final = 0x0102
_SAMPLES: Final = 0x0115
_JPEG: Final = (6, 7)  # libtiff turns their YCbCr into RGB itself
_YCBCR, _LAB, _ICC_LAB = 6, 8, 9


def decode_odd_tiff(file: BinaryIO, *, box: Box, limits: Limits) -> Decoded | None:
    """Return the picture of an open TIFF if it is an odd one, None if it is not.

    Raises one of pixels.PILLOW_ERRORS for damaged data, LimitExceeded.
    """
    if not _is_odd(file):
        return None
    file.seek(0)
    with Image.open(file, formats=["TIFF"]) as picture:
        check_pixels(*picture.size, limits=limits)
        if picture.mode == "LAB":
            pixels = np.asarray(_lab_as_srgb(picture))
        elif picture.mode in ("F", "I"):
            pixels = _as_shades(np.asarray(picture))
        else:
            pixels = np.asarray(picture.convert("RGB"))
    image = pyvips.Image.new_from_array(pixels)
    grey = image.bands == 1
    image = image.copy(interpretation="b-w" if grey else "srgb")
    return fitted(image, None, box)


def _is_odd(file: BinaryIO) -> bool:
    file.seek(0)
    head = file.read(8)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(head[:4])
    if order is None:
        return False

    def read(offset: int, length: int) -> bytes:
        file.seek(min(offset, os.fstat(file.fileno()).st_size))
        return file.read(length)

    tiff = Directories(read, order)
    tags = tiff.entries(int.from_bytes(head[4:], "little" if order == "<" else "big"))
    first = {
        tag: (tiff.integers(tags.get(tag)) or (default,))[0]
        for tag, default in (
            (_PHOTOMETRIC, 1),
            (_COMPRESSION, 1),
            (_SAMPLE_FORMAT, 1),
            (_BITS, 1),
            (_SAMPLES, 1),
        )
    }
    if first[_PHOTOMETRIC] in (_YCBCR, _LAB, _ICC_LAB):
        return first[_COMPRESSION] not in _JPEG and first[_BITS] == 8
    grey = first[_PHOTOMETRIC] < 2 and first[_SAMPLES] == 1
    return grey and (first[_SAMPLE_FORMAT] > 1 or first[_BITS] > 16)


def _lab_as_srgb(picture: Image.Image) -> Image.Image:
    transform = ImageCms.buildTransform(
        ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB"
    )
    shown = ImageCms.applyTransform(picture, transform)
    assert shown is not None
    return shown


def _as_shades(values: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Return 8-bit shades of numbers whose white is the next usual one above them."""
    real = values.dtype.kind == "f"
    if not real and values.min(initial=0) < 0:  # unsigned, which Pillow does not know
        values = values.astype(np.int32).view(np.uint32)
    finite = np.nan_to_num(values.astype(np.float64), nan=0, posinf=0, neginf=0)
    most = float(finite.max(initial=0))
    usual = (1.0, 255.0) if real else (255.0, 65535.0)
    white = next((white for white in usual if most <= white), most)
    shades = np.clip(finite / white, 0, 1) * 255
    return shades.round().astype(np.uint8)
