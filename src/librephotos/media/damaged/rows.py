"""PNG, GIF, TIFF and BMP, whose rows are stored one after the other."""

import io
import warnings
import zlib
from typing import Final

import numpy as np
import pyvips
from PIL import Image, ImageFile, ImageOps

from librephotos.media.damaged.part import (
    Part,
    part_of,
    share_before_fill,
    sound_rows,
    thumbnail,
)
from librephotos.media.decoding.pixels import (
    DAMAGED,
    Box,
    check_pixels,
    decode_source,
    upright_size,
)
from librephotos.media.errors import UnreadableFile
from librephotos.media.files.formats import Format
from librephotos.media.limits import Limits

_MAX_CHUNKS: Final = 10_000


def png(data: bytes, format: Format, box: Box, limits: Limits) -> Part:
    """Decode a PNG whatever its checksums say."""
    mended = _with_right_sums(data)
    try:
        source = pyvips.Source.new_from_memory(mended)
        whole = decode_source(source, box=box, limits=limits)
    except pyvips.Error:
        return up_to_fault(mended, format, box, limits)
    return Part(whole.image, None, whole.width, whole.height)


def _with_right_sums(data: bytes) -> bytes:
    # A chunk is its length, type, data and CRC (ISO/IEC 15948:2004, section 5.3).
    parts, at = [data[:8]], 8
    for _ in range(_MAX_CHUNKS):
        length = int.from_bytes(data[at : at + 4], "big")
        end = at + 8 + length
        if end + 4 > len(data):
            break
        chunk = data[at + 4 : end]
        parts += [data[at : at + 4], chunk, zlib.crc32(chunk).to_bytes(4, "big")]
        at = end + 4
    return b"".join((*parts, data[at:]))


def gif(data: bytes, format: Format, box: Box, limits: Limits) -> Part:
    """Decode the first picture of a GIF as far as it goes."""
    part = thumbnail(data, box, limits)
    share = share_before_fill(part.image)
    return Part(part.image, share if share < 1 else None, part.width, part.height)


def up_to_fault(data: bytes, format: Format, box: Box, limits: Limits) -> Part:
    """Decode the rows before the first fault.

    What libvips gives of the others may be what was in memory before, and so of
    another picture.
    """
    image = pyvips.Image.new_from_buffer(data, "", access="sequential", fail_on="error")
    width, height = upright_size(image)
    check_pixels(width, height, limits=limits)
    rows, rest, _ = sound_rows(data, "error")
    if not rows:
        raise UnreadableFile(DAMAGED)
    there = image.crop(0, 0, image.width, rows)
    whole = there.embed(0, 0, image.width, rows + rest)
    small = whole.thumbnail_image(
        box.width, height=box.height, size="down", output_profile="srgb"
    ).copy_memory()
    share = rows / (rows + rest) if rest else None
    return Part(small, share, width, height)


def by_pillow(data: bytes, format: Format, box: Box, limits: Limits) -> Part:
    """Decode what Pillow gives of a picture that is cut short."""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        with (
            warnings.catch_warnings(action="ignore"),  # that it is damaged
            Image.open(io.BytesIO(data), formats=[format.name.upper()]) as picture,
        ):
            check_pixels(*picture.size, limits=limits)
            upright = ImageOps.exif_transpose(picture) or picture
            return part_of(np.asarray(upright.convert("RGB")), box)
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
