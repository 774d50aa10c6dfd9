"""What can be seen of a picture whose data is damaged or cut short.

A decoder that refuses such data is asked again to give what it has: libvips, libheif
or Pillow, none of which may show memory that nobody wrote to. Limits hold as ever,
and a picture of which nothing but one colour comes out counts as unreadable.
"""

import io
import re
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import av
import numpy as np
import numpy.typing as npt
import pillow_heif
import pyvips
from PIL import Image, ImageFile, ImageOps

from librephotos.media.bmff import announced_end
from librephotos.media.errors import UnreadableFile
from librephotos.media.formats import Format
from librephotos.media.limits import Limits
from librephotos.media.original import open_original
from librephotos.media.pixels import (
    DAMAGED,
    PILLOW_ERRORS,
    Box,
    Decoded,
    as_srgb,
    check_pixels,
    complaints,
    decode_source,
    fitted,
    forget_complaints,
    heif_pixels,
    upright_size,
    without_idle_alpha,
)

MAX_BYTES: Final = 1024 * 1024 * 1024
"""A damaged file is held in memory as a whole; a larger one is not tried."""

_END_OF_JPEG: Final = b"\xff\xd9"
_LEAST_DEVIATION: Final = 1.0
_STRIPS: Final = 200
"""How finely it is told how much of a picture is there."""

# What libjpeg warns of although every pixel is there.
_HARMLESS = re.compile(
    r"data: \d\d? extraneous bytes before marker 0xd9|JFIF revision"
    r"|Adobe color transform|progression sequence|SOS parameters for sequential"
)
_MAX_SCANS: Final = 20
_WEBP_METADATA: Final = 0x0C  # flags of VP8X; RFC 9649, section 2.7
_MAX_CHUNKS: Final = 10_000
_LARGEST_GAP: Final = 20
"""How many times longer than what is there a file may claim to be."""


@dataclass(frozen=True)
class _Part:
    """A picture as far as it goes, the share of it that is there, and its size.

    share is None where all of it is there, but coarse, or wrong in parts.
    """

    image: pyvips.Image
    share: float | None
    width: int
    height: int


_FAILURES: Final = (
    UnreadableFile,
    pyvips.Error,
    av.FFmpegError,
    StopIteration,
    IndexError,
    *PILLOW_ERRORS,
)

_Attempt = Callable[[bytes, Format, Box, Limits], _Part]


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
    for attempt in _ATTEMPTS.get(format.name, ()):
        try:
            part = attempt(data, format, box, limits)
        except _FAILURES:
            continue
        if part.share == 1 or _shows_something(part.image):
            image = without_idle_alpha(as_srgb(part.image)).copy_memory()
            said = damage_text(part.share)
            return Decoded(image, part.width, part.height, said)
    raise UnreadableFile(DAMAGED)


def damage_text(share: float | None, *, what: str = "picture") -> str:
    """Return the sentence for a picture of which this share is there, "" for all.

    None stands for a share that cannot be told.
    """
    if share is None:
        return (
            f"The file is damaged or cut short: parts of the {what}, or its fine "
            "detail, are lacking or wrong. Restore it from a copy."
        )
    if share >= 1:
        return ""
    percent = min(99, max(1, round(share * 100)))
    return (
        f"The file is damaged or cut short: about {percent} % of the {what} can be "
        "shown. Restore it from a copy."
    )


def _shows_something(image: pyvips.Image) -> bool:
    flat = image.flatten() if image.hasalpha() else image
    return any(flat[band].deviate() > _LEAST_DEVIATION for band in range(flat.bands))


def _jpeg(data: bytes, format: Format, box: Box, limits: Limits) -> _Part:
    # Interrupted copies end in zeros; then only the marker of the end may lack.
    mended = data.rstrip(b"\0") + _END_OF_JPEG
    rows, rest, complaint = _sound_rows(mended, "warning")
    if not complaint or _HARMLESS.search(complaint):
        source = pyvips.Source.new_from_memory(mended)
        whole = decode_source(source, box=box, limits=limits)
        return _Part(whole.image, 1.0, whole.width, whole.height)
    part = _thumbnail(mended, box, limits)
    share: float | None = _filled_share(mended, box, limits)
    if share == 1 and rows:
        share = min(rows / (rows + rest), 0.99)
    elif share == 1:  # a progressive one is read to its end before the first row
        share = None
    return _Part(part.image, share, part.width, part.height)


