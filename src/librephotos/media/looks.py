"""What a small preview looks like: main colour, blur placeholder, perceptual hash."""

import numpy as np
import numpy.typing as npt
import pyvips

PLACEHOLDER_SIDE = 16
PLACEHOLDER_QUALITY = 40

_HASH_SIDE = 8
_HASH_SOURCE_SIDE = 32
_COLOUR_SIDE = 32
_COLOUR_BITS = 3  # per channel: 512 bins are coarse enough for one to win


def _dct_rows() -> npt.NDArray[np.float32]:
    # The first rows of the orthogonal DCT-II matrix (Ahmed, Natarajan, Rao, 1974).
    frequency = np.arange(_HASH_SIDE)[:, None]
    sample = np.arange(_HASH_SOURCE_SIDE)[None, :]
    angle = np.pi * frequency * (2 * sample + 1) / (2 * _HASH_SOURCE_SIDE)
    return np.cos(angle).astype(np.float32)


_DCT = _dct_rows()


def dominant_color(image: pyvips.Image) -> str:
    """Return the most common colour of the image as "#rrggbb".

    Like colours are counted together and averaged; transparent parts do not count.
    """
    pixels = _shrunk_pixels(image, _COLOUR_SIDE)
    opaque = pixels[pixels[:, 3] > 127] if pixels.shape[1] == 4 else pixels
    colours = (opaque if len(opaque) else pixels)[:, :3]
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


def perceptual_hash(image: pyvips.Image) -> int:
    """Return the 64-bit DCT hash of the image, signed.

    Pictures that look alike differ in few bits (Hamming distance). The picture is
    scaled to 32 × 32 grey values; a bit says whether one of the 8 × 8 lowest
    frequencies of their cosine transform is above the median. Source: C. Zauner,
    Implementation and Benchmarking of Perceptual Image Hash Functions, 2010, 3.2.1.
    """
    flat = image.flatten(background=255) if image.hasalpha() else image
    side = _HASH_SOURCE_SIDE
    grey = flat.colourspace("b-w").thumbnail_image(side, height=side, size="force")
    values = grey.numpy().reshape(side, side).astype(np.float32)
    low = (_DCT @ values @ _DCT.T).ravel()
    bits = np.packbits(low > np.median(low))
    return int.from_bytes(bits.tobytes(), "big", signed=True)


def _shrunk_pixels(image: pyvips.Image, side: int) -> npt.NDArray[np.uint8]:
    tiny = image.thumbnail_image(side, height=side, size="force")
    if tiny.bands < 3:
        tiny = tiny.colourspace("srgb")
    pixels: npt.NDArray[np.uint8] = tiny.numpy().reshape(-1, tiny.bands)
    return pixels
