"""Painted landscapes: gradients, ridges and water, for libraries that look like one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Colour = tuple[int, int, int]
Pixels = NDArray[np.float64]


@dataclass(frozen=True)
class Light:
    """The colours of an hour: the sky from top to horizon, land from far to near."""

    sky: Sequence[Colour]
    sun: Colour
    far: Colour
    near: Colour


DAWN = Light(
    [(92, 116, 170), (206, 166, 180), (255, 214, 170)],
    (255, 244, 214),
    (190, 160, 178),
    (52, 50, 82),
)
NOON = Light(
    [(44, 110, 190), (120, 178, 226), (214, 234, 244)],
    (255, 255, 246),
    (150, 186, 206),
    (30, 76, 58),
)
DUSK = Light(
    [(38, 28, 84), (170, 62, 104), (255, 152, 84)],
    (255, 226, 150),
    (176, 84, 104),
    (28, 16, 44),
)
AUTUMN = Light(
    [(150, 178, 196), (226, 214, 190), (250, 226, 180)],
    (255, 250, 228),
    (206, 172, 132),
    (98, 46, 20),
)
WINTER = Light(
    [(120, 152, 190), (198, 214, 230), (244, 240, 240)],
    (255, 255, 255),
    (208, 220, 234),
    (88, 110, 142),
)
NIGHT = Light(
    [(6, 10, 28), (14, 30, 62), (28, 62, 84)],
    (226, 234, 246),
    (18, 36, 58),
    (4, 8, 16),
)


def mountains(
    seed: int, light: Light, size: tuple[int, int] = (900, 600)
) -> Image.Image:
    """Ridges that fade into a hazy sky."""
    chance = np.random.default_rng(seed)
    width, height = size
    canvas = _sky(light, size)
    _add_sun(canvas, light, chance.uniform(0.2, 0.8), chance.uniform(0.22, 0.4))
    for number in range(6):
        nearness = number / 5
        crest = 0.42 + 0.5 * nearness**1.2
        rough = 0.16 * (1 - 0.45 * nearness)
        ridge = (crest - rough * _noise(chance, width)) * height
        colour = _mixed(light.far, light.near, nearness)
        _paint_below(canvas, ridge, colour, haze=_mixed(light.sky[-1], colour, 0.55))
    return _image(canvas)


def sea(seed: int, light: Light, size: tuple[int, int] = (900, 600)) -> Image.Image:
    """Open water below a low sun, and its light on the waves."""
    chance = np.random.default_rng(seed)
    width, height = size
    horizon = round(height * chance.uniform(0.45, 0.6))
    sun = chance.uniform(0.25, 0.75)
    sky = _sky(light, (width, horizon))
    _add_sun(sky, light, sun, chance.uniform(0.6, 0.8))
    depth = np.linspace(0, 1, height - horizon)[:, None, None]
    water = np.asarray(_mixed(light.sky[-1], light.near, 0.35)) * (1 - depth)
    water = water + np.asarray(_mixed(light.sky[0], light.near, 0.6)) * depth
    columns = np.abs(np.linspace(0, 1, width) - sun)[None, :, None]
    path = np.exp(-((columns / (0.04 + 0.14 * depth)) ** 2))
    waves = _waves(chance, (width, height - horizon))[:, :, None]
    water = water * (0.9 + 0.2 * waves)
    water = water + (np.asarray(light.sun) - water) * path * waves**3 * 0.9
    return _image(np.concatenate([sky, np.broadcast_to(water, (*water.shape[:2], 3))]))


def aurora(seed: int, size: tuple[int, int] = (900, 600)) -> Image.Image:
    """Northern lights over a dark ridge."""
    chance = np.random.default_rng(seed)
    width, height = size
    canvas = _sky(NIGHT, size)
    stars = chance.random((height, width)) > 0.9992
    canvas[stars] += chance.uniform(60, 220, (int(stars.sum()), 1))
    rows = np.linspace(0, 1, height)[:, None]
    for colour, foot in (((40, 220, 140), 0.62), ((90, 90, 220), 0.5)):
        edge = (foot - 0.3 * _noise(chance, width))[None, :]
        rays = (0.45 + 0.55 * _noise(chance, width, octaves=7))[None, :]
        above = np.clip(edge - rows, 0, None)
        glow = np.exp(-above / 0.16) * (rows <= edge) + np.exp(
            -(((rows - edge) / 0.018) ** 2)
        ) * (rows > edge)
        canvas += (glow * rays)[:, :, None] * np.asarray(colour) * 0.85
    ridge = (0.86 - 0.16 * _noise(chance, width)) * height
    _paint_below(canvas, ridge, NIGHT.near, haze=NIGHT.near)
    return _image(canvas)


def _sky(light: Light, size: tuple[int, int]) -> Pixels:
    width, height = size
    stops = np.linspace(0, 0.75, len(light.sky))
    rows = np.linspace(0, 1, height)
    bands = [np.interp(rows, stops, [c[i] for c in light.sky]) for i in range(3)]
    return np.repeat(np.stack(bands, axis=-1)[:, None, :], width, axis=1)


def _add_sun(canvas: Pixels, light: Light, x: float, y: float) -> None:
    height, width, _ = canvas.shape
    rows, columns = np.ogrid[:height, :width]
    distance = np.hypot(rows - y * height, columns - x * width) / width
    shine = np.clip((0.028 - distance) * 900, 0, 1) + 0.5 * np.exp(-distance / 0.09)
    canvas += (np.asarray(light.sun) - canvas) * np.clip(shine, 0, 1)[:, :, None]


def _paint_below(
    canvas: Pixels, line: Pixels, colour: Pixels | Colour, *, haze: object
) -> None:
    """Fill below a line, from the colour at the crest to haze at the foot."""
    height = canvas.shape[0]
    rows = np.arange(height)[:, None]
    cover = np.clip(rows - line[None, :], 0, 1)[:, :, None]
    fall = np.clip((rows - line[None, :]) / (0.3 * height), 0, 1)[:, :, None]
    paint = np.asarray(colour) * (1 - fall) + np.asarray(haze) * fall
    canvas += (paint - canvas) * cover


def _noise(chance: np.random.Generator, length: int, octaves: int = 6) -> Pixels:
    """A smooth random line between 0 and 1."""
    line = np.zeros(length)
    for octave in range(octaves):
        count = 3 * 2**octave
        points = chance.random(count + 1)
        line += np.interp(
            np.linspace(0, count, length), np.arange(count + 1), points
        ) / (2**octave)
    return np.asarray((line - line.min()) / np.ptp(line))


def _waves(chance: np.random.Generator, size: tuple[int, int]) -> Pixels:
    """Streaks that widen towards the viewer, between 0 and 1."""
    width, height = size
    rows = 128
    small = Image.fromarray((chance.random((rows, 36)) ** 1.4 * 255).astype(np.uint8))
    wide = small.resize((width, rows), Image.Resampling.BICUBIC)
    streaks = np.asarray(wide, float) / 255
    at = rows - np.geomspace(1, rows, height)[::-1]
    above = np.clip(at.astype(int), 0, rows - 2)
    share = (at - above)[:, None]
    return np.asarray(streaks[above] * (1 - share) + streaks[above + 1] * share)


def _mixed(first: object, second: object, share: float) -> Pixels:
    return np.asarray(first) * (1 - share) + np.asarray(second) * share


def _image(canvas: Pixels) -> Image.Image:
    return Image.fromarray(np.clip(canvas, 0, 255).astype(np.uint8))
