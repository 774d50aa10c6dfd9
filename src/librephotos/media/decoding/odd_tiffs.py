"""TIFFs whose samples are no shades of grey or RGB that fill 8 or 16 bits.

Source: TIFF 6.0, sections 19 (SampleFormat), 21 (YCbCr), 23 (CIE L*a*b*). Nothing says
which values are black and white where samples are real or signed numbers, and scanners
write 10 or 12 bits into 16.
"""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt
import pyvips
from PIL import Image, ImageCms

from librephotos.media.decoding.packed_tiffs import (
    DEFLATED,
    PACKED_BITS,
    halves,
    unpacked,
)
from librephotos.media.decoding.pixels import (
    Box,
    Decoded,
    as_srgb,
    box_before,
    check_pixels,
    fitted,
    turned_picture,
)
from librephotos.media.limits import Limits
from librephotos.media.structure.tiff import (
    Directories,
    Entry,
    opened_tiff,
    page_option,
)
from librephotos.media.turns import ORIENTATIONS, UNTURNED

_WIDTH: Final = 0x0100
_HEIGHT: Final = 0x0101
_PHOTOMETRIC: Final = 0x0106
_COMPRESSION: Final = 0x0103
_ORIENTATION: Final = 0x0112
_SAMPLE_FORMAT: Final = 0x0153
_BITS: Final = 0x0102
_PLANAR: Final = 0x011C
_PREDICTOR: Final = 0x013D
_SAMPLES: Final = 0x0115
_MOST_OF_12_BITS: Final = 4095
_USUAL_WHITES: Final = (255.0, 1023.0, 4095.0, 65535.0)
_WHITE_OF_32_BITS: Final = 2.0**32 - 1
_LEAST_OF_BYTES: Final = 64.0  # real numbers above it are 0 to 255 most likely
_JPEG: Final = (6, 7)  # libtiff turns their YCbCr into RGB itself
_UNKNOWN_TO_LIBVIPS: Final = (34925, 50000)  # LZMA and Zstandard
_BLACK, _RGB, _YCBCR, _LAB, _ICC_LAB = 1, 2, 6, 8, 9
_REAL: Final = 3
_COLOURS: Final = {1: 1, 2: 1, 3: 3, 4: 3}  # of so many samples; one may be opacity
_BLOCK: Final = 1 << 20  # samples that are turned into shades at a time
_SAMPLED: Final = 1 << 24  # enough to tell by which white they are meant
_NUMBERS: Final = ("char", "int", "uint", "float", "double")


def decode_odd_tiff(file: BinaryIO, *, box: Box, limits: Limits) -> Decoded | None:
    """Return the picture of an open TIFF if it is an odd one, None if it is not.

    Raises pyvips.Error or one of pixels.PILLOW_ERRORS for damaged data, LimitExceeded.
    """
    tags = _shown_tags(file)
    if tags and _may_be_dim(tags):
        return _decode_dim(file, box=box, limits=limits)
    numbers = _read_numbers(file, tags, limits=limits)
    turn = _turn(tags) if tags else UNTURNED
    before = box_before(turn, box)
    if numbers is not None and numbers.ndim > 2 and numbers.shape[2] == 3:
        if tags and tags[_SAMPLE_FORMAT] == _REAL:  # linear light by custom
            light = pyvips.Image.new_from_array(numbers.astype(np.float32))
            seen = as_srgb(light.copy(interpretation="scrgb"))
            return turned_picture(fitted(seen, None, before), turn)
    if numbers is not None:
        return turned_picture(_fitted(_as_shades(numbers), before), turn)
    if not tags or not _is_odd(tags):
        return None
    _, page, _ = opened_tiff(file)
    file.seek(0)
    with Image.open(file, formats=["TIFF"]) as picture:
        picture.seek(page)
        check_pixels(*picture.size, limits=limits)
        if picture.mode == "LAB":
            pixels = np.asarray(_lab_as_srgb(picture))
        else:
            pixels = np.asarray(picture.convert("RGB"))
    return _fitted(pixels, box)


