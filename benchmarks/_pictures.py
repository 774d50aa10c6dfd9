"""Photographs as a camera might have taken them: detail, grain, EXIF and GPS."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import exiv2
import pyvips

SEED = 20_06
QUALITY = 92
"""Gives some 4 MB at 12 megapixels with this much detail, as cameras do."""

_SCENES = 4
_MARGIN = 256  # pixels by which crops of a scene may differ
_OCTAVES = (4, 16, 64, 256)
_GRAIN = 7.5
_CAMERAS = (("Canon", "Canon EOS R6"), ("Apple", "iPhone 13"), ("FUJIFILM", "X-T4"))
_FIRST = datetime(2015, 3, 1, 8)


def write_pictures(folder: Path, *, count: int, megapixels: float) -> list[Path]:
    """Write `count` distinct 4:3 JPEGs in folders of 100, always the same ones."""
    paths = [folder / f"{n // 100:03}" / f"IMG_{n:05}.jpg" for n in range(count)]
    for parent in {path.parent for path in paths}:
        parent.mkdir(parents=True)
    with multiprocessing.get_context("spawn").Pool() as pool:
        jobs = [(scene, paths, megapixels) for scene in range(_SCENES)]
        pool.starmap(_write_scene, jobs, chunksize=1)
    return paths


def _write_scene(scene: int, paths: Sequence[Path], megapixels: float) -> None:
    """Write every picture that shows this scene, each a different crop of it."""
    height = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    width = round(height * 4 / 3)
    image = _scene(width + _MARGIN, height + _MARGIN, scene)
    for number in range(scene, len(paths), _SCENES):
        chance = random.Random(SEED + number)
        left, top = chance.randrange(_MARGIN), chance.randrange(_MARGIN)
        picture = image.crop(left, top, width, height)
        if chance.random() < 0.5:
            picture = picture.fliphor()
        picture.jpegsave(str(paths[number]), Q=QUALITY, subsample_mode="on")
        _describe(paths[number], number, chance)


def _scene(width: int, height: int, seed: int) -> pyvips.Image:
    """Return noise of all sizes, the larger the stronger, as in natural pictures."""
    grey = pyvips.Image.black(width, height) + 128
    for octave in _OCTAVES:
        noise = pyvips.Image.perlin(width, height, cell_size=octave, seed=seed)
        grey += noise * (octave**0.5 * 5)
    grey = grey.copy_memory()
    colours = [_channel(grey, 10 * seed + channel) for channel in range(3)]
    image = colours[0].bandjoin(colours[1:])
    return image.cast("uchar").copy(interpretation="srgb").copy_memory()


def _channel(grey: pyvips.Image, seed: int) -> pyvips.Image:
    size = (grey.width, grey.height)
    tint = pyvips.Image.perlin(*size, cell_size=_OCTAVES[-1], seed=seed) * 60
    return grey + tint + pyvips.Image.gaussnoise(*size, sigma=_GRAIN, seed=seed, mean=0)


def _describe(path: Path, number: int, chance: random.Random) -> None:
    make, model = _CAMERAS[number % len(_CAMERAS)]
    taken = _FIRST + timedelta(hours=7 * number)
    image = exiv2.ImageFactory.open(str(path))
    image.readMetadata()
    exif = image.exifData()
    exif["Exif.Image.Make"] = make
    exif["Exif.Image.Model"] = model
    exif["Exif.Image.Orientation"] = exiv2.UShortValue(1)
    exif["Exif.Photo.DateTimeOriginal"] = f"{taken:%Y:%m:%d %H:%M:%S}"
    exif["Exif.Photo.FNumber"] = exiv2.URationalValue((28, 10))
    exif["Exif.Photo.ISOSpeedRatings"] = exiv2.UShortValue(200)
    for axis, letters, reach in (("Latitude", "NS", 60), ("Longitude", "EW", 170)):
        degrees = chance.uniform(-reach, reach)
        exif[f"Exif.GPSInfo.GPS{axis}Ref"] = letters[degrees < 0]
        exif[f"Exif.GPSInfo.GPS{axis}"] = _sexagesimal(abs(degrees))
    image.writeMetadata()


def _sexagesimal(degrees: float) -> str:
    whole, minutes = int(degrees), degrees % 1 * 60
    return f"{whole}/1 {int(minutes)}/1 {int(minutes % 1 * 6000)}/100"


def warm(paths: Sequence[Path]) -> int:
    """Read the files into the page cache; return their size in bytes."""
    return sum(len(path.read_bytes()) for path in paths)
