"""A small library that looks like someone's: pictures over days, places and cameras.

The photographs are those that scikit-image ships, the landscapes are painted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from PIL import Image, ImageEnhance, ImageOps
from skimage import data

from tests.support.pictures.images import encoded, gps, with_metadata
from tests.support.pictures.landscapes import (
    AUTUMN,
    DAWN,
    DUSK,
    NIGHT,
    NOON,
    WINTER,
    Light,
    aurora,
    mountains,
    sea,
)

Painter = Callable[[tuple[int, int]], Image.Image]
LANDSCAPE = (3, 2)
PORTRAIT = (2, 3)
SQUARE = (1, 1)
WIDE = (16, 9)


@dataclass(frozen=True)
class Camera:
    """What EXIF says of a camera."""

    make: str
    model: str
    lens: str = ""


@dataclass(frozen=True)
class Picture:
    """A painter, and the shape it is asked to fill."""

    paint: Painter
    shape: tuple[int, int] = LANDSCAPE


@dataclass(frozen=True)
class Outing:
    """Pictures taken a few minutes apart with one camera at one place."""

    name: str
    start: datetime
    camera: Camera
    at: tuple[float, float]
    pictures: tuple[Picture, ...]


FUJI = Camera("FUJIFILM", "X-T4", "XF16-55mmF2.8 R LM WR")
CANON = Camera("Canon", "EOS R6", "RF24-105mm F4 L IS USM")
PIXEL = Camera("Google", "Pixel 7")

ZERMATT = (46.0207, 7.7491)
LAGOS = (37.1020, -8.6742)
VIENNA = (48.2082, 16.3738)
TROMSO = (69.6492, 18.9553)
CAPE_CANAVERAL = (28.3922, -80.6077)
GHENT = (51.0543, 3.7174)
HOUSTON = (29.7604, -95.3698)
KYOTO = (35.0116, 135.7681)


def _painted(
    scene: Callable[..., Image.Image], seed: int, light: Light, shape: tuple[int, int]
) -> Picture:
    return Picture(partial(scene, seed, light), shape)


def _night_sky(seed: int, shape: tuple[int, int]) -> Picture:
    return Picture(partial(aurora, seed), shape)


def _crop(
    name: str,
    shape: tuple[int, int],
    *,
    zoom: float = 1.0,
    at: tuple[float, float] = (0.5, 0.5),
    colour: float = 1.0,
    mirrored: bool = False,
) -> Picture:
    """A part of a photograph of scikit-image's: its centre, and how much closer."""

    def paint(size: tuple[int, int]) -> Image.Image:
        image = Image.fromarray(_photograph(name)).convert("RGB")
        width, height = (round(length / zoom) for length in image.size)
        left = round((image.width - width) * at[0])
        top = round((image.height - height) * at[1])
        part = image.crop((left, top, left + width, top + height))
        part = ImageOps.mirror(part) if mirrored else part
        part = ImageEnhance.Color(part).enhance(colour)
        return ImageOps.fit(part, size, Image.Resampling.LANCZOS, centering=at)

    return Picture(paint, shape)


def _photograph(name: str) -> object:
    """The pixels of a photograph that comes with scikit-image's wheel."""
    if name == "motorcycle":
        return data.stereo_motorcycle()[0]
    return getattr(data, name)()


