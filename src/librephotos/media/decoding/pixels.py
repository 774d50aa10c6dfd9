"""Decode a still picture once, small, upright and in sRGB."""

import logging
import math
from dataclasses import dataclass, replace
from typing import BinaryIO

import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401  registers itself with Pillow
import pyvips
from PIL import Image

from librephotos.media.decoding.coded_colours import (
    CodedColours,
    as_shown,
    colours_of,
)
from librephotos.media.decoding.icc_profiles import describes_srgb
from librephotos.media.errors import LimitExceeded, UnreadableFile
from librephotos.media.files.formats import Format
from librephotos.media.files.wholeness import jpeg_has_ended
from librephotos.media.limits import Limits
from librephotos.media.original import open_original
from librephotos.media.structure import jxl
from librephotos.media.structure.png_chunks import png_orientation
from librephotos.media.structure.stated_sizes import stated_size
from librephotos.media.structure.tiff import page_option
from librephotos.media.turns import UNTURNED

logger = logging.getLogger(__name__)

# libvips keeps recent operations and their open files; a scan never comes back.
pyvips.cache_set_max(0)
pyvips.block_untrusted_set(True)

# Pillow would warn and raise by limits of its own; check_pixels holds ours.
Image.MAX_IMAGE_PIXELS = None

# thumbnail()'s own argument of this name does not reach the loader (libvips 8.18).
FAIL_ON_DAMAGE = "fail_on=error"
DAMAGED = "The picture data is damaged or cut short; restore the file from a copy."
# What Pillow and its plugins raise for damaged files.
PILLOW_ERRORS = (ValueError, OSError, RuntimeError, EOFError, SyntaxError)
_DEEP = {"I;16": 65_535, "F": 1}  # Pillow's modes of JPEG XL, and their white
MOST_SAMPLES = 8
"""So many numbers may a pixel have where there are as many pixels as we decode."""
MAX_SHRINK_ON_LOAD = 8
"""libjpeg scales by 1/2, 1/4 and 1/8 while it decodes."""


@dataclass(frozen=True)
class Box:
    """The largest width and height, in pixels, that a preview may have."""

    width: int
    height: int

    def scale(self, width: int, height: int) -> float:
        """Return by what to multiply a size so that it fits; never more than 1."""
        return min(1.0, self.width / width, self.height / height)


@dataclass(frozen=True)
class Decoded:
    """A preview in memory and the upright size of the picture it came from.

    image is 8-bit sRGB or grey, with an alpha band only where that is used. damage
    is a sentence where only a part of the picture is there, else "".
    """

    image: pyvips.Image
    width: int
    height: int
    damage: str = ""


def decode_still(
    path: bytes | str, *, format: Format, box: Box, limits: Limits
) -> Decoded:
    """Return the picture at `path`, shrunk into `box`.

    Raises UnreadableFile for damaged data, LimitExceeded for too many pixels, which
    is found in the header, before any pixel is decoded.
    """
    with open_original(path) as file:
        try:
            if format.name == "HEIC":
                return _decode_heic(file, box=box, limits=limits)
            if format.name == "PNG":
                found = _decode_png(file, box=box, limits=limits)
                return _in_srgb(found, file, format)
            if format.name in ("JXL", "BMP"):
                return _decode_with_pillow(file, format=format, box=box, limits=limits)
            source = pyvips.Source.new_from_descriptor(file.fileno())
            # libjpeg only warns of data that it cannot make sense of.
            fail_on = "warning" if format.name == "JPEG" else "error"
            options = page_option(file) if format.name == "TIFF" else {}
            forget_complaints()
            found = decode_source(
                source, box=box, limits=limits, fail_on=fail_on, **options
            )
            if format.name == "JPEG" and (complaints() or not jpeg_has_ended(file)):
                raise UnreadableFile(DAMAGED)  # complaints are of the last rows
            return _in_srgb(found, file, format)
        except pyvips.Error as error:
            raise UnreadableFile(DAMAGED) from error


