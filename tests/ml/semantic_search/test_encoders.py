"""Pictures and texts become vectors that mean something."""

import io
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data

from librephotos.ml.errors import ModelUnusable
from librephotos.ml.pictures import UnreadablePicture, decode
from librephotos.ml.semantic_search.checkpoint import logit_scale_and_bias
from librephotos.ml.semantic_search.errors import MissingModelFile, UnsupportedModel
from librephotos.ml.semantic_search.image_encoder import ImageEncoder
from librephotos.ml.semantic_search.text_encoder import TextEncoder
from tests.ml.semantic_search.conftest import CPU, Siglip
from tests.support.models.tiny_clip import COMBINATIONS, HELD_OUT, render

EACH = 8
PAIRS = [pair for pair in COMBINATIONS for _ in range(EACH)]


@pytest.fixture(scope="module")
def shelf(clip_images: ImageEncoder) -> np.ndarray:
    """Vectors of new pictures, eight of each combination."""
    pictures = [
        np.asarray(render(shape, colour, 5000 + number))
        for colour, shape in COMBINATIONS
        for number in range(EACH)
    ]
    return clip_images.embed(pictures)


def test_a_query_finds_what_it_names(
    shelf: np.ndarray, clip_texts: TextEncoder
) -> None:
    assert _precision(shelf, clip_texts, COMBINATIONS) >= 0.85


def test_combinations_that_were_never_shown_together_are_understood(
    shelf: np.ndarray, clip_texts: TextEncoder
) -> None:
    assert _precision(shelf, clip_texts, HELD_OUT) >= 0.6


def test_one_word_finds_all_it_fits(shelf: np.ndarray, clip_texts: TextEncoder) -> None:
    ranking = np.argsort(-(clip_texts.embed(["red"]) @ shelf.T)[0])[:30]

    assert np.mean([PAIRS[at][0] == "red" for at in ranking]) >= 0.85


def _precision(shelf: np.ndarray, texts: TextEncoder, wanted: tuple) -> float:
    queries = texts.embed([f"{colour} {shape}" for colour, shape in wanted])
    rankings = np.argsort(-(queries @ shelf.T), axis=1)[:, :EACH]
    hits = [
        [PAIRS[at] == pair for at in ranking]
        for pair, ranking in zip(wanted, rankings, strict=True)
    ]
    return float(np.mean(hits))


def test_vectors_are_normalised_and_in_order(clip_images: ImageEncoder) -> None:
    pictures = [np.asarray(render("star", "blue", seed)) for seed in range(5)]

    together = clip_images.embed(pictures, batch_size=2)
    alone = [clip_images.embed([picture], batch_size=1)[0] for picture in pictures]

    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_nothing_gives_no_rows(
    clip_images: ImageEncoder, clip_texts: TextEncoder
) -> None:
    assert len(clip_images.embed([])) == 0
    assert len(clip_texts.embed([])) == 0


def test_a_preview_looks_as_its_pixels_do(siglip: Siglip) -> None:
    encoder = ImageEncoder.load(siglip.folder, device=CPU, dtype=torch.float32)
    picture = Image.fromarray(data.astronaut())
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=95)

    fast = encoder.embed([encoded.getvalue()])
    whole = encoder.embed([decode(encoded.getvalue())])

    assert float(fast[0] @ whole[0]) > 0.99


def test_a_picture_that_cannot_be_decoded_is_told(clip_images: ImageEncoder) -> None:
    with pytest.raises(UnreadablePicture):
        clip_images.embed([b"no picture"])


def test_siglip_sees_as_transformers_does(siglip: Siglip) -> None:
    encoder = ImageEncoder.load(siglip.folder, device=CPU, dtype=torch.float32)
    picture = data.astronaut()[:200, :77]
    pixels = encoder._preprocessor.resize(picture)
    values = torch.from_numpy(pixels[None].astype(np.float32)) / 127.5 - 1

    with torch.inference_mode():
        expected = siglip.reference.get_image_features(values).pooler_output
    expected = torch.nn.functional.normalize(expected, dim=-1).numpy()

    np.testing.assert_allclose(encoder.embed([picture]), expected, atol=1e-5)