def _jpeg_of_fewer_scans(
    data: bytes, format: Format, box: Box, limits: Limits
) -> _Part:
    """Decode a progressive JPEG without the scans from the first broken one on."""
    ends = [found.start() for found in re.finditer(b"\xff\xda", data)][-_MAX_SCANS:]
    for end in reversed(ends):
        try:
            kept = data[:end] + _END_OF_JPEG
            part = _thumbnail(kept, box, limits)
        except pyvips.Error:
            continue
        share = min(_filled_share(kept, box, limits), end / len(data), 0.99)
        return _Part(part.image, share, part.width, part.height)
    raise UnreadableFile(DAMAGED)


def _png(data: bytes, format: Format, box: Box, limits: Limits) -> _Part:
    """Decode a PNG whatever its checksums say."""
    mended = _with_right_sums(data)
    try:
        source = pyvips.Source.new_from_memory(mended)
        whole = decode_source(source, box=box, limits=limits)
    except pyvips.Error:
        return _rows(mended, format, box, limits)
    return _Part(whole.image, None, whole.width, whole.height)


def _with_right_sums(data: bytes) -> bytes:
    # A chunk is its length, type, data and CRC (ISO/IEC 15948:2004, section 5.3).
    parts, at = [data[:8]], 8
    for _ in range(_MAX_CHUNKS):
        length = int.from_bytes(data[at : at + 4], "big")
        end = at + 8 + length
        if end + 4 > len(data):
            break
        chunk = data[at + 4 : end]
        parts += [data[at : at + 4], chunk, zlib.crc32(chunk).to_bytes(4, "big")]
        at = end + 4
    return b"".join((*parts, data[at:]))


def _gif(data: bytes, format: Format, box: Box, limits: Limits) -> _Part:
    part = _thumbnail(data, box, limits)
    share = _share_before_fill(part.image)
    return _Part(part.image, share if share < 1 else None, part.width, part.height)


def _rows(data: bytes, format: Format, box: Box, limits: Limits) -> _Part:
    """Decode the rows before the first fault.

    What libvips gives of the others may be what was in memory before, and so of
    another picture.
    """
    image = pyvips.Image.new_from_buffer(data, "", access="sequential", fail_on="error")
    width, height = upright_size(image)
    check_pixels(width, height, limits=limits)
    rows, rest, _ = _sound_rows(data, "error")
    if not rows:
        raise UnreadableFile(DAMAGED)
    there = image.crop(0, 0, image.width, rows)
    whole = there.embed(0, 0, image.width, rows + rest)
    small = whole.thumbnail_image(
        box.width, height=box.height, size="down", output_profile="srgb"
    ).copy_memory()
    share = rows / (rows + rest) if rest else None
    return _Part(small, share, width, height)


def _padded(data: bytes, format: Format, box: Box, limits: Limits) -> _Part:
    """Decode a file that lacks its end as if zeros stood there."""
    size = _announced_size(data, format)
    there = min(len(data.rstrip(b"\0")), size)
    padded = data[:size].ljust(size, b"\0")
    if data[12:16] == b"VP8X":
        padded = _up_to_picture(padded)
    if format.name == "HEIC":
        picture = pillow_heif.open_heif(io.BytesIO(padded), convert_hdr_to_8bit=True)
        check_pixels(*picture.size, limits=limits)
        decoded = fitted(*heif_pixels(picture), box)
        part = _Part(decoded.image, 1.0, decoded.width, decoded.height)
    else:
        part = _thumbnail(padded, box, limits)
    share = min(there / size, 0.99) if there < size else 0.99
    return _Part(part.image, share, part.width, part.height)


def _up_to_picture(data: bytes) -> bytes:
    """Return a WebP without the EXIF and XMP that are announced behind its picture."""
    at = 12
    for _ in range(_MAX_CHUNKS):
        kind, length = data[at : at + 4], int.from_bytes(
            data[at + 4 : at + 8], "little"
        )
        at += 8 + length + length % 2
        if kind in (b"VP8 ", b"VP8L") and at <= len(data):
            size, flags = (at - 8).to_bytes(4, "little"), data[20] & ~_WEBP_METADATA
            return data[:4] + size + data[8:20] + bytes((flags,)) + data[21:at]
    return data


def _whole_frames(data: bytes, format: Format, box: Box, limits: Limits) -> _Part:
    """Decode an animated WebP up to its last whole frame."""
    if data[12:16] != b"VP8X" or b"ANMF" not in data[:4096]:
        raise UnreadableFile(DAMAGED)
    end = at = 12
    for _ in range(_MAX_CHUNKS):
        if at + 8 > len(data):
            break
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
        end = at if at <= len(data) else end
    kept = data[:4] + (end - 8).to_bytes(4, "little") + data[8:end]
    part = _thumbnail(kept, box, limits)
    share = end / max(_announced_size(data, format), end)
    return _Part(part.image, min(share, 0.99), part.width, part.height)


