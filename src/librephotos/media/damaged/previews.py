"""Previews that lie as JPEGs in a file whose own picture is lost.

Cameras put one into EXIF (CIPA DC-008, 4.5.8), RAW files have them up to the full
size, and TIFFs may hold pages in JPEG.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

import pyvips

from librephotos.media.damaged.part import Part, shows_something, thumbnail
from librephotos.media.decoding.pixels import DAMAGED, Box, upright_size
from librephotos.media.errors import LimitExceeded, UnreadableFile
from librephotos.media.limits import Limits

_START = re.compile(rb"\xff\xd8\xff[\xc0-\xfe]")
_MAX_FOUND: Final = 50
_LARGEST_PREVIEW: Final = 64 * 1024 * 1024


def largest_preview(data: bytes, box: Box, limits: Limits, *, behind: int = 0) -> Part:
    """Return the largest JPEG that lies in `data` from `behind` on, as a whole file.

    Raises UnreadableFile if none shows anything.
    """
    found = sorted(_sizes(data, behind), reverse=True)
    for _, start in found:
        try:
            part = thumbnail(data[start : start + _LARGEST_PREVIEW], box, limits)
        except (pyvips.Error, LimitExceeded):
            continue
        if shows_something(part.image):
            return part
    raise UnreadableFile(DAMAGED)


def _sizes(data: bytes, behind: int) -> Iterator[tuple[int, int]]:
    """Yield the pixels and the place of each JPEG whose header can be read."""
    for match in islice(_START.finditer(data, behind), _MAX_FOUND):
        start = match.start()
        try:
            header = pyvips.Image.new_from_buffer(
                data[start : start + _LARGEST_PREVIEW], "", fail_on="none"
            )
            width, height = upright_size(header)
        except pyvips.Error:
            continue
        if header.get("vips-loader").startswith("jpegload"):
            yield width * height, start
