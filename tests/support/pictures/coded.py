"""Stills of one colour that tell it by numbers: H.273, cICP and nclx."""

import io
import struct
import zlib
from typing import Any

import pillow_heif
from PIL import Image

from tests.support.pictures.images import encoded

Shade = tuple[int, int, int]


def flat(colour: Shade) -> Image.Image:
    return Image.new("RGB", (64, 48), colour)


def png(colour: Shade, primaries: int, transfer: int, **options: Any) -> bytes:
    plain = encoded(flat(colour), "PNG", **options)
    body = b"cICP" + bytes((primaries, transfer, 0, 1))
    chunk = struct.pack(">I", 4) + body + struct.pack(">I", zlib.crc32(body))
    return plain[:33] + chunk + plain[33:]


def avif(colour: Shade, primaries: int, transfer: int) -> bytes:
    data = encoded(flat(colour), "AVIF", quality=100, subsampling="4:4:4")
    assert data.count(b"nclx") == 1
    at = data.index(b"nclx") + 4
    return data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :]


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