OUTINGS = (
    Outing(
        "zermatt-morning",
        datetime(2024, 9, 14, 6, 52),
        FUJI,
        ZERMATT,
        (
            _painted(mountains, 1, DAWN, PORTRAIT),
            _painted(mountains, 2, NOON, WIDE),
            _crop("coffee", SQUARE, zoom=1.1, at=(0.55, 0.4)),
            _painted(mountains, 3, DUSK, LANDSCAPE),
        ),
    ),
    Outing(
        "lagos-evening",
        datetime(2024, 7, 21, 20, 31),
        PIXEL,
        LAGOS,
        (
            _painted(sea, 2, NOON, WIDE),
            _crop("chelsea", LANDSCAPE, zoom=1.05),
            _painted(sea, 1, DUSK, LANDSCAPE),
        ),
    ),
    Outing(
        "tromso-night",
        datetime(2024, 2, 10, 20, 40),
        FUJI,
        TROMSO,
        (
            _night_sky(1, LANDSCAPE),
            _night_sky(2, WIDE),
            _painted(mountains, 5, WINTER, LANDSCAPE),
            _night_sky(4, PORTRAIT),
        ),
    ),
    Outing(
        "home-garage",
        datetime(2023, 12, 27, 15, 10),
        CANON,
        GHENT,
        (
            _crop("motorcycle", LANDSCAPE),
            _crop("motorcycle", SQUARE, zoom=2.2, at=(0.72, 0.55)),
            _crop("chelsea", SQUARE, zoom=1.9, at=(0.42, 0.4)),
            _crop("motorcycle", WIDE, zoom=1.8, at=(0.3, 0.5), colour=0.0),
        ),
    ),
    Outing(
        "vienna-coffee",
        datetime(2023, 10, 2, 9, 15),
        PIXEL,
        VIENNA,
        (
            _crop("coffee", LANDSCAPE),
            _crop("coffee", SQUARE, zoom=2.0, at=(0.5, 0.25)),
            _painted(mountains, 4, AUTUMN, WIDE),
            _crop("coffee", PORTRAIT, zoom=1.3, at=(0.6, 0.6), mirrored=True),
        ),
    ),
    Outing(
        "cape-launch",
        datetime(2022, 12, 15, 17, 48),
        CANON,
        CAPE_CANAVERAL,
        (
            _crop("rocket", LANDSCAPE),
            _crop("rocket", PORTRAIT, zoom=1.3, at=(0.5, 0.6)),
            _painted(sea, 14, DUSK, WIDE),
            _crop("rocket", SQUARE, zoom=2.0, at=(0.48, 0.9), colour=1.3),
        ),
    ),
    Outing(
        "houston-visit",
        datetime(2022, 12, 12, 11, 5),
        CANON,
        HOUSTON,
        (
            _crop("astronaut", SQUARE),
            _crop("hubble_deep_field", WIDE, zoom=1.8, at=(0.7, 0.5)),
            _crop("astronaut", PORTRAIT, zoom=1.8, at=(0.4, 0.0)),
            _crop("moon", SQUARE, zoom=1.2, at=(0.1, 0.1)),
        ),
    ),
    Outing(
        "kyoto-autumn",
        datetime(2021, 11, 20, 16, 20),
        FUJI,
        KYOTO,
        (
            _painted(mountains, 31, AUTUMN, LANDSCAPE),
            _painted(mountains, 33, DUSK, PORTRAIT),
            _crop("camera", SQUARE),
            _painted(mountains, 34, DAWN, WIDE),
            _painted(mountains, 22, AUTUMN, LANDSCAPE),
            _painted(mountains, 7, NIGHT, WIDE),
        ),
    ),
    Outing(
        "lagos-sunrise",
        datetime(2021, 8, 3, 6, 12),
        PIXEL,
        LAGOS,
        (
            _painted(sea, 3, DAWN, LANDSCAPE),
            _painted(sea, 11, DUSK, PORTRAIT),
            _painted(sea, 5, NIGHT, SQUARE),
            _painted(mountains, 25, WINTER, WIDE),
        ),
    ),
    Outing(
        "ghent-spring",
        datetime(2020, 4, 18, 13, 0),
        PIXEL,
        GHENT,
        (
            _crop("chelsea", LANDSCAPE, mirrored=True),
            _crop("grass", SQUARE),
            _crop("brick", SQUARE),
            _painted(sea, 17, NOON, LANDSCAPE),
        ),
    ),
)
"""Newest first, as the timeline shows them."""


def write_showcase(folder: Path, *, pixels: int = 540_000) -> int:
    """Write all outings as JPEGs of about this many pixels; return how many."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for outing in OUTINGS:
        for number, picture in enumerate(outing.pictures):
            file = folder / f"{outing.name}-{number + 1}.jpg"
            file.write_bytes(_jpeg(outing, number, picture, pixels))
            count += 1
    return count


def _jpeg(outing: Outing, number: int, picture: Picture, pixels: int) -> bytes:
    across, down = picture.shape
    scale = (pixels / (across * down)) ** 0.5
    image = picture.paint((round(across * scale), round(down * scale)))
    moment = outing.start + timedelta(minutes=11 * number)
    exif = {
        "Exif.Image.Make": outing.camera.make,
        "Exif.Image.Model": outing.camera.model,
        "Exif.Photo.DateTimeOriginal": f"{moment:%Y:%m:%d %H:%M:%S}",
        "Exif.Photo.FNumber": "28/10",
        "Exif.Photo.ExposureTime": "1/250",
        "Exif.Photo.ISOSpeedRatings": "200",
        "Exif.Photo.FocalLength": "35/1",
        **gps(*outing.at),
    }
    if outing.camera.lens:
        exif["Exif.Photo.LensModel"] = outing.camera.lens
    return with_metadata(encoded(image, "JPEG", quality=90), exif=exif)
