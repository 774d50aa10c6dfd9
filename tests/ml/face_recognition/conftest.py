"""Real faces: one that scikit-image ships, and how it looks when photographed badly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageEnhance, ImageFilter
from skimage import data

Pixels = npt.NDArray[np.uint8]
Change = Callable[[Image.Image], Image.Image]


def _noisy(image: Image.Image) -> Image.Image:
    grain = np.random.default_rng(3).normal(0, 20, (image.height, image.width, 3))
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))


VARIATIONS: dict[str, Change] = {
    "mirrored": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "dark": lambda image: ImageEnhance.Brightness(image).enhance(0.3),
    "bright": lambda image: ImageEnhance.Brightness(image).enhance(1.4),
    "flat": lambda image: ImageEnhance.Contrast(image).enhance(0.4),
    "noisy": _noisy,
    "blurred": lambda image: image.filter(ImageFilter.GaussianBlur(2)),
    "turned left": lambda image: image.rotate(15, Image.Resampling.BICUBIC),
    "turned right": lambda image: image.rotate(-15, Image.Resampling.BICUBIC),
    "half size": lambda image: image.resize((image.width // 2, image.height // 2)),
    "grey": lambda image: image.convert("L").convert("RGB"),
    "cut": lambda image: image.crop((30, 20, image.width, image.height)),
}


@pytest.fixture(scope="session")
def portrait() -> Image.Image:
    """The head of the astronaut Eileen Collins: one face, 280 × 240 pixels."""
    return Image.fromarray(data.astronaut()[:240, 90:370])


@pytest.fixture(scope="session")
def non_faces() -> dict[str, Pixels]:
    """Pictures in which nobody is."""
    pictures = {
        name: getattr(data, name)()
        for name in ("coffee", "chelsea", "rocket", "coins", "brick", "text")
    }
    return {
        name: np.ascontiguousarray(
            np.stack([pixels] * 3, axis=-1) if pixels.ndim == 2 else pixels[..., :3]
        )
        for name, pixels in pictures.items()
    }
