"""Everything a file and its sidecars say, as one record."""

import mmap
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import exiv2

from librephotos.media.decoding import pixels
from librephotos.media.errors import MediaError, UnreadableFile
from librephotos.media.files.formats import Format, Kind
from librephotos.media.files.sidecars import by_weight
from librephotos.media.limits import Limits
from librephotos.media.metadata.big_tiff import classic_tiff
from librephotos.media.metadata.blocks import (
    exif_block,
    extended_xmp,
    jpeg_head,
    png_without_picture,
    xmp_block,
)
from librephotos.media.metadata.exif import read_exif
from librephotos.media.metadata.gif_text import read_gif
from librephotos.media.metadata.iptc import read_iptc
from librephotos.media.metadata.png_text import read_png
from librephotos.media.metadata.record import Metadata, Region, merge, overrule
from librephotos.media.metadata.regions import Frame, read_regions
from librephotos.media.metadata.video import read_video
from librephotos.media.metadata.xmp import property_values, read_xmp
from librephotos.media.metadata.xmp_packet import packet_values
from librephotos.media.original import open_original
from librephotos.media.pictures import raw
from librephotos.media.structure.heif_items import heif_items
from librephotos.media.structure.jpeg_segments import jpeg_exif
from librephotos.media.structure.orientation import is_stated_plainly

__all__ = ["Metadata", "Region", "read_metadata"]

# Its complaints would go to standard error; what matters comes back as exceptions.
exiv2.LogMsg.setHandler(None)

DAMAGED: Final = "The metadata is damaged; what could not be read is left out."
MAX_TAGS: Final = 500
_NO_METADATA: Final = (
    exiv2.ErrorCode.kerFileContainsUnknownImageType,
    exiv2.ErrorCode.kerMemoryContainsUnknownImageType,
)


@dataclass(frozen=True)
class _Besides:
    """What else there is to a JPEG than exiv2 tells.

    extension is the packet that its XMP goes on in. turn is the orientation in which it
    is shown where exiv2 may read another one, else None.
    """

    extension: bytes = b""
    turn: int | None = None


def read_metadata(
    path: bytes | str,
    *,
    format: Format,
    limits: Limits,
    sidecars: Sequence[bytes | str] = (),
) -> Metadata:
    """Return what the file at `path` and its sidecars say.

    What a sidecar says goes over what the file says, and that of a sidecar that names
    the file in full over the others'. Damaged metadata in a file that can be opened is
    a warning, not an error.

    Raises UnreadableFile if the file itself cannot be opened (a video: if nothing in
    it can be shown), LimitExceeded if a video is too long.
    """
    if format.kind is Kind.VIDEO:
        found = read_video(path, format=format, limits=limits)
    elif format.kind is Kind.SIDECAR:
        found = _read_sidecar(path, None, limits=limits)
    else:
        found = _read_still(path, format=format, limits=limits)
    frame = _stored_frame(found)
    for sidecar in by_weight(path, sidecars):
        found = overrule(found, _sidecar_or_warning(sidecar, frame, limits=limits))
    return replace(found, tags=dict(list(found.tags.items())[:MAX_TAGS]))


def _read_still(path: bytes | str, *, format: Format, limits: Limits) -> Metadata:
    with open_original(path) as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    besides = _Besides()
    if format.name == "JPEG":
        besides = _besides(mapped, path, max_bytes=limits.max_metadata_bytes)
    try:
        classic = classic_tiff(mapped, max_bytes=limits.max_metadata_bytes)
        image = exiv2.ImageFactory.open(classic or mapped)
        image.readMetadata()
        found = _embedded(image, besides)
        stored = (image.pixelWidth(), image.pixelHeight())
    except exiv2.Exiv2Error as error:
        found, stored = Metadata(), (0, 0)
        if error.code not in _NO_METADATA:
            found = _beside_exif(mapped, besides, path, format, limits=limits)
    if format.name == "PNG":
        found = merge(found, read_png(path))
    if format.name == "GIF":
        found = merge(found, read_gif(path, max_bytes=limits.max_metadata_bytes))
    if format.name in ("HEIC", "AVIF"):
        found = merge(found, _read_heif(path, limits=limits))
    return _sized(found, path, format, stored if format.name == "JPEG" else (0, 0))


def _besides(mapped: mmap.mmap, path: bytes | str, *, max_bytes: int) -> _Besides:
    turn = None
    exif = jpeg_exif(mapped)
    if exif and not is_stated_plainly(exif):
        with suppress(UnreadableFile):
            turn = pixels.turn_of(path)
    return _Besides(extended_xmp(mapped, max_bytes=max_bytes), turn)


