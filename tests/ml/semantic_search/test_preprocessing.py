"""What the models see equals what transformers' own processors make."""

import io
import json
import shutil
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
from librephotos.ml.semantic_search.errors import UnsupportedModel
from librephotos.ml.semantic_search.image_encoder import ImageEncoder
from librephotos.ml.semantic_search.preprocessing import Preprocessor
from librephotos.ml.semantic_search.text_encoder import TextEncoder
from tests.ml.semantic_search.conftest import Siglip

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


@pytest.mark.parametrize(
    "changes",
    [
        {"image_processor_type": "Siglip2ImageProcessor", "max_num_patches": 256},
        {"image_processor_type": "CLIPImageProcessor", "do_center_crop": False}
        | {"size": {"shortest_edge": 32}},
    ],
)
def test_sizes_that_differ_are_refused_when_the_model_is_loaded(
    siglip: Siglip, tmp_path: Path, changes: dict[str, object]
) -> None:
    folder = Path(shutil.copytree(siglip.folder, tmp_path / "naflex"))
    config = json.loads((folder / "preprocessor_config.json").read_text())
    del config["size"]
    (folder / "preprocessor_config.json").write_text(json.dumps(config | changes))
    with pytest.raises(UnsupportedModel, match="NaFlex"):
        ImageEncoder.load(folder, device=torch.device("cpu"), dtype=torch.float32)


@pytest.mark.parametrize("half", [ImageEncoder, TextEncoder])
def test_the_naflex_kind_is_refused_when_it_is_loaded(
    siglip: Siglip, tmp_path: Path, half: type[ImageEncoder] | type[TextEncoder]
) -> None:
    folder = Path(shutil.copytree(siglip.folder, tmp_path / "naflex"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"model_type": "siglip2"}))
    with pytest.raises(UnsupportedModel, match="NaFlex"):
        half.load(folder, device=torch.device("cpu"), dtype=torch.float32)
