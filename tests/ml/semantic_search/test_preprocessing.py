"""What the models see equals what transformers' own processors make."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import (
    SiglipImageProcessorPil,
)

from librephotos.ml.pictures import Picture, decode
from librephotos.ml.semantic_search.preprocessing import Preprocessor

PROCESSORS = [SiglipImageProcessorPil, CLIPImageProcessorPil]


def _preview(image: Image.Image, format: str = "JPEG", **options: object) -> Picture:
    target = io.BytesIO()
    image.save(target, format, **options)
    return decode(target.getvalue())


def _pictures() -> dict[str, Picture]:
    photograph = Image.fromarray(data.astronaut())
    see_through = photograph.convert("RGBA")
    see_through.putalpha(photograph.convert("L"))
    return {
        "odd size": _preview(photograph.resize((333, 257))),
        "smaller than seen": _preview(photograph.resize((97, 41))),
        "a strip": _preview(photograph.resize((1200, 31))),
        "one pixel": _preview(photograph.resize((1, 1))),
        "grey": _preview(photograph.convert("L")),
        "transparent": _preview(see_through, "WEBP", quality=90),
        "CMYK": _preview(photograph.convert("CMYK")),
        "turned": np.rot90(np.asarray(photograph))[:300],
    }


PICTURES = _pictures()


@pytest.mark.parametrize("processor", PROCESSORS)
@pytest.mark.parametrize("name", PICTURES)
def test_equals_the_processor(name: str, processor: type, tmp_path: Path) -> None:
    theirs = processor()
    theirs.save_pretrained(tmp_path)
    ours = Preprocessor.load(tmp_path)
    picture = PICTURES[name]

    pixels = torch.from_numpy(ours.resize(picture)[None])
    values = ours.normalise(pixels, dtype=torch.float32)

    expected = theirs(
        Image.fromarray(np.ascontiguousarray(picture)), return_tensors="np"
    )
    np.testing.assert_allclose(values[0], expected["pixel_values"][0], atol=1e-4)


def test_the_side_that_is_seen(tmp_path: Path) -> None:
    CLIPImageProcessorPil().save_pretrained(tmp_path)

    assert Preprocessor.load(tmp_path).shortest_side == 224
