"""A part of a picture, how to get one, and how much of the whole it is."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyvips

from librephotos.media.decoding.pixels import (
    DAMAGED,
    Box,
    Decoded,
    as_srgb,
    check_pixels,
    complaints,
    fitted,
    forget_complaints,
    turned_picture,
    upright_size,
)
from librephotos.media.errors import UnreadableFile
from librephotos.media.limits import Limits

MAX_BYTES: Final = 1024 * 1024 * 1024
"""A damaged file is held in memory as a whole; a larger one is not tried."""

_LARGEST_GAP: Final = 20
"""How many times longer than what is there a file may claim to be."""

_LEAST_DEVIATION: Final = 1.0
_STRIPS: Final = 200
"""How finely it is told how much of a picture is there."""


@dataclass(frozen=True)
class Part:
    """A picture as far as it goes, the share of it that is there, and its size.

    share is None where all of it is there, but coarse, or wrong in parts.
    """

    image: pyvips.Image
    share: float | None
    width: int
    height: int


def turned_part(part: Part, turn: int) -> Part:
    """Return a part turned by an EXIF orientation, 1 to 8."""
    whole = turned_picture(Decoded(part.image, part.width, part.height), turn)
    return Part(whole.image, part.share, whole.width, whole.height)


def check_claim(claimed: int, there: int) -> None:
    """Raise UnreadableFile if so many bytes cannot be meant, by those that are there.

    What lacks is filled up in memory.
    """
    if not 0 < claimed <= min(_LARGEST_GAP * there, MAX_BYTES):
        raise UnreadableFile(DAMAGED)


def image_of(pixels: npt.NDArray[np.uint8]) -> pyvips.Image:
    """Return RGB pixels as an image in sRGB."""
    return pyvips.Image.new_from_array(pixels).copy(interpretation="srgb")


def part_of(pixels: npt.NDArray[np.uint8], box: Box) -> Part:
    """Return upright pixels, of which those that lack are one colour, as a part."""
    decoded = fitted(image_of(pixels), None, box)
    share = min(share_before_fill(decoded.image), 0.99)
    return Part(decoded.image, share, decoded.width, decoded.height)


def thumbnail(data: bytes, box: Box, limits: Limits, *, upright: bool = True) -> Part:
    """Return what libvips gives of a picture without minding damage.

    Raises pyvips.Error if that is nothing, LimitExceeded.
    """
    header = pyvips.Image.new_from_buffer(data, "", fail_on="none")
    width, height = upright_size(header)
    check_pixels(width, height, limits=limits)
    image = pyvips.Image.thumbnail_buffer(
        data,
        box.width,
        height=box.height,
        size="down",
        output_profile="srgb",
        no_rotate=not upright,
        option_string="[fail_on=none]",
    ).copy_memory()
    return Part(image, 1.0, width, height)


def sound_rows(data: bytes, fail_on: str) -> tuple[int, int, str]:
    """Return how many rows decode before the first fault, how many do not, and why.

    Of a fault in the last rows only the reason is told.
    """
    forget_complaints()
    try:
        image = pyvips.Image.new_from_buffer(
            data, "", access="sequential", fail_on=fail_on
        )
    except pyvips.Error as error:
        return 0, 1, str(error)
    region, row = pyvips.Region.new(image), 0
    step = max(1, image.height // _STRIPS)
    try:
        while row < image.height:
            count = min(step, image.height - row)
            region.fetch(0, row, image.width, count)
            row += count
    except pyvips.Error as error:
        return row, image.height - row, str(error)
    return image.height, 0, complaints()


def share_before_fill(image: pyvips.Image) -> float:
    """Return the share of rows without those at the end that are one colour.

    Or at the beginning, since BMP is stored from the bottom up.
    """
    pixels = as_srgb(image).numpy().reshape(image.height, image.width, -1)
    shares = []
    for rows in (pixels, pixels[::-1]):
        differs = np.flatnonzero((rows != rows[-1, -1]).any(axis=(1, 2)))
        shares.append((1 + differs[-1]) / len(rows) if len(differs) else 0)
    return float(min(shares))


def shows_something(image: pyvips.Image) -> bool:
    """Whether a picture is more than one colour."""
    flat = image.flatten() if image.hasalpha() else image
    return any(flat[band].deviate() > _LEAST_DEVIATION for band in range(flat.bands))
