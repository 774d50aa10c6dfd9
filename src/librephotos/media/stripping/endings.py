"""Where compressed data ends that only its decoder can follow.

Work of a decoding child. What follows the end of the data of a picture is no part of
it, and may be anything.
"""

import hashlib
import io
import subprocess
import sys
from collections.abc import Callable

import pillow_jxl  # noqa: F401  registers itself with Pillow
import pyvips
from PIL import Image

from librephotos.media.decoding.pixels import PILLOW_ERRORS, check_pixels
from librephotos.media.limits import Limits
from librephotos.media.stripping.errors import NotStrippable
from librephotos.media.structure.jxl import coded_size

_MOST_S = 120.0
"""For a JPEG; 24 megapixels of noise take four seconds."""
_UNNOTICED = 8
"""So few bytes behind the end are not looked for: decoders read ahead."""


def recoded_jpeg(data: bytes) -> bytes:
    """Return a JPEG of the same coefficients, written anew, with the same markers.

    Nothing behind a scan or in tables that are not used is in it. Raises
    NotStrippable if the data is damaged or of an odd kind.
    """
    program = [sys.executable, "-P", "-m", "librephotos.media.stripping.recoding"]
    try:
        done = subprocess.run(
            program,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_MOST_S,
            check=True,
        )
    except subprocess.SubprocessError as error:
        raise NotStrippable("The JPEG is damaged.") from error
    return done.stdout


def exact_webp(wrap: Callable[[bytes], bytes], data: bytes, *, limits: Limits) -> bytes:
    """Return as much of a picture's data as it needs; `wrap` makes a WebP of some.

    Raises NotStrippable if the data is damaged, LimitExceeded for too many pixels.
    """
    _check_webp(wrap(data), limits)
    whole = _pixels(wrap(data))
    if whole is None:
        raise NotStrippable("The WebP is damaged.")
    if _pixels(wrap(data[:-_UNNOTICED])) != whole:
        return data
    short, enough = 0, len(data) - _UNNOTICED
    while enough - short > 1:
        middle = (short + enough) // 2
        if _pixels(wrap(data[:middle])) == whole:
            enough = middle
        else:
            short = middle
    return data[:enough]


def check_jxl(stream: bytes, *, limits: Limits) -> None:
    """Raise NotStrippable if a code stream of JPEG XL is damaged or something follows.

    Animations count as such, since the decoder stops behind the first picture.
    Raises LimitExceeded for too many pixels.
    """
    check_pixels(*(coded_size(io.BytesIO(stream)) or (0, 0)), limits=limits)
    if not _shows_jxl(stream) or _shows_jxl(stream[:-_UNNOTICED]):
        raise NotStrippable("The JPEG XL file holds more than a picture.")


def _check_webp(data: bytes, limits: Limits) -> None:
    try:
        header = pyvips.Image.webpload_buffer(data)
    except pyvips.Error as error:
        raise NotStrippable("The WebP is damaged.") from error
    check_pixels(header.width, header.height, limits=limits)


def _pixels(data: bytes) -> bytes | None:
    """Return the digest of a WebP's pixels, None if it does not decode."""
    try:
        image = pyvips.Image.webpload_buffer(data, fail_on="error")
        return hashlib.sha256(image.write_to_memory()).digest()
    except pyvips.Error:
        return None


def _shows_jxl(stream: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(stream), formats=["JXL"]) as picture:
            picture.load()
    except PILLOW_ERRORS:
        return False
    return True
