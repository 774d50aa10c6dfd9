"""Our own previews, from bytes to pixels."""

import io
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from librephotos.ml.errors import MlError

PREVIEW_FORMATS: Final = ("JPEG", "WEBP")

Picture = NDArray[np.uint8]
"""Height × width × 3, sRGB."""


class UnreadablePicture(MlError):
    """The bytes are no whole JPEG or WebP; the message says so in one sentence."""


def decode(data: bytes, *, at_least: int | None = None) -> Picture:
    """Return the pixels of a preview: uint8, height × width × 3, sRGB.

    Previews are upright and in sRGB already, so neither orientation nor colour profile
    is looked at. What is transparent lies on white. Where no more than `at_least`
    pixels of the shorter side will be used, a JPEG may come out smaller, halved while
    decoding in half the time. Raises UnreadablePicture.
    """
    try:
        with Image.open(io.BytesIO(data), formats=PREVIEW_FORMATS) as image:
            if at_least is not None:
                image.draft(None, (at_least, at_least))  # never below the size asked
            return np.asarray(_opaque(image))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadablePicture("The preview is damaged; make it anew.") from error


def _opaque(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(white, layer).convert("RGB")
