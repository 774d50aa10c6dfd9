"""Which ways are tried to show a damaged picture, format by format."""

import io
from collections.abc import Callable
from typing import Final

import av
import pyvips

from librephotos.media.damaged import interlaced_png, jpeg, padded, previews, rows
from librephotos.media.damaged.av1 import cut_av1
from librephotos.media.damaged.part import MAX_BYTES, Part, shows_something
from librephotos.media.damaged.sentences import damage_text, lost_text, preview_text
from librephotos.media.decoding.coded_colours import (
    CodedColours,
    as_shown,
    colours_of,
)
from librephotos.media.decoding.pixels import (
    DAMAGED,
    PILLOW_ERRORS,
    Box,
    Decoded,
    as_srgb,
    without_idle_alpha,
)
from librephotos.media.errors import UnreadableFile
from librephotos.media.files.formats import Format
from librephotos.media.limits import Limits
from librephotos.media.original import open_original
from librephotos.media.structure.jpeg_segments import jpeg_exif
from librephotos.media.structure.orientation import orientation_in
from librephotos.media.structure.tiff import with_main_page_first

_FAILURES: Final = (
    UnreadableFile,
    pyvips.Error,
    av.FFmpegError,
    StopIteration,
    IndexError,
    *PILLOW_ERRORS,
)

_Attempt = Callable[[bytes, Format, Box, Limits], Part]

_ATTEMPTS: Final[dict[str, tuple[_Attempt, ...]]] = {
    "JPEG": (jpeg.as_far_as_it_goes, jpeg.without_last_scans, rows.by_pillow),
    "PNG": (rows.png, interlaced_png.in_passes, rows.by_pillow),
    "GIF": (rows.gif, rows.by_pillow),
    "WebP": (padded.whole_frames, padded.padded),
    "TIFF": (rows.up_to_fault, rows.by_pillow),
    "BMP": (rows.by_pillow,),
    "HEIC": (padded.padded, padded.film),
    "AVIF": (padded.renamed, padded.sequence, cut_av1),
}


def decode_damaged(
    path: bytes | str, *, format: Format, box: Box, limits: Limits
) -> Decoded:
    """Return what can be seen of the damaged picture at `path`, shrunk into `box`.

    Its `damage` says how much that is; it is "" where the whole picture is there and
    only something around it is wrong. Raises UnreadableFile if nothing can be seen,
    LimitExceeded for too many pixels.
    """
    with open_original(path) as file:
        data = file.read(MAX_BYTES + 1)
    return decode_damaged_bytes(data, format=format, box=box, limits=limits)


def decode_damaged_bytes(
    data: bytes, *, format: Format, box: Box, limits: Limits
) -> Decoded:
    """Return what decode_damaged does, for a picture in memory."""
    if len(data) > MAX_BYTES:
        raise UnreadableFile(DAMAGED)
    if format.name == "TIFF":
        data = with_main_page_first(data)
    for attempt in _ATTEMPTS.get(format.name, ()):
        try:
            part = attempt(data, format, box, limits)
        except _FAILURES:
            continue
        if part.share == 1 or shows_something(part.image):
            colours = colours_of(io.BytesIO(data), format)
            return _decoded(part, damage_text(part.share), colours)
    try:
        part = _largest_preview(data, format, box, limits)
    except UnreadableFile as error:
        raise UnreadableFile(lost_text(data, format.name)) from error
    return _decoded(part, preview_text(part.width, part.height))


def _largest_preview(data: bytes, format: Format, box: Box, limits: Limits) -> Part:
    if format.name != "JPEG":
        return previews.largest_preview(data, box, limits)
    # The picture itself begins where the file does, and says how both are turned.
    turn = orientation_in(jpeg_exif(data))
    return previews.largest_preview(data, box, limits, behind=2, turn=turn)


def _decoded(part: Part, damage: str, colours: CodedColours | None = None) -> Decoded:
    shown = as_shown(as_srgb(part.image), colours)
    image = without_idle_alpha(shown).copy_memory()
    return Decoded(image, part.width, part.height, damage)
