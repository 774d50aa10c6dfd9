"""Previews that lie as JPEGs in a file whose own picture is lost.

Cameras put one into EXIF (CIPA DC-008, 4.5.8), RAW files have them up to the full
size, and TIFFs may hold pages in JPEG.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

import pyvips

from librephotos.media.damaged.part import (
    Part,
    shows_something,
    thumbnail,
    turned_part,
)
from librephotos.media.decoding.pixels import (
    DAMAGED,
    Box,
    box_before,
    upright_size,
)
from librephotos.media.errors import LimitExceeded, UnreadableFile
from librephotos.media.limits import Limits
from librephotos.media.turns import UNTURNED

_START = re.compile(rb"\xff\xd8\xff[\xc0-\xfe]")
_MAX_FOUND: Final = 50
_LARGEST_PREVIEW: Final = 64 * 1024 * 1024


def largest_preview(
    data: bytes, box: Box, limits: Limits, *, behind: int = 0, turn: int = UNTURNED
) -> Part:
    """Return the largest JPEG that lies in `data` from `behind` on, as a whole file.

    By `turn`, an EXIF orientation, one is turned that states none of its own. Raises
    UnreadableFile if none shows anything.
    """
    found = sorted(_found(data, behind), reverse=True)
    for _, start, states_turn in found:
        left = UNTURNED if states_turn else turn
        before = box_before(left, box)
        try:
            part = thumbnail(data[start : start + _LARGEST_PREVIEW], before, limits)
        except (pyvips.Error, LimitExceeded):
            continue
        if shows_something(part.image):
            return turned_part(part, left)
    raise UnreadableFile(DAMAGED)


def _found(data: bytes, behind: int) -> Iterator[tuple[int, int, bool]]:
    """Yield the pixels, the place, and whether it states how it is to be turned, of
    each JPEG whose header can be read.
    """
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
            yield width * height, start, bool(header.get_typeof("orientation"))
