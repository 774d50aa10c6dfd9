"""HEIC and WebP, which say how long they are, and pictures that hold a sequence."""

import io
from collections.abc import Iterator
from typing import Final

import av
import numpy as np
import pillow_heif
import pyvips
from PIL import Image

from librephotos.media.damaged.part import Part, check_claim, image_of, thumbnail
from librephotos.media.decoding.coded_colours import as_shown
from librephotos.media.decoding.film_frames import colours_of_frame
from librephotos.media.decoding.pixels import (
    DAMAGED,
    Box,
    check_pixels,
    decode_source,
    fitted,
    heif_pixels,
)
from librephotos.media.errors import UnreadableFile
from librephotos.media.files.formats import Format
from librephotos.media.files.wholeness import has_whole_picture
from librephotos.media.limits import Limits
from librephotos.media.structure.bmff import announced_end

_WEBP_METADATA, _WEBP_EXIF = 0x0C, 0x08  # flags of VP8X; RFC 9649, section 2.7
_WEBP_BEFORE_PICTURE: Final = (b"VP8X", b"ICCP", b"ALPH")
_WEBP_PICTURES: Final = (b"VP8 ", b"VP8L")
_MAX_CHUNKS: Final = 10_000


def padded(data: bytes, format: Format, box: Box, limits: Limits) -> Part:
    """Decode a file that lacks its end as if zeros stood there."""
    size = announced_size(data, format)
    there = min(len(data.rstrip(b"\0")), size)
    whole = data[:size].ljust(size, b"\0")
    if data[12:16] == b"VP8X":
        whole = _of_what_is_there(whole, len(data))
    if format.name == "HEIC":
        picture = pillow_heif.open_heif(io.BytesIO(whole), convert_hdr_to_8bit=True)
        check_pixels(*picture.size, limits=limits)
        decoded = fitted(*heif_pixels(picture), box)
        part = Part(decoded.image, 1.0, decoded.width, decoded.height)
    else:
        part = thumbnail(whole, box, limits)
    if format.name == "WebP" and has_whole_picture(io.BytesIO(data)):
        return part
    share = min(there / size, 0.99)
    return Part(part.image, share, part.width, part.height)


def announced_size(data: bytes, format: Format) -> int:
    """Return how long the file was meant to be, by what its headers say.

    Raises UnreadableFile if that cannot be true.
    """
    if format.name == "WebP":
        size = 8 + int.from_bytes(data[4:8], "little")
    else:
        size = announced_end(io.BytesIO(data), len(data))
    check_claim(size, len(data))
    return size


def _of_what_is_there(data: bytes, there: int) -> bytes:
    """Return a WebP without metadata that go on behind the bytes that are `there`."""
    kept, flags, at = b"", data[20] & ~_WEBP_METADATA, 12
    has_picture = False
    for kind, end in _chunks(data):
        chunk, at = data[at:end], end
        if kind == b"EXIF" and end <= there:
            flags |= _WEBP_EXIF
        elif kind in _WEBP_PICTURES and end <= len(data):
            has_picture = True
        elif kind not in _WEBP_BEFORE_PICTURE:
            continue
        kept += chunk
    if not has_picture:
        return data
    size = (len(kept) + 4).to_bytes(4, "little")
    kept = kept[:8] + bytes((flags,)) + kept[9:]
    return data[:4] + size + data[8:12] + kept


def _chunks(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield the kind of each chunk of a RIFF file, and where it was meant to end."""
    at = 12
    for _ in range(_MAX_CHUNKS):
        if at + 8 > len(data):
            return
        kind, length = data[at : at + 4], data[at + 4 : at + 8]
        at += 8 + int.from_bytes(length, "little")
        at += at % 2  # chunks begin at even offsets
        yield kind, at


def whole_frames(data: bytes, format: Format, box: Box, limits: Limits) -> Part:
    """Decode an animated WebP up to its last whole frame."""
    if data[12:16] != b"VP8X" or b"ANMF" not in data[:4096]:
        raise UnreadableFile(DAMAGED)
    end = max((end for _, end in _chunks(data) if end <= len(data)), default=12)
    kept = data[:4] + (end - 8).to_bytes(4, "little") + data[8:end]
    part = thumbnail(kept, box, limits)
    share = end / max(announced_size(data, format), end)
    return Part(part.image, min(share, 0.99), part.width, part.height)


def renamed(data: bytes, format: Format, box: Box, limits: Limits) -> Part:
    """Decode an AVIF whose first brand is one that libheif does not know."""
    if data[8:12] != b"avio":  # AVIF 1.1.0, section 6.1: all pictures are intra-coded
        raise UnreadableFile(DAMAGED)
    source = pyvips.Source.new_from_memory(data[:8] + b"avif" + data[12:])
    whole = decode_source(source, box=box, limits=limits)
    return Part(whole.image, 1.0, whole.width, whole.height)


def sequence(data: bytes, format: Format, box: Box, limits: Limits) -> Part:
    """Decode the first picture of an animated AVIF, which libvips does not take."""
    with Image.open(io.BytesIO(data), formats=["AVIF"]) as picture:
        check_pixels(*picture.size, limits=limits)
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        profile = picture.info.get("icc_profile")
        decoded = fitted(image_of(np.asarray(picture.convert(mode))), profile, box)
    return Part(decoded.image, 1.0, decoded.width, decoded.height)


def film(data: bytes, format: Format, box: Box, limits: Limits) -> Part:
    """Decode the first picture of a HEIC that holds a sequence and no still."""
    with av.open(io.BytesIO(data), mode="r", format="mov") as container:
        track = container.streams.video[0]
        check_pixels(track.width, track.height, limits=limits)
        track.codec_context.thread_count = 1
        frame = next(container.decode(track))
        if frame.is_corrupt:
            raise UnreadableFile(DAMAGED)
        image = image_of(frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False))
    decoded = fitted(as_shown(image, colours_of_frame(frame)), None, box)
    return Part(decoded.image, 1.0, decoded.width, decoded.height)