def _read_numbers(
    file: BinaryIO, tags: Mapping[int, int] | None, *, limits: Limits
) -> npt.NDArray[Any] | None:
    """Return the samples of a TIFF whose numbers are no shades, None of another.

    That is what is real, signed, or of more than 16 bits, and what is packed.
    """
    found = _unusual_words(file, tags, limits=limits) if tags else None
    if found is None:
        source = pyvips.Source.new_from_descriptor(file.fileno())
        options = page_option(file)
        try:
            header = pyvips.Image.new_from_source(source, "", **options)
        except pyvips.Error:
            return None
        # Real RGB is linear light by custom, which libvips knows.
        known = header.format == "float" and header.bands > 2
        if header.format not in _NUMBERS or known or "lab" in header.interpretation:
            return None
        if header.bands not in _COLOURS:
            return None
        check_pixels(header.width, header.height, limits=limits)
        found = pyvips.Image.new_from_source(source, "", **options).autorot().numpy()
    return found if found.ndim < 3 else found[..., : _COLOURS[found.shape[2]]]


def _unusual_words(
    file: BinaryIO, tags: Mapping[int, int], *, limits: Limits
) -> npt.NDArray[Any] | None:
    """Return samples of words that libvips does not know, None of others."""
    bits, samples = tags[_BITS], tags[_SAMPLES]
    if tags[_PHOTOMETRIC] not in (_BLACK, _RGB) or samples not in _COLOURS:
        return None
    check_pixels(tags[_WIDTH], tags[_HEIGHT], limits=limits)
    tiff, entries = _shown_directory(file)
    if _is_packed(tags):
        form = tags[_SAMPLE_FORMAT]
        return unpacked(tiff, entries, bits=bits, samples=samples, form=form)
    if bits == 16 and tags[_SAMPLE_FORMAT] == _REAL:
        options = page_option(file)
        return halves(file, entries[_SAMPLE_FORMAT], order=tiff.order, **options)
    return None


def _is_packed(tags: Mapping[int, int]) -> bool:
    """Whether the words are such that we put together ourselves."""
    plain = tags[_COMPRESSION] in (1, *DEFLATED) and tags[_PREDICTOR] == 1
    usual = tags[_PHOTOMETRIC] in (_BLACK, _RGB) and tags[_SAMPLES] in _COLOURS
    return usual and plain and tags[_BITS] in PACKED_BITS and tags[_PLANAR] == 1


def _turn(tags: Mapping[int, int]) -> int:
    """Return how samples that are read are still to be turned: libvips does so."""
    orientation = tags[_ORIENTATION] if _is_packed(tags) else UNTURNED
    return orientation if orientation in ORIENTATIONS else UNTURNED


def _fitted(pixels: npt.NDArray[np.uint8], box: Box) -> Decoded:
    image = pyvips.Image.new_from_array(pixels)
    grey = image.bands == 1
    return fitted(image.copy(interpretation="b-w" if grey else "srgb"), None, box)


def _may_be_dim(tags: Mapping[int, int]) -> bool:
    return (
        tags[_BITS] == 16
        and tags[_SAMPLE_FORMAT] in (1, 2)
        and tags[_PHOTOMETRIC] <= 2
        and tags[_SAMPLES] in (1, 3)
    )


def _decode_dim(file: BinaryIO, *, box: Box, limits: Limits) -> Decoded | None:
    """Return the picture of 16-bit samples that are signed or of fewer bits, or None.

    libvips would take 12 bits for a sixteenth of the light, and half of what is signed
    for nothing.
    """

    options = page_option(file)

    def opened() -> pyvips.Image:
        source = pyvips.Source.new_from_descriptor(file.fileno())
        return pyvips.Image.new_from_source(source, "", access="sequential", **options)

    image = opened()
    check_pixels(image.width, image.height, limits=limits)
    if image.format != "short" and image.max() > _MOST_OF_12_BITS:
        return None
    return _fitted(_as_shades(opened().autorot().numpy()), box)


