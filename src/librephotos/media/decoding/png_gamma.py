"""PNGs that tell their brightness by gAMA alone.

Source: PNG (Third Edition), W3C 2025, 11.3.2.2 (gAMA), 4.3 (what goes before it) and
13.13 (decoding); IEC 61966-2-1 (sRGB).
"""

from itertools import takewhile
from typing import BinaryIO, Final

import numpy as np
import pyvips

from librephotos.media.decoding.pixels import (
    Box,
    Decoded,
    as_srgb,
    check_pixels,
    missed_turn,
    upright_size,
    without_idle_alpha,
)
from librephotos.media.limits import Limits
from librephotos.media.structure.png_chunks import png_chunks

_STRONGER: Final = frozenset((b"sRGB", b"iCCP", b"cICP"))
_OF_SRGB: Final = 45_455  # PNG, 11.3.2.5
_NEGLIGIBLE: Final = 0.05  # libpng's PNG_GAMMA_THRESHOLD
_PLAUSIBLE: Final = range(10_000, 1_000_000)  # exponents of 10 to 1/10


def decode_png_by_gamma(file: BinaryIO, *, box: Box, limits: Limits) -> Decoded | None:
    """Return the picture of an open PNG if its gAMA makes a difference, else None.

    It does where no other chunk tells the colours, and it is not that of sRGB. Raises
    pyvips.Error for damaged data, LimitExceeded.
    """
    gamma = _gamma(file)
    if gamma not in _PLAUSIBLE or abs(gamma / _OF_SRGB - 1) < _NEGLIGIBLE:
        return None
    source = pyvips.Source.new_from_descriptor(file.fileno())
    image = pyvips.Image.new_from_source(
        source, "", access="sequential", fail_on="error"
    )
    turn = missed_turn(file, image)
    if turn != 1:
        image = image.copy()
        image.set_type(pyvips.GValue.gint_type, "orientation", turn)
    width, height = upright_size(image)
    check_pixels(width, height, limits=limits, samples=image.bands)
    shown = _as_shown(image, 100_000 / gamma).thumbnail_image(
        box.width, height=box.height, size="down"
    )
    return Decoded(without_idle_alpha(as_srgb(shown.copy_memory())), width, height)


def _as_shown(image: pyvips.Image, exponent: float) -> pyvips.Image:
    deep = image.format == "ushort"
    light = np.linspace(0, 1, 65_536 if deep else 256) ** exponent
    shades = np.where(
        light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055
    )
    table = pyvips.Image.new_from_array((shades * 255).round().astype(np.uint8)[None])
    colours = image.bands - 1 if image.hasalpha() else image.bands
    shown = image[:colours].maplut(table)
    if image.hasalpha():
        alpha = image[colours]
        shown = shown.bandjoin((alpha >> 8 if deep else alpha).cast("uchar"))
    return shown.copy(interpretation="b-w" if colours == 1 else "srgb")


def _gamma(file: BinaryIO) -> int:
    """Return the number in gAMA, 0 where there is none or another chunk counts."""
    gamma = 0
    before = takewhile(lambda chunk: chunk.type != b"IDAT", png_chunks(file))
    for chunk in before:
        if chunk.type in _STRONGER:
            return 0
        if chunk.type == b"gAMA" and chunk.length == 4 and not gamma:
            file.seek(chunk.start)
            gamma = int.from_bytes(file.read(4), "big")
    return gamma
