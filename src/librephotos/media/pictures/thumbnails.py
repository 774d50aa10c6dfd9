"""Previews of a picture or video, and what is computed from their pixels."""

from dataclasses import dataclass, replace

import pyvips

from librephotos.full_disk import is_full
from librephotos.media.damaged import damage_text, decode_damaged
from librephotos.media.decoding import animation, video
from librephotos.media.decoding.odd_tiffs import decode_odd_tiff
from librephotos.media.decoding.pixels import (
    DAMAGED,
    PILLOW_ERRORS,
    Box,
    Decoded,
    decode_still,
    shrunk,
    turned_picture,
)
from librephotos.media.decoding.png_gamma import decode_png_by_gamma
from librephotos.media.errors import (
    UnavailableFile,
    UnreadableFile,
    UnsupportedFormat,
)
from librephotos.media.files.formats import Format, Kind
from librephotos.media.files.wholeness import share_there
from librephotos.media.limits import Limits
from librephotos.media.original import open_original
from librephotos.media.pictures import raw
from librephotos.media.pictures.looks import looks_of
from librephotos.media.turns import UNTURNED

# Heights are the contract's; the widths keep a panorama from becoming a giant.
BIG = Box(4096, 1080)
MEDIUM = Box(2000, 500)
SMALL = Box(1000, 250)

JPEG_QUALITY = 82  # docs/adr/0002-thumbnail-format.md
WEBP_QUALITY = 80
WEBP_EFFORT = 2


@dataclass(frozen=True)
class Preview:
    """One encoded preview and its media type."""

    data: bytes
    mime: str


@dataclass(frozen=True)
class Thumbnails:
    """The previews of one file and the facts drawn from their pixels.

    big, medium and small are stills at most 1080, 500 and 250 pixels high; the clips
    are silent, short and moving, for videos and animations only. width and height are
    the upright size of the original. dominant_color is "#rrggbb". placeholder is a
    WebP of at most 16 pixels. phash is a 64-bit hash as a signed integer. damage is a
    sentence where only a part of the file could be shown, else "".
    """

    big: Preview
    medium: Preview
    small: Preview
    clip_medium: Preview | None
    clip_small: Preview | None
    width: int
    height: int
    dominant_color: str
    placeholder: bytes
    phash: int
    damage: str


def make_thumbnails(
    path: bytes | str, *, format: Format, limits: Limits, turn: int = UNTURNED
) -> Thumbnails:
    """Return the previews of the file at `path`, from one decode of it.

    They are upright, in sRGB, without metadata and never larger than the original:
    JPEG, or WebP where the picture is partly transparent. Of a damaged picture they
    show what is there. A still is turned by `turn` (media.turns) besides.

    Raises UnreadableFile if nothing can be seen, LimitExceeded, and UnsupportedFormat
    for a sidecar or a variant of a format that no decoder knows.
    """
    try:
        return _make(path, format=format, limits=limits, turn=turn)
    except pyvips.Error as error:
        raise UnreadableFile(DAMAGED) from error


def _make(
    path: bytes | str, *, format: Format, limits: Limits, turn: int
) -> Thumbnails:
    if format.kind is Kind.SIDECAR:
        raise UnsupportedFormat("A sidecar holds no picture.")
    if format.kind is Kind.VIDEO:
        return _from_video(path, format=format, limits=limits)
    if format.kind is Kind.RAW:
        decoded = _raw(path, format=format, limits=limits)
        damage = decoded.damage or damage_text(share_there(path, format=format))
        return _from_still(_turned(replace(decoded, damage=damage), turn))
    decoded = _still(path, format=format, limits=limits)
    clips: tuple[bytes, bytes] | None = None
    if format.name in animation.LOADERS:
        boxes = (MEDIUM, SMALL)
        try:
            clips = animation.clips(
                path, format=format, boxes=boxes, limits=limits, turn=turn
            )
        except pyvips.Error:  # a later frame is damaged
            damage = decoded.damage or damage_text(None, what="animation")
            decoded = replace(decoded, damage=damage)
    return _from_still(_turned(decoded, turn), clips=clips, clip_mime="image/webp")


def _turned(decoded: Decoded, turn: int) -> Decoded:
    """Turn a still, and fit it into its box again."""
    if turn == UNTURNED:
        return decoded
    turned = turned_picture(decoded, turn)
    return replace(turned, image=shrunk(turned.image, BIG))


def _still(path: bytes | str, *, format: Format, limits: Limits) -> Decoded:
    try:
        decoded = _odd_still(path, format=format, limits=limits)
        decoded = decoded or decode_still(path, format=format, box=BIG, limits=limits)
    except UnavailableFile:
        raise
    except UnreadableFile as error:
        if is_full(error):  # the folder of temporary files
            raise
        decoded = decode_damaged(path, format=format, box=BIG, limits=limits)
    if decoded.damage:
        return decoded
    return replace(decoded, damage=damage_text(share_there(path, format=format)))


def _raw(path: bytes | str, *, format: Format, limits: Limits) -> Decoded:
    try:
        return raw.decode_raw(path, box=BIG, limits=limits)
    except UnavailableFile:
        raise
    except UnreadableFile as error:
        if is_full(error):
            raise
        return decode_damaged(path, format=format, box=BIG, limits=limits)


def _odd_still(path: bytes | str, *, format: Format, limits: Limits) -> Decoded | None:
    decode = {"TIFF": decode_odd_tiff, "PNG": decode_png_by_gamma}.get(format.name)
    if decode is None:
        return None
    with open_original(path) as file:
        try:
            return decode(file, box=BIG, limits=limits)
        except (pyvips.Error, *PILLOW_ERRORS) as error:
            raise UnreadableFile(DAMAGED) from error


def _from_video(path: bytes | str, *, format: Format, limits: Limits) -> Thumbnails:
    film = video.decode_video(
        path, format=format, boxes=(BIG, MEDIUM, SMALL), limits=limits
    )
    there = share_there(path, format=format)
    if there == 1 and film.is_damaged:
        there = None
    poster = replace(film.poster, damage=damage_text(there, what="video"))
    return _from_still(poster, clips=film.clips, clip_mime="video/mp4")


def _from_still(
    decoded: Decoded,
    *,
    clips: tuple[bytes, bytes] | None = None,
    clip_mime: str = "",
) -> Thumbnails:
    medium = shrunk(decoded.image, MEDIUM)
    small = shrunk(medium, SMALL)
    big_preview = _encoded(decoded.image)
    medium_preview = _encoded(medium) if medium is not decoded.image else big_preview
    looks = looks_of(small)
    return Thumbnails(
        big=big_preview,
        medium=medium_preview,
        small=_encoded(small) if small is not medium else medium_preview,
        clip_medium=Preview(clips[0], clip_mime) if clips else None,
        clip_small=Preview(clips[1], clip_mime) if clips else None,
        width=decoded.width,
        height=decoded.height,
        dominant_color=looks.dominant_color,
        placeholder=looks.placeholder,
        phash=looks.phash,
        damage=decoded.damage,
    )


def _encoded(image: pyvips.Image) -> Preview:
    if image.hasalpha():
        data = image.webpsave_buffer(Q=WEBP_QUALITY, effort=WEBP_EFFORT, keep="none")
        return Preview(data, "image/webp")
    return Preview(image.jpegsave_buffer(Q=JPEG_QUALITY, keep="none"), "image/jpeg")
