"""Pictures whose format has no copy without metadata, rendered anew at full size.

TIFF stays TIFF, without loss. The others become JPEG of high quality, or PNG where
they are partly transparent, upright. So do pictures that a person has turned, but PNG
and GIF stay without loss, and animations WebP.
"""

import io
from pathlib import Path
from typing import Any, Final

import pillow_heif
import pyvips
from PIL import Image

from librephotos.full_disk import is_full
from librephotos.media.damaged import decode_damaged
from librephotos.media.decoding import animation
from librephotos.media.decoding.coded_colours import as_shown, colours_of_avif
from librephotos.media.decoding.pixels import (
    DAMAGED,
    PILLOW_ERRORS,
    Box,
    Decoded,
    check_pixels,
    decode_still,
    heif_pixels,
    orientation_of,
    turned_image,
    upright_size,
)
from librephotos.media.decoding.png_gamma import decode_png_by_gamma
from librephotos.media.errors import UnavailableFile, UnreadableFile
from librephotos.media.files.formats import Format, Kind
from librephotos.media.limits import Limits
from librephotos.media.original import open_original
from librephotos.media.pictures import raw
from librephotos.media.stripping.profiles import clean_profile
from librephotos.media.structure.tiff import page_option
from librephotos.media.turns import UNTURNED

JPEG_QUALITY: Final = 95
"""Pillow's highest advised one; on photographs nobody tells it from the original."""

_LOSSLESS: Final = ("PNG", "GIF")
_PROFILE: Final = "icc-profile-data"
FULL_SIZE: Final = Box(1_000_000, 1_000_000)


def render(
    path: bytes | str,
    target: Path,
    *,
    format: Format,
    limits: Limits,
    turn: int = UNTURNED,
) -> None:
    """Write the picture at `path` to `target`, without metadata.

    It is turned by `turn` (media.turns). Of a damaged one, what can be seen. Raises
    UnreadableFile where that is nothing, LimitExceeded for too many pixels, and OSError
    or pyvips.Error for a full disk.
    """
    try:
        _render_whole(path, target, format=format, limits=limits, turn=turn)
    except UnavailableFile:
        raise
    except (pyvips.Error, UnreadableFile) as error:
        if is_full(error):
            raise
        part = decode_damaged(path, format=format, box=FULL_SIZE, limits=limits)
        _write(turned_image(part.image, turn), target)


def _render_whole(
    path: bytes | str, target: Path, *, format: Format, limits: Limits, turn: int
) -> None:
    if format.name == "TIFF":
        _render_tiff(path, target, limits=limits, turn=turn)
    elif format.name == "HEIC":
        _render_heic(path, target, limits=limits, turn=turn)
    elif format.name == "AVIF":
        _render_avif(path, target, limits=limits, turn=turn)
    elif format.kind is Kind.RAW:
        found = raw.decode_raw(path, box=FULL_SIZE, limits=limits)
        _write(turned_image(found.image, turn), target)
    elif not _render_animation(path, target, format=format, limits=limits, turn=turn):
        found = _still(path, format=format, limits=limits)
        lossless = turn != UNTURNED and format.name in _LOSSLESS
        _write(turned_image(found.image, turn), target, lossless=lossless)


def _still(path: bytes | str, *, format: Format, limits: Limits) -> Decoded:
    if format.name == "PNG":
        with open_original(path) as file:
            found = decode_png_by_gamma(file, box=FULL_SIZE, limits=limits)
        if found is not None:
            return found
    return decode_still(path, format=format, box=FULL_SIZE, limits=limits)


