"""What a small preview looks like: main colour, blur placeholder, perceptual hash."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyvips

PLACEHOLDER_SIDE = 16
PLACEHOLDER_QUALITY = 40

SQUARE_SIDE = 32

_HASH_SIDE = 8
_COLOUR_BITS = 3  # per channel: 512 bins are coarse enough for one to win
_BRIGHTNESS = np.array((0.299, 0.587, 0.114), dtype=np.float32)

Pixels = npt.NDArray[np.uint8]


def _dct_rows() -> npt.NDArray[np.float32]:
    # The first rows of the orthogonal DCT-II matrix (Ahmed, Natarajan, Rao, 1974).
    frequency = np.arange(_HASH_SIDE)[:, None]
    sample = np.arange(SQUARE_SIDE)[None, :]
    angle = np.pi * frequency * (2 * sample + 1) / (2 * SQUARE_SIDE)
    return np.cos(angle).astype(np.float32)


_DCT = _dct_rows()


@dataclass(frozen=True)
class Looks:
    """The most common colour as "#rrggbb", a tiny WebP, and a signed 64-bit hash."""

    dominant_color: str
    placeholder: bytes
    phash: int


def looks_of(image: pyvips.Image) -> Looks:
    """Return what an 8-bit sRGB or grey image looks like."""
    square = _square(image)
    return Looks(
        dominant_color=dominant_color(square),
        placeholder=placeholder(image),
        phash=perceptual_hash(square),
    )


def dominant_color(pixels: Pixels) -> str:
    """Return the most common colour of RGB or RGBA pixels as "#rrggbb".

    Like colours are counted together and averaged; transparent parts do not count.
    """
    flat = pixels.reshape(-1, pixels.shape[-1])
    opaque = flat[flat[:, 3] > 127] if flat.shape[1] == 4 else flat
    colours = (opaque if len(opaque) else flat)[:, :3]
    coarse = (colours >> (8 - _COLOUR_BITS)).astype(np.int32)
    bins = (coarse[:, 0] << 2 * _COLOUR_BITS) + (coarse[:, 1] << _COLOUR_BITS)
    bins += coarse[:, 2]
    winner = np.bincount(bins).argmax()
    red, green, blue = colours[bins == winner].mean(axis=0).round().astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"


def placeholder(image: pyvips.Image) -> bytes:
    """Return a WebP of 16 pixels at its long side, to stretch and blur."""
    tiny = image.thumbnail_image(PLACEHOLDER_SIDE, height=PLACEHOLDER_SIDE, size="down")
    data: bytes = tiny.webpsave_buffer(
        Q=PLACEHOLDER_QUALITY, effort=0, keep="none", alpha_q=40
    )
    return data


def perceptual_hash(pixels: Pixels) -> int:
    """Return the 64-bit DCT hash of 32 × 32 RGB or RGBA pixels, signed.

    Pictures that look alike differ in few bits (Hamming distance). A bit says whether
    one of the 8 × 8 lowest frequencies of the brightness is above their median.
    Source: C. Zauner, Implementation and Benchmarking of Perceptual Image Hash
    Functions, 2010, section 3.2.1; brightness as in ITU-R BT.601. Transparent parts
    count as white.
    """
    values = pixels[..., :3].astype(np.float32) @ _BRIGHTNESS
    if pixels.shape[-1] == 4:
        alpha = pixels[..., 3].astype(np.float32) / 255
        values = values * alpha + 255 * (1 - alpha)
    low = (_DCT @ values @ _DCT.T).ravel()
    bits = np.packbits(low > np.median(low))
    return int.from_bytes(bits.tobytes(), "big", signed=True)


def _square(image: pyvips.Image) -> Pixels:
    tiny = image.thumbnail_image(SQUARE_SIDE, height=SQUARE_SIDE, size="force")
    if tiny.bands < 3:
        tiny = tiny.colourspace("srgb")
    pixels: Pixels = tiny.numpy()
    return pixels