def turn_of(path: bytes | str) -> int:
    """Return the EXIF orientation, 1 to 8, in which libvips shows a picture.

    Raises UnreadableFile if it cannot tell.
    """
    with open_original(path) as file:
        try:
            source = pyvips.Source.new_from_descriptor(file.fileno())
            return orientation_of(pyvips.Image.new_from_source(source, ""))
        except pyvips.Error as error:
            raise UnreadableFile(DAMAGED) from error


def still_size(path: bytes | str, *, format: Format) -> tuple[int, int]:
    """Return the upright width and height in pixels, read from the header alone.

    Raises UnreadableFile if the header is damaged.
    """
    with open_original(path) as file:
        try:
            return _size_by_decoder(file, format)
        except (pyvips.Error, UnreadableFile, *PILLOW_ERRORS) as error:
            # It is cut short, or of samples that none of them takes.
            size = stated_size(file, format=format.name)
            if size is None:
                raise UnreadableFile(DAMAGED) from error
            return size


def _size_by_decoder(file: BinaryIO, format: Format) -> tuple[int, int]:
    if format.name == "HEIC":
        return _heic_size(file)
    if format.name == "JXL":
        return _jxl_size(file)
    if format.name == "BMP":
        with Image.open(file, formats=["BMP"]) as picture:
            return picture.size
    options = page_option(file) if format.name == "TIFF" else {}
    try:
        source = pyvips.Source.new_from_descriptor(file.fileno())
        header = pyvips.Image.new_from_source(source, "", **options)
        width, height = upright_size(header)
        missed = missed_turn(file, header) if format.name == "PNG" else 1
        return (height, width) if missed > 4 else (width, height)
    except pyvips.Error:
        if format.name not in ("AVIF", "TIFF"):
            raise
    file.seek(0)  # an animation, or samples that libvips does not take
    with Image.open(file, formats=[format.name]) as picture:
        picture.seek(options.get("page", 0))
        return picture.size


def decode_source(
    source: pyvips.Source,
    *,
    box: Box,
    limits: Limits,
    fail_on: str = "error",
    page: int = 0,
) -> Decoded:
    """Return the picture that libvips reads from `source`, shrunk into `box`.

    `fail_on` is libvips' name of what counts as damage, `page` that of a TIFF. Raises
    pyvips.Error for such data, LimitExceeded for too many pixels.
    """
    header = pyvips.Image.new_from_source(
        source, "", **({"page": page} if page else {})
    )
    width, height = upright_size(header)
    check_pixels(width, height, limits=limits, samples=header.bands)
    if header.get("vips-loader").startswith("jpegload") and header.bands in (1, 3):
        image = _shrink_jpeg(source, header, box.scale(width, height), fail_on)
    else:
        image = pyvips.Image.thumbnail_source(
            source,
            box.width,
            height=box.height,
            size="down",
            output_profile="srgb",
            option_string=f"[fail_on={fail_on}{f',page={page}' if page else ''}]",
        ).copy_memory()
    return Decoded(without_idle_alpha(as_srgb(image)), width, height)


def forget_complaints() -> None:
    """Begin a decode whose `complaints` are its own."""
    pyvips.vips_lib.vips_error_clear()


def complaints() -> str:
    """Return what libvips and the libraries under it complained of without failing."""
    text: bytes = pyvips.ffi.string(pyvips.vips_lib.vips_error_buffer())
    return text.decode("utf-8", "replace")


def check_pixels(width: int, height: int, *, limits: Limits, samples: int = 1) -> None:
    """Raise LimitExceeded if a picture of that size is more than we decode.

    A pixel may have `samples` numbers, CMYK with a few more; of many, fewer pixels do.
    """
    if width * height * samples > MOST_SAMPLES * limits.max_pixels:
        raise LimitExceeded(
            f"The picture has {samples} numbers in each of {width} × {height} pixels, "
            f"more than {MOST_SAMPLES} times {limits.max_pixels:,} in all "
            "(LIBREPHOTOS_MAX_PIXELS)."
        )
    if width * height > limits.max_pixels:
        raise LimitExceeded(
            f"The picture has {width} × {height} pixels, more than the limit of "
            f"{limits.max_pixels:,} (LIBREPHOTOS_MAX_PIXELS)."
        )


