"""Stills of one colour that tell it by numbers: H.273, cICP and nclx."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image

from tests.support.pictures.images import encoded

Shade = tuple[int, int, int]


def flat(colour: Shade) -> Image.Image:
    return Image.new("RGB", (64, 48), colour)


def speckled(colour: Shade) -> Image.Image:
    """A picture that is of a colour on average, of which a part can be cut off."""
    noise = np.random.default_rng(0).integers(-6, 7, (240, 320, 3))
    return Image.fromarray((np.array(colour) + noise).clip(0, 255).astype(np.uint8))


def png(colour: Shade, primaries: int, transfer: int, **options: Any) -> bytes:
    return png_of(flat(colour), primaries, transfer, **options)


def png_of(
    picture: Image.Image, primaries: int, transfer: int, **options: Any
) -> bytes:
    plain = encoded(picture, "PNG", **options)
    body = b"cICP" + bytes((primaries, transfer, 0, 1))
    chunk = struct.pack(">I", 4) + body + struct.pack(">I", zlib.crc32(body))
    return plain[:33] + chunk + plain[33:]


def avif(colour: Shade, primaries: int, transfer: int) -> bytes:
    return avif_of(flat(colour), primaries, transfer)


def avif_of(
    picture: Image.Image, primaries: int, transfer: int, **options: Any
) -> bytes:
    data = encoded(picture, "AVIF", quality=100, subsampling="4:4:4", **options)
    told = b"nclx" + struct.pack(">HH", 1, 13)
    assert told in data
    return data.replace(told, b"nclx" + struct.pack(">HH", primaries, transfer))


def heic(colour: Shade, primaries: int, transfer: int) -> bytes:
    target = io.BytesIO()
    pillow_heif.from_pillow(flat(colour)).save(
        target,
        quality=100,
        chroma=444,
        color_primaries=primaries,
        transfer_characteristics=transfer,
        matrix_coefficients=1,
        full_range_flag=1,
        save_nclx_profile=True,
    )
    return target.getvalue()


STILLS = {"PNG": png, "AVIF": avif, "HEIC": heic}
