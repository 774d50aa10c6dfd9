"""JPEGs that are cut short or damaged."""

import re
from typing import Final

import pyvips

from librephotos.media.damaged.part import (
    Part,
    share_before_fill,
    sound_rows,
    thumbnail,
)
from librephotos.media.decoding.pixels import DAMAGED, Box, decode_source
from librephotos.media.errors import UnreadableFile
from librephotos.media.files.formats import Format
from librephotos.media.limits import Limits

_END: Final = b"\xff\xd9"
# What libjpeg warns of although every pixel is there.
_HARMLESS = re.compile(
    r"data: \d\d? extraneous bytes before marker 0xd9|JFIF revision"
    r"|Adobe color transform|progression sequence|SOS parameters for sequential"
)
_MAX_SCANS: Final = 20


def as_far_as_it_goes(data: bytes, format: Format, box: Box, limits: Limits) -> Part:
    """Decode a JPEG up to its first fault; all of it if only its end mark lacks."""
    # Interrupted copies end in zeros; then only the marker of the end may lack.
    mended = data.rstrip(b"\0") + _END
    rows, rest, complaint = sound_rows(mended, "warning")
    if not complaint or _HARMLESS.search(complaint):
        source = pyvips.Source.new_from_memory(mended)
        whole = decode_source(source, box=box, limits=limits)
        return Part(whole.image, 1.0, whole.width, whole.height)
    part = thumbnail(mended, box, limits)
    share: float | None = _filled_share(mended, box, limits)
    if share == 1 and rows:
        share = min(rows / (rows + rest), 0.99)
    elif share == 1:  # a progressive one is read to its end before the first row
        share = None
    return Part(part.image, share, part.width, part.height)


def without_last_scans(data: bytes, format: Format, box: Box, limits: Limits) -> Part:
    """Decode a progressive JPEG without the scans from the first broken one on."""
    ends = [found.start() for found in re.finditer(b"\xff\xda", data)][-_MAX_SCANS:]
    for end in reversed(ends):
        try:
            kept = data[:end] + _END
            part = thumbnail(kept, box, limits)
        except pyvips.Error:
            continue
        share = min(_filled_share(kept, box, limits), end / len(data), 0.99)
        return Part(part.image, share, part.width, part.height)
    raise UnreadableFile(DAMAGED)


def _filled_share(data: bytes, box: Box, limits: Limits) -> float:
    return share_before_fill(thumbnail(data, box, limits, upright=False).image)