def upright_size(header: pyvips.Image) -> tuple[int, int]:
    """Return width and height as seen, one page of a stack of them."""
    width, height = header.width, header.get_page_height()
    return (height, width) if orientation_of(header) > 4 else (width, height)


def orientation_of(header: pyvips.Image) -> int:
    """Return the EXIF orientation that still has to be applied, 1 to 8."""
    if not header.get_typeof("orientation"):
        return 1
    value = int(header.get("orientation"))
    return value if 1 <= value <= 8 else 1


def box_before(turn: int, box: Box) -> Box:
    """Return the box of what fits into another one once it is turned."""
    return Box(box.height, box.width) if turn > 4 else box


def turned_picture(found: Decoded, turn: int) -> Decoded:
    """Return a picture turned by an EXIF orientation, 1 to 8."""
    size = (found.height, found.width) if turn > 4 else (found.width, found.height)
    image = turned_image(found.image, turn)
    return replace(found, image=image, width=size[0], height=size[1])


def turned_image(image: pyvips.Image, turn: int) -> pyvips.Image:
    """Return an upright image, in memory, turned by an EXIF orientation, 1 to 8."""
    if turn == UNTURNED:
        return image
    image = image.copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", turn)
    return image.autorot().copy_memory()


def shrunk(image: pyvips.Image, box: Box) -> pyvips.Image:
    """Return the upright image in memory fitted into `box`, alpha handled rightly."""
    if box.scale(image.width, image.height) == 1.0:
        return image
    return image.thumbnail_image(
        box.width, height=box.height, size="down"
    ).copy_memory()


def as_srgb(image: pyvips.Image) -> pyvips.Image:
    """Return the image in 8-bit sRGB, or 8-bit grey if it is grey."""
    if image.interpretation not in ("srgb", "b-w"):
        image = image.colourspace("srgb")
    return image if image.format == "uchar" else image.cast("uchar")


def without_idle_alpha(image: pyvips.Image) -> pyvips.Image:
    """Return the image without its alpha band if that is opaque everywhere."""
    if image.hasalpha() and image[image.bands - 1].min() == 255:
        return image[0 : image.bands - 1].copy_memory()
    return image


def _shrink_jpeg(
    source: pyvips.Source, header: pyvips.Image, scale: float, fail_on: str
) -> pyvips.Image:
    # thumbnail() leaves a factor of two to its own filter; decoding straight to the
    # next power of two above the wanted size costs a quarter less. The two previews
    # agree to a PSNR of 41 to 53 dB on photographs, which nobody sees.
    # A panorama may be 60,000 pixels long and few high: a pixel is left each way.
    most = min(1 / scale, MAX_SHRINK_ON_LOAD, header.width, header.height)
    shrink = 2 ** int(math.log2(most))
    image = pyvips.Image.jpegload_source(
        source, shrink=shrink, access="sequential", fail_on=fail_on
    )
    wanted = scale * header.width / image.width
    if wanted < 1:
        down = scale * header.height / image.height
        image = image.resize(
            max(wanted, 1 / image.width), vscale=max(down, 1 / image.height)
        )
    image = image.copy_memory()
    return _to_srgb_by_profile(image.autorot())


def _to_srgb_by_profile(image: pyvips.Image) -> pyvips.Image:
    if not image.get_typeof("icc-profile-data"):
        return image
    profile = image.get("icc-profile-data")
    if describes_srgb(profile):
        return image
    try:
        return image.icc_transform("srgb", embedded=True).copy_memory()
    except pyvips.Error as error:
        logger.info("colour profile left out, it cannot be used: %s", error)
        return image


def _in_srgb(found: Decoded, file: BinaryIO, format: Format) -> Decoded:
    return replace(found, image=as_shown(found.image, colours_of(file, format)))


