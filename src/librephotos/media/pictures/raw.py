"""Previews of RAW files: the camera's own where it is large enough."""

import os
from dataclasses import replace
from typing import Final

import pyvips
import rawpy

from librephotos.media.damaged import damage_text, decode_damaged_bytes
from librephotos.media.decoding.pixels import (
    DAMAGED,
    Box,
    Decoded,
    as_srgb,
    check_pixels,
    decode_source,
    orientation_of,
    shrunk,
)
from librephotos.media.errors import LimitExceeded, UnreadableFile
from librephotos.media.files.formats import FORMATS
from librephotos.media.limits import Limits
from librephotos.media.original import open_original

# LibRaw's flip codes as EXIF orientations (LibRaw documentation, sizes.flip).
_ORIENTATIONS: Final = {0: 1, 1: 2, 3: 3, 2: 4, 4: 5, 6: 6, 7: 7, 5: 8}
_SAME_SHAPE: Final = 1.02
"""Previews lack some pixels at the sensor's edges."""
_ACROSS: Final = 4  # the bit of a flip that makes rows of columns


def decode_raw(path: bytes | str, *, box: Box, limits: Limits) -> Decoded:
    """Return the RAW file's picture, upright, shrunk into `box`.

    The embedded preview is taken if it fills the box or is the best there is;
    otherwise the sensor's data is developed at half size.

    Its size is that of the part of the sensor's picture that is shown. Raises
    UnreadableFile for damaged or unknown data, LimitExceeded for too many pixels.
    """
    try:
        with _opened(path) as image:
            width, height = _upright_size(image)
            check_pixels(width, height, limits=limits)
            decoded = _embedded(image, box=box, limits=limits)
            if decoded is None or decoded.image.height < min(box.height, height // 2):
                decoded = _developed(image, box) or decoded
            decoded = decoded or _embedded_in_part(image, box=box, limits=limits)
    except rawpy.LibRawError as error:
        raise UnreadableFile(DAMAGED) from error
    if decoded is None:
        raise UnreadableFile(DAMAGED)
    width, height = _shown_of((width, height), decoded.image)
    return Decoded(decoded.image, width, height, decoded.damage)


def raw_size(path: bytes | str) -> tuple[int, int]:
    """Return the upright width and height of the developed picture, in pixels.

    Raises UnreadableFile if LibRaw does not know the file.
    """
    try:
        with _opened(path) as image:
            return _upright_size(image)
    except rawpy.LibRawError as error:
        raise UnreadableFile(DAMAGED) from error


def _shown_of(size: tuple[int, int], preview: pyvips.Image) -> tuple[int, int]:
    """Return the size of that part of a picture which a preview shows.

    A camera that is set to another shape cuts its preview, and all that is recorded
    of the sensor's picture is where (DNG 1.7.1, DefaultCropSize; others in their own
    ways).
    """
    width, height = size
    wider = preview.width * height / (preview.height * width)
    if 1 / _SAME_SHAPE < wider < _SAME_SHAPE:
        return size
    if wider > 1:
        return width, max(1, round(height / wider))
    return max(1, round(width * wider)), height


def _opened(path: bytes | str) -> rawpy.RawPy:
    with open_original(path) as file:
        name = os.fsdecode(path)
        try:
            name.encode()
        except UnicodeEncodeError:  # rawpy takes names as UTF-8 only
            return rawpy.imread(file)
        return rawpy.imread(name)


def _upright_size(image: rawpy.RawPy) -> tuple[int, int]:
    sizes = image.sizes
    turned = sizes.flip & _ACROSS
    return (sizes.height, sizes.width) if turned else (sizes.width, sizes.height)


def _embedded(image: rawpy.RawPy, *, box: Box, limits: Limits) -> Decoded | None:
    try:
        preview = image.extract_thumb()
    except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError):
        return None
    if preview.format is rawpy.ThumbFormat.BITMAP:
        bitmap = pyvips.Image.new_from_array(preview.data)
        return _turned(shrunk(bitmap.copy(interpretation="srgb"), box), image)
    source = pyvips.Source.new_from_memory(preview.data)
    try:
        decoded = decode_source(source, box=box, limits=limits)
        own_orientation = orientation_of(pyvips.Image.new_from_source(source, ""))
    except (pyvips.Error, LimitExceeded):  # then the sensor's data is developed
        return None
    return decoded if own_orientation > 1 else _turned(decoded.image, image)


def _embedded_in_part(
    image: rawpy.RawPy, *, box: Box, limits: Limits
) -> Decoded | None:
    """Return what there is of a damaged preview, where nothing can be developed."""
    try:
        preview = image.extract_thumb()
        if preview.format is rawpy.ThumbFormat.BITMAP:
            return None
        part = decode_damaged_bytes(
            bytes(preview.data), format=FORMATS["JPEG"], box=box, limits=limits
        )
    except (rawpy.LibRawError, UnreadableFile):
        return None
    turned = _turned(part.image, image)
    return replace(turned, damage=part.damage or damage_text(None))


def _turned(preview: pyvips.Image, image: rawpy.RawPy) -> Decoded:
    orientation = _ORIENTATIONS.get(image.sizes.flip, 1)
    preview = preview.copy()
    preview.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    upright = as_srgb(preview.autorot()).copy_memory()
    return Decoded(upright, upright.width, upright.height)


def _developed(image: rawpy.RawPy, box: Box) -> Decoded | None:
    try:
        pixels = image.postprocess(
            half_size=True, use_camera_wb=True, output_bps=8, no_auto_bright=False
        )
    except rawpy.LibRawError:
        return None
    developed = pyvips.Image.new_from_array(pixels).copy(interpretation="srgb")
    return Decoded(shrunk(developed, box), developed.width, developed.height)
