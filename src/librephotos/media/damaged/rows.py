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
    turned_part,
)
from librephotos.media.decoding.pixels import (
    DAMAGED,
    Box,
    box_before,
    check_pixels,
    decode_source,
    fitted,
    missed_turn,
    upright_size,
)
from librephotos.media.errors import UnreadableFile
from librephotos.media.files.formats import Format
from librephotos.media.limits import Limits
from librephotos.media.structure.gif_blocks import PICTURE, blocks

_MAX_CHUNKS: Final = 10_000
_INTERLACED: Final = 0x40


def png(data: bytes, format: Format, box: Box, limits: Limits) -> Part:
    """Decode a PNG whatever its checksums say."""
    mended = _with_right_sums(data)
    header = pyvips.Image.new_from_buffer(mended, "")
    turn = missed_turn(io.BytesIO(data), header)
    box = box_before(turn, box)
    try:
        source = pyvips.Source.new_from_memory(mended)
        whole = decode_source(source, box=box, limits=limits)
        part = Part(whole.image, None, whole.width, whole.height)
    except pyvips.Error:
        part = up_to_fault(mended, format, box, limits)
    return turned_part(part, turn)


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
    if _is_interlaced(data, part.height):
        return _in_passes(data, box)
    share = share_before_fill(part.image)
    return Part(part.image, share if share < 1 else None, part.width, part.height)


def _is_interlaced(data: bytes, height: int) -> bool:
    """Whether the first picture of a GIF fills its height, in passes (89a, 20)."""
    first = next((block for block in blocks(data) if block.kind == PICTURE), None)
    described = data[first.start : first.start + 10] if first else b""
    if len(described) < 10 or int.from_bytes(described[7:9], "little") != height:
        return False
    return bool(described[9] & _INTERLACED)


def _in_passes(data: bytes, box: Box) -> Part:
    """Decode a GIF of which each pass stores the rows between those of the last.

    What lacks is seen as the row above it, as long as a picture loads.
    """
    pixels = pyvips.Image.new_from_buffer(data, "", fail_on="none").numpy()
    height = len(pixels)
    passes = ((0, 8), (4, 8), (2, 4), (1, 2))  # GIF89a, appendix E
    stored = [row for start, step in passes for row in range(start, height, step)]
    fill, there = pixels[stored[-1], -1], height
    while there > 1 and (pixels[stored[there - 1]] == fill).all():
        there -= 1
    rows, nearest = np.arange(height), np.zeros(height, int)
    nearest[stored[:there]] = stored[:there]
    nearest = np.maximum.accumulate(nearest)
    filled = np.where(rows - nearest < passes[0][1], nearest, rows)
    image = pyvips.Image.new_from_array(pixels[filled]).copy(interpretation="srgb")
    found = fitted(image, None, box)
    share = there / height if there < height else None
    return Part(found.image, share, found.width, found.height)


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