def _decode_png(file: BinaryIO, *, box: Box, limits: Limits) -> Decoded:
    source = pyvips.Source.new_from_descriptor(file.fileno())
    missed = missed_turn(file, pyvips.Image.new_from_source(source, ""))
    found = decode_source(source, box=box_before(missed, box), limits=limits)
    return turned_picture(found, missed)


def missed_turn(file: BinaryIO, header: pyvips.Image) -> int:
    """Return the orientation of a PNG that libvips does not see, 1 if there is none.

    It misses EXIF behind the picture, and EXIF with the mark of JPEGs before it.
    """
    return 1 if header.get_typeof("orientation") else png_orientation(file)


def _decode_heic(file: BinaryIO, *, box: Box, limits: Limits) -> Decoded:
    try:
        picture = pillow_heif.open_heif(file, convert_hdr_to_8bit=True)
        check_pixels(*picture.size, limits=limits)
        return fitted(*heif_pixels(picture), box)
    except PILLOW_ERRORS as error:
        raise UnreadableFile(DAMAGED) from error


def heif_pixels(picture: pillow_heif.HeifFile) -> tuple[pyvips.Image, bytes | None]:
    """Return the pixels of an opened HEIF file and its colour profile.

    Raises one of PILLOW_ERRORS for damaged data.
    """
    (width, height), bands = picture.size, len(picture.mode)
    pixels = bytes(picture.data)
    padded = picture.stride // bands
    image = pyvips.Image.new_from_memory(pixels, padded, height, bands, "uchar")
    image = image.crop(0, 0, width, height)
    image = image.copy(interpretation="srgb" if bands >= 3 else "b-w")
    profile = picture.info.get("icc_profile")
    if isinstance(profile, bytes):
        return image, profile
    told = picture.info.get("nclx_profile") or {}
    numbers = (told.get("color_primaries", 0), told.get("transfer_characteristics", 0))
    return as_shown(image, CodedColours(*map(int, numbers))), None


def _decode_with_pillow(
    file: BinaryIO, *, format: Format, box: Box, limits: Limits
) -> Decoded:
    orientation = UNTURNED
    if format.name == "JXL":
        check_pixels(*_jxl_size(file), limits=limits)
        orientation = jxl.coded_orientation(file)
        file.seek(0)
    try:
        with Image.open(file, formats=[format.name]) as picture:
            check_pixels(*picture.size, limits=limits)
            image = _image_of(picture)
            if getattr(picture, "jpeg", False):  # made from one, and given as it was
                image = turned_image(image, orientation)
            profile = picture.info.get("icc_profile")
    except PILLOW_ERRORS as error:
        raise UnreadableFile(DAMAGED) from error
    return fitted(image, profile, box)


def _image_of(picture: Image.Image) -> pyvips.Image:
    """Return a picture as grey, or 8-bit RGB with opacity where it has that."""
    if picture.mode in _DEEP:  # Pillow would cut off what is above 255
        shades = np.clip(np.asarray(picture) / _DEEP[picture.mode], 0, 1) * 65_535
        image = pyvips.Image.new_from_array(shades.round().astype(np.uint16))
        return image.copy(interpretation="grey16")
    if picture.mode == "L" and "transparency" not in picture.info:
        return pyvips.Image.new_from_array(picture).copy(interpretation="b-w")
    alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    shown = picture.convert("RGBA" if alpha else "RGB")
    return pyvips.Image.new_from_array(shown).copy(interpretation="srgb")


def _heic_size(file: BinaryIO) -> tuple[int, int]:
    width, height = pillow_heif.open_heif(file).size
    return int(width), int(height)


def _jxl_size(file: BinaryIO) -> tuple[int, int]:
    size = jxl.coded_size(file)
    if size is None:
        raise UnreadableFile(DAMAGED)
    return size


def fitted(image: pyvips.Image, profile: bytes | None, box: Box) -> Decoded:
    """Return upright pixels in memory, of that colour profile, shrunk into `box`."""
    width, height = image.width, image.height
    image = shrunk(image, box)
    if profile:
        image = image.copy()
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
        image = _to_srgb_by_profile(image)
    return Decoded(without_idle_alpha(as_srgb(image)), width, height)
