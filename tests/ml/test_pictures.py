"""Previews become pixels."""

import io

import numpy as np
import pytest
from PIL import Image

from librephotos.ml.pictures import UnreadablePicture, decode
from tests.support.pictures.images import encoded, quadrants


def test_a_jpeg_keeps_its_shape_and_colours() -> None:
    pixels = decode(encoded(quadrants(400, 300), "JPEG", quality=95))

    assert (pixels.shape, pixels.dtype) == ((300, 400, 3), np.uint8)
    assert np.abs(pixels[20, 20].astype(int) - (230, 20, 20)).max() < 8
    assert np.abs(pixels[20, 380].astype(int) - (20, 200, 20)).max() < 8


@pytest.mark.parametrize(
    ("side", "shape"),
    [(224, (250, 334, 3)), (251, (500, 667, 3)), (800, (500, 667, 3))],
)
def test_a_jpeg_is_halved_only_while_enough_is_left(
    side: int, shape: tuple[int, ...]
) -> None:
    pixels = decode(encoded(quadrants(667, 500), "JPEG"), at_least=side)

    assert pixels.shape == shape
    assert np.abs(pixels[20, 20].astype(int) - (230, 20, 20)).max() < 12


def test_transparent_parts_of_a_webp_lie_on_white() -> None:
    image = Image.new("RGBA", (8, 6), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 4, 6))

    pixels = decode(encoded(image, "WEBP", lossless=True))

    assert pixels[3, 6].tolist() == [255, 255, 255]
    assert pixels[3, 1].tolist() == [0, 0, 255]


def test_grey_becomes_three_equal_channels() -> None:
    pixels = decode(encoded(Image.new("L", (5, 4), 90), "JPEG"))

    assert pixels.shape == (4, 5, 3)
    assert (pixels == pixels[..., :1]).all()


@pytest.mark.parametrize("cut", [0, 2, 300])
def test_damaged_bytes_are_refused(cut: int) -> None:
    whole = encoded(quadrants(), "JPEG")

    with pytest.raises(UnreadablePicture):
        decode(whole[:cut])


def test_formats_that_are_no_previews_are_refused() -> None:
    target = io.BytesIO()
    quadrants(20, 20).save(target, "PNG")

    with pytest.raises(UnreadablePicture):
        decode(target.getvalue())
