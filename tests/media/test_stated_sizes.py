"""A picture has a size, though no decoder opens its file to tell."""

from __future__ import annotations

import io
import struct

import pillow_heif
import pytest
from PIL import Image

from librephotos.media.files.formats import sniff
from librephotos.media.limits import Limits
from librephotos.media.metadata.reading import read_metadata
from librephotos.media.pictures.thumbnails import make_thumbnails
from librephotos.media.structure.tracks import is_on_its_side
from tests.media.conftest import Keep
from tests.support.pictures import images, videos


def _turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def _packed_tiff(bits: int, orientation: int) -> bytes:
    """A TIFF of grey samples of so many bits, 60 across and 40 down."""
    strip = bytes(range(256)) * (60 * bits // 8 * 40 // 256 + 1)
    tags = {256: 60, 257: 40, 258: bits, 259: 1, 262: 1, 273: 8, 274: orientation}
    tags |= {277: 1, 278: 40, 279: len(strip)}
    body = b"".join(struct.pack("<HHII", tag, 4, 1, tags[tag]) for tag in tags)
    head = b"II*\0" + struct.pack("<I", 8 + len(strip))
    return head + strip + struct.pack("<H", len(tags)) + body + bytes(4)


def _heic(orientation: int) -> bytes:
    """A HEIC with its EXIF behind the picture, 60 across and 40 down as stored."""
    target = io.BytesIO()
    exif = _turned(orientation).tobytes()
    pillow_heif.from_pillow(images.picture(60, 40)).save(
        target, format="HEIF", exif=exif
    )
    return target.getvalue()


def _webp(**options: object) -> bytes:
    return images.encoded(images.picture(60, 40), "WEBP", **options)


_ANIMATED = images.animated("WEBP")


@pytest.mark.parametrize("orientation", [1, 3, 6])
@pytest.mark.parametrize("bits", [10, 12, 14, 64])
def test_of_packed_tiffs(bits: int, orientation: int, keep: Keep) -> None:
    _has_the_size_of_its_previews(keep("a.tif", _packed_tiff(bits, orientation)))


@pytest.mark.parametrize("share", [0.4, 0.8, 0.98])
@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(_webp(), id="WebP"),
        pytest.param(_webp(lossless=True), id="WebP without loss"),
        pytest.param(_webp(exif=_turned(6), xmp=b"<x/>" * 500), id="WebP turned"),
        pytest.param(_ANIMATED, id="WebP animated"),
        pytest.param(_heic(1), id="HEIC"),
        pytest.param(_heic(6), id="HEIC turned"),
    ],
)
def test_of_files_cut_short(whole: bytes, share: float, keep: Keep) -> None:
    _has_the_size_of_its_previews(keep("a", whole[: int(len(whole) * share)]))


@pytest.mark.parametrize(
    "data",
    [
        b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0",
        b"RIFF\0\0\0\0WEBPVP8 \xff\xff\xff\xff" + bytes(40),
        _heic(6)[:40],
    ],
)
def test_none_is_made_up(data: bytes, keep: Keep) -> None:
    path = keep("a", data)
    found = read_metadata(path, format=sniff(path), limits=Limits())
    assert found.width is None and found.height is None and found.warnings


def _has_the_size_of_its_previews(path: object) -> None:
    format = sniff(path)
    found = read_metadata(path, format=format, limits=Limits())
    made = make_thumbnails(path, format=format, limits=Limits())
    assert (found.width, found.height) == (made.width, made.height)


@pytest.mark.parametrize("format", ["mp4", "mov"])
@pytest.mark.parametrize(
    ("matrix", "size"),
    [
        ((1, 0, 0, 1), (320, 240)),
        ((0, 1, -1, 0), (240, 320)),
        ((0, -1, 1, 0), (240, 320)),
        ((-1, 0, 0, -1), (320, 240)),
        ((0, 0, 0, 0), (320, 240)),
    ],
)
def test_of_films_of_which_no_frame_is_there(
    matrix: tuple[int, ...], size: tuple[int, int], format: str, keep: Keep
) -> None:
    film = videos.with_matrix(videos.video(format=format, streamable=True), matrix)
    path = keep(f"a.{format}", film[: film.index(b"mdat") + 20])
    found = read_metadata(path, format=sniff(path), limits=Limits())
    assert (found.width, found.height) == size


def test_of_films_the_track_that_is_shown_counts(keep: Keep) -> None:
    film = videos.with_matrix(videos.video(streamable=True), (0, 1, -1, 0))
    at = film.index(b"tkhd") + 4 + 12
    other = film[:at] + (7).to_bytes(4, "big") + film[at + 4 :]
    with io.BytesIO(film) as one, io.BytesIO(other) as two:
        assert is_on_its_side(one, 1) and not is_on_its_side(two, 1)