def _renamed(data: bytes, format: Format, box: Box, limits: Limits) -> _Part:
    """Decode an AVIF whose first brand is one that libheif does not know."""
    if data[8:12] != b"avio":  # AVIF 1.1.0, section 6.1: all pictures are intra-coded
        raise UnreadableFile(DAMAGED)
    source = pyvips.Source.new_from_memory(data[:8] + b"avif" + data[12:])
    whole = decode_source(source, box=box, limits=limits)
    return _Part(whole.image, 1.0, whole.width, whole.height)


def _sequence(data: bytes, format: Format, box: Box, limits: Limits) -> _Part:
    """Decode the first picture of an animated AVIF, which libvips does not take."""
    with Image.open(io.BytesIO(data), formats=["AVIF"]) as picture:
        check_pixels(*picture.size, limits=limits)
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        decoded = fitted(_image(np.asarray(picture.convert(mode))), None, box)
    return _Part(decoded.image, 1.0, decoded.width, decoded.height)


def _film(data: bytes, format: Format, box: Box, limits: Limits) -> _Part:
    """Decode the first picture of a HEIC that holds a sequence and no still."""
    with av.open(io.BytesIO(data), mode="r", format="mov") as container:
        track = container.streams.video[0]
        check_pixels(track.width, track.height, limits=limits)
        track.codec_context.thread_count = 1
        frame = next(container.decode(track))
        if frame.is_corrupt:
            raise UnreadableFile(DAMAGED)
        image = _image(frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False))
    decoded = fitted(image, None, box)
    return _Part(decoded.image, 1.0, decoded.width, decoded.height)


def _image(pixels: npt.NDArray[np.uint8]) -> pyvips.Image:
    return pyvips.Image.new_from_array(pixels).copy(interpretation="srgb")


def _by_pillow(data: bytes, format: Format, box: Box, limits: Limits) -> _Part:
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        with (
            warnings.catch_warnings(action="ignore"),  # that it is damaged
            Image.open(io.BytesIO(data), formats=[format.name.upper()]) as picture,
        ):
            check_pixels(*picture.size, limits=limits)
            upright = ImageOps.exif_transpose(picture) or picture
            return _of_pixels(np.asarray(upright.convert("RGB")), box)
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def _of_pixels(pixels: npt.NDArray[np.uint8], box: Box) -> _Part:
    decoded = fitted(_image(pixels), None, box)
    share = min(_share_before_fill(decoded.image), 0.99)
    return _Part(decoded.image, share, decoded.width, decoded.height)


def _thumbnail(data: bytes, box: Box, limits: Limits, *, upright: bool = True) -> _Part:
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
    return _Part(image, 1.0, width, height)


def _sound_rows(data: bytes, fail_on: str) -> tuple[int, int, str]:
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


def _filled_share(data: bytes, box: Box, limits: Limits) -> float:
    return _share_before_fill(_thumbnail(data, box, limits, upright=False).image)


def _share_before_fill(image: pyvips.Image) -> float:
    """Return the share of rows without those at the end that are one colour.

    Or at the beginning, since BMP is stored from the bottom up.
    """
    pixels = as_srgb(image).numpy().reshape(image.height, image.width, -1)
    shares = []
    for rows in (pixels, pixels[::-1]):
        differs = np.flatnonzero((rows != rows[-1, -1]).any(axis=(1, 2)))
        shares.append((1 + differs[-1]) / len(rows) if len(differs) else 0)
    return float(min(shares))


def _announced_size(data: bytes, format: Format) -> int:
    """Return how long the file was meant to be, by what its headers say."""
    if format.name == "WebP":
        size = 8 + int.from_bytes(data[4:8], "little")
    else:
        size = announced_end(io.BytesIO(data), len(data))
    if not 0 < size <= min(_LARGEST_GAP * len(data), MAX_BYTES):
        raise UnreadableFile(DAMAGED)
    return size


_ATTEMPTS: Final[dict[str, tuple[_Attempt, ...]]] = {
    "JPEG": (_jpeg, _jpeg_of_fewer_scans, _by_pillow),
    "PNG": (_png, _by_pillow),
    "GIF": (_gif, _by_pillow),
    "WebP": (_whole_frames, _padded),
    "TIFF": (_rows, _by_pillow),
    "BMP": (_by_pillow,),
    "HEIC": (_padded, _film),
    "AVIF": (_renamed, _sequence, _padded),
}