def _embedded(image: exiv2.Image, besides: _Besides = _Besides()) -> Metadata:
    """Return what exiv2 found, and what there is besides."""
    exif = read_exif(image.exifData())
    exif = replace(exif, orientation=besides.turn or exif.orientation)
    iptc = read_iptc(image.iptcData())
    values, warnings = property_values(image.xmpData()), tuple[str, ...]()
    try:
        more = packet_values(besides.extension) if besides.extension else {}
        for key, texts in more.items():
            values.setdefault(key, texts)
    except UnreadableFile:
        warnings = (DAMAGED,)
    frame = Frame(image.pixelWidth(), image.pixelHeight(), exif.orientation)
    xmp = replace(read_xmp(values), regions=read_regions(values, frame))
    # The camera knows best how it took the picture, people what is in it.
    words = merge(merge(xmp, iptc), exif)
    merged = merge(merge(exif, xmp), iptc)
    return replace(
        merged,
        title=words.title,
        description=words.description,
        keywords=words.keywords,
        creator=words.creator,
        copyright=words.copyright,
        rating=words.rating,
        warnings=warnings,
    )


def _beside_exif(
    mapped: mmap.mmap,
    besides: _Besides,
    path: bytes | str,
    format: Format,
    *,
    limits: Limits,
) -> Metadata:
    """Return what the blocks say of a file that exiv2 gives up."""
    damaged, most = Metadata(warnings=(DAMAGED,)), limits.max_metadata_bytes
    if format.name not in ("JPEG", "PNG", "WebP", "JXL"):
        return damaged
    try:
        if format.name == "JPEG":
            with suppress(exiv2.Exiv2Error):  # where the colour profile is at fault
                head = jpeg_head(mapped, with_exif=True)
                return merge(_opened(head, besides), damaged)
            head = jpeg_head(mapped, with_exif=False)
            return merge(_opened(head, besides), damaged)
        with open_original(path) as file:
            if format.name == "PNG":
                with suppress(exiv2.Exiv2Error):
                    found = _opened(png_without_picture(file, max_bytes=most))
                    return found if found.tags else damaged
                exif = b""
            else:
                exif = exif_block(file, format=format.name, max_bytes=most)
            packet = xmp_block(file, format=format.name, max_bytes=most)
        return merge(_said_by_blocks(exif, packet), Metadata() if exif else damaged)
    except (exiv2.Exiv2Error, MediaError):
        return damaged


def _opened(data: bytes, besides: _Besides = _Besides()) -> Metadata:
    """Return what exiv2 finds in a file or block; raises its errors."""
    image = exiv2.ImageFactory.open(data)
    image.readMetadata()
    return _embedded(image, besides)


def _said_by_blocks(exif: bytes, packet: bytes) -> Metadata:
    """Return what a TIFF block of EXIF and an XMP packet say; damaged ones nothing."""
    found, damaged = Metadata(), Metadata(warnings=(DAMAGED,))
    try:
        found = _opened(exif) if exif else found
    except exiv2.Exiv2Error:
        found = damaged
    try:
        return merge(found, _said_by_packet(packet, found.orientation))
    except MediaError:
        return merge(found, damaged)


def _said_by_packet(packet: bytes, orientation: int) -> Metadata:
    if not packet:
        return Metadata()
    values = packet_values(packet)
    regions = read_regions(values, Frame(0, 0, orientation))
    return replace(read_xmp(values), regions=regions)


def _read_heif(path: bytes | str, *, limits: Limits) -> Metadata:
    """Return what the items of a HEIC or AVIF file say; exiv2 misses many of them.

    It takes offsets for absolute ones that count from a base or from another box.
    """
    with open_original(path) as file:
        items = heif_items(file, max_bytes=limits.max_metadata_bytes)
    return _said_by_blocks(items.exif, items.xmp)


def _sized(
    found: Metadata, path: bytes | str, format: Format, stored: tuple[int, int]
) -> Metadata:
    width, height = stored
    if width and height:
        turned = found.orientation > 4
        size = (height, width) if turned else (width, height)
        return replace(found, width=size[0], height=size[1])
    try:
        if format.kind is Kind.RAW:
            width, height = raw.raw_size(path)
        else:
            width, height = pixels.still_size(path, format=format)
    except MediaError as error:
        return replace(found, warnings=(*found.warnings, str(error)))
    return replace(found, width=width, height=height)


def _stored_frame(found: Metadata) -> Frame | None:
    if found.width is None or found.height is None:
        return None
    if found.orientation > 4:
        return Frame(found.height, found.width, found.orientation)
    return Frame(found.width, found.height, found.orientation)


def _sidecar_or_warning(
    path: bytes | str, frame: Frame | None, *, limits: Limits
) -> Metadata:
    try:
        return _read_sidecar(path, frame, limits=limits)
    except MediaError as error:
        return Metadata(warnings=(f"A sidecar was left out. {error}",))


def _read_sidecar(
    path: bytes | str, frame: Frame | None, *, limits: Limits
) -> Metadata:
    with open_original(path) as file:
        if os.fstat(file.fileno()).st_size > limits.max_metadata_bytes:
            raise UnreadableFile("The sidecar is larger than the limit for metadata.")
        values = packet_values(file.read())
    return replace(read_xmp(values), regions=read_regions(values, frame))