def _render_animation(
    path: bytes | str, target: Path, *, format: Format, limits: Limits, turn: int
) -> bool:
    """Write all frames of an animation, turned; False where it is none."""
    load = animation.LOADERS.get(format.name)
    if load is None or turn == UNTURNED:
        return False
    with open_original(path) as file:
        source = pyvips.Source.new_from_descriptor(file.fileno())
        header = load(source)
        count = header.get_n_pages()
        if count < 2:
            return False
        check_pixels(header.width, header.get_page_height() * count, limits=limits)
        frames = load(source, n=-1, fail_on="error").copy_memory()
    shown = animation.turned_frames(frames, turn)
    repeats = frames.get("loop") if frames.get_typeof("loop") else 0
    shown.set_type(pyvips.GValue.gint_type, "loop", repeats)
    lossless = format.name in _LOSSLESS
    shown.webpsave(str(target), Q=JPEG_QUALITY, lossless=lossless, keep="none")
    return True


def _write(image: pyvips.Image, target: Path, *, lossless: bool = False) -> None:
    image = _with_clean_profile(image)
    if lossless or image.hasalpha():
        image.pngsave(str(target), keep="icc")
    else:
        options: dict[str, Any] = {"subsample_mode": "off", "keep": "icc"}
        image.jpegsave(str(target), Q=JPEG_QUALITY, **options)


def _with_clean_profile(image: pyvips.Image) -> pyvips.Image:
    if not image.get_typeof(_PROFILE):
        return image
    image, profile = image.copy(), clean_profile(image.get(_PROFILE))
    if profile:
        image.set_type(pyvips.GValue.blob_type, _PROFILE, profile)
    else:
        image.remove(_PROFILE)
    return image


def _render_tiff(path: bytes | str, target: Path, *, limits: Limits, turn: int) -> None:
    with open_original(path) as file:
        source = pyvips.Source.new_from_descriptor(file.fileno())
        options = page_option(file)
        image = pyvips.Image.tiffload_source(source, fail_on="error", **options)
        check_pixels(*upright_size(image), limits=limits)
        pages = image.get_n_pages()
        if (
            pages > 1
            and not options
            and image.width * image.height * pages <= limits.max_pixels
        ):
            image = _all_pages(source) or image
        upright = _with_clean_profile(image.autorot())
        upright = animation.turned_frames(upright, turn)
        upright.tiffsave(str(target), compression="deflate", keep="icc")


def _all_pages(source: pyvips.Source) -> pyvips.Image | None:
    """Return the pages below each other, None where they differ or are turned."""
    try:
        image = pyvips.Image.tiffload_source(source, n=-1, fail_on="error")
    except pyvips.Error:  # sizes that differ
        return None
    return image if orientation_of(image) == 1 else None


def _render_heic(path: bytes | str, target: Path, *, limits: Limits, turn: int) -> None:
    with open_original(path) as file:
        try:
            picture = pillow_heif.open_heif(file, convert_hdr_to_8bit=True)
            check_pixels(*picture.size, limits=limits)
            shown, stated = heif_pixels(picture)
        except PILLOW_ERRORS as error:
            raise UnreadableFile(DAMAGED) from error
    image = Image.fromarray(turned_image(shown, turn).numpy())
    profile = clean_profile(stated or b"") or None
    copy = io.BytesIO()  # Pillow does not notice when a file takes a part of its bytes
    if image.mode in ("RGB", "L"):
        quality = {"quality": JPEG_QUALITY, "subsampling": "4:4:4"}
        image.save(copy, "JPEG", icc_profile=profile, exif=b"", **quality)
    else:
        image.save(copy, "PNG", icc_profile=profile, exif=b"")
    target.write_bytes(copy.getbuffer())


def _render_avif(path: bytes | str, target: Path, *, limits: Limits, turn: int) -> None:
    with open_original(path) as file:
        source = pyvips.Source.new_from_descriptor(file.fileno())
        image = pyvips.Image.heifload_source(source, fail_on="error")
        check_pixels(*upright_size(image), limits=limits)
        eight_bits = image.autorot().colourspace("srgb" if image.bands > 2 else "b-w")
        shown = as_shown(eight_bits, colours_of_avif(file))
        _write(turned_image(shown, turn), target)