def _shown_directory(file: BinaryIO) -> tuple[Directories, dict[int, Entry]]:
    """Return the entries of the page that is shown, none of what is no classic TIFF."""
    tiff, _, offset = opened_tiff(file)
    return tiff, tiff.entries(offset) if offset else {}


def _shown_tags(file: BinaryIO) -> dict[int, int] | None:
    """Return the numbers that tell what samples the page has, None if none do."""
    tiff, tags = _shown_directory(file)
    if not tags:
        return None
    return {
        tag: (tiff.integers(tags.get(tag)) or (default,))[0]
        for tag, default in (
            (_WIDTH, 0),
            (_HEIGHT, 0),
            (_PHOTOMETRIC, 1),
            (_ORIENTATION, UNTURNED),
            (_PREDICTOR, 1),
            (_PLANAR, 1),
            (_COMPRESSION, 1),
            (_SAMPLE_FORMAT, 1),
            (_BITS, 1),
            (_SAMPLES, 1),
        )
    }


def _is_odd(first: Mapping[int, int]) -> bool:
    if first[_COMPRESSION] in _UNKNOWN_TO_LIBVIPS:
        return True
    colours = first[_PHOTOMETRIC] in (_YCBCR, _LAB, _ICC_LAB)
    return colours and first[_COMPRESSION] not in _JPEG and first[_BITS] == 8


def _lab_as_srgb(picture: Image.Image) -> Image.Image:
    transform = ImageCms.buildTransform(
        ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB"
    )
    shown = ImageCms.applyTransform(picture, transform)
    assert shown is not None
    return shown


def _as_shades(values: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Return 8-bit shades of numbers whose white is the next usual one above them.

    Of 32 bits white is 2**32 - 1 (TIFF 6.0, section 3, PhotometricInterpretation)
    where the brightest is at least a 16th of it, as of 16 bits. What stays below is
    measured or counted, and would be black: there the brightest is white.
    """
    real = values.dtype.kind == "f"
    lowest = int(values.min(initial=0)) if not real else 0
    if lowest < 0 and values.dtype.itemsize > 2:  # unsigned, which Pillow does not know
        values = values.astype(np.int32).view(np.uint32)
    elif lowest < 0:
        values = values.astype(np.int32) - lowest
    finite = _finite(values.ravel()[:: 1 + values.size // _SAMPLED]) if real else values
    most = max(0.0, *(float(_finite(block).max()) for block in _blocks(values)))
    usual: tuple[float, ...] = _USUAL_WHITES
    if real:
        # Single lights above white are cut; where there are many, they are the scale.
        most = min(most, max(1.0, float(np.percentile(finite, 99))))
        usual = (1.0,) if most < _LEAST_OF_BYTES else (1.0, 255.0, 65535.0)
    elif values.dtype == np.uint32 and most >= _WHITE_OF_32_BITS / 16:
        usual = (_WHITE_OF_32_BITS,)
    elif values.dtype == np.int16:
        usual = (*_USUAL_WHITES[:-1], 32767.0)
    white = next((white for white in usual if most <= white), most)
    shades = np.empty(values.shape, np.uint8)
    for block, into in zip(_blocks(values), _blocks(shades), strict=True):
        into[...] = (np.clip(_finite(block) / white, 0, 1) * 255).round()
    return shades


def _blocks(values: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
    """Yield rows that are worked on together, so that a copy of them takes little."""
    step = max(1, _BLOCK * len(values) // max(1, values.size))
    return (values[start : start + step] for start in range(0, len(values), step))


def _finite(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    return np.nan_to_num(values.astype(np.float64), nan=0, posinf=0, neginf=0)