def test_siglip_reads_as_transformers_does(siglip: Siglip) -> None:
    encoder = TextEncoder.load(siglip.folder, device=CPU, dtype=torch.float32)
    letters = [4 + "▁abcdefghijklmnopqrstuvwxyz".index(c) for c in "a▁dog"]
    ids = torch.tensor([letters + [1] + [0] * 58])

    with torch.inference_mode():
        expected = siglip.reference.get_text_features(input_ids=ids).pooler_output
    expected = torch.nn.functional.normalize(expected, dim=-1).numpy()

    np.testing.assert_allclose(encoder.embed(["A Dog"]), expected, atol=1e-5)


def test_half_precision_stays_close(siglip: Siglip) -> None:
    pictures = [data.astronaut()]
    exact, coarse = (
        ImageEncoder.load(siglip.folder, device=CPU, dtype=dtype).embed(pictures)
        for dtype in (torch.float32, torch.bfloat16)
    )

    assert float(exact[0] @ coarse[0]) > 0.999


def test_scale_and_bias_are_the_models(siglip: Siglip, tiny_clip_folder: Path) -> None:
    scale, bias = logit_scale_and_bias(siglip.folder)

    assert scale == pytest.approx(np.exp(4.7), rel=1e-5)
    assert bias == pytest.approx(-16)
    assert logit_scale_and_bias(tiny_clip_folder)[1] is None


@pytest.fixture
def copied(siglip: Siglip) -> Iterator[Path]:
    """A copy of the model to spoil."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(shutil.copytree(siglip.folder, Path(name) / "model"))


@pytest.mark.parametrize(
    "name",
    ["config.json", "model.safetensors", "preprocessor_config.json"],
)
def test_a_missing_file_is_named(copied: Path, name: str) -> None:
    (copied / name).unlink()

    with pytest.raises(MissingModelFile, match=name):
        ImageEncoder.load(copied, device=CPU, dtype=torch.float32)


@pytest.mark.parametrize("name", ["tokenizer.json", "tokenizer_config.json"])
def test_a_damaged_tokenizer_is_named(copied: Path, name: str) -> None:
    (copied / name).write_bytes((copied / name).read_bytes()[:50])

    with pytest.raises(MissingModelFile, match=name):
        TextEncoder.load(copied, device=CPU, dtype=torch.float32)


def test_damaged_weights_are_refused(copied: Path) -> None:
    weights = copied / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-500])

    with pytest.raises(MissingModelFile, match="damaged"):
        ImageEncoder.load(copied, device=CPU, dtype=torch.float32)


def test_weights_of_another_model_are_refused(
    copied: Path, tiny_clip_folder: Path
) -> None:
    shutil.copy(tiny_clip_folder / "model.safetensors", copied)

    with pytest.raises(ModelUnusable):
        ImageEncoder.load(copied, device=CPU, dtype=torch.float32)


@pytest.mark.parametrize("kind", ["bert", "no-such-kind"])
def test_other_kinds_of_models_are_refused(copied: Path, kind: str) -> None:
    config = json.loads((copied / "config.json").read_text())
    (copied / "config.json").write_text(json.dumps({**config, "model_type": kind}))

    with pytest.raises(ModelUnusable):
        ImageEncoder.load(copied, device=CPU, dtype=torch.float32)


def test_a_model_that_sees_nothing_is_refused_before_its_weights_are_read(
    copied: Path,
) -> None:
    (copied / "config.json").write_text(json.dumps({"model_type": "llama"}))
    with pytest.raises(UnsupportedModel, match="gives no image vectors"):
        ImageEncoder.load(copied, device=CPU, dtype=torch.float32)


def test_code_of_the_publisher_never_runs(copied: Path) -> None:
    config = json.loads((copied / "config.json").read_text())
    config |= {
        "model_type": "homemade",
        "auto_map": {"AutoConfig": "own.Config", "AutoModel": "own.Model"},
    }
    (copied / "config.json").write_text(json.dumps(config))
    (copied / "own.py").write_text("raise SystemExit('ran')")

    with pytest.raises(UnsupportedModel):
        TextEncoder.load(copied, device=CPU, dtype=torch.float32)
