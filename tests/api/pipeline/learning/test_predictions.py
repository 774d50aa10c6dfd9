"""What a child makes of models: all cores, one model in memory, clear errors."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from librephotos.api.pipeline.sandboxed.model_files import ModelFiles
from librephotos.api.pipeline.sandboxed.predictions import embed_pictures
from librephotos.api.pipeline.work.sandbox import Sandbox
from librephotos.cores import usable_cores
from librephotos.ml.errors import ModelUnusable
from tests.support.children import resident_bytes, torch_threads

LAYERS, WIDTH = 12, 640
PARAMETERS = LAYERS * 12 * WIDTH**2  # of the network that sees, in the main


@pytest.fixture(scope="module")
def models() -> Iterator[list[ModelFiles]]:
    """Four models of a quarter of a gigabyte each, with random weights."""
    import transformers

    side = {"image_size": 32, "patch_size": 8}
    large = {"hidden_size": WIDTH, "intermediate_size": 4 * WIDTH}
    vision = {**side, **large, "num_hidden_layers": LAYERS, "num_attention_heads": 8}
    config = transformers.CLIPConfig(
        text_config={"hidden_size": 32, "num_hidden_layers": 1, "vocab_size": 64},
        vision_config=vision,
    )
    with tempfile.TemporaryDirectory(prefix="librephotos-large-") as name:
        first = Path(name) / "first"
        transformers.CLIPModel(config).save_pretrained(first)
        processor = transformers.CLIPImageProcessorPil(
            size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
        )
        processor.save_pretrained(first)
        written = first / "preprocessor_config.json"
        written.write_text(written.read_text().replace("ProcessorPil", "Processor"))
        others = [first.with_name(name) for name in ("second", "third", "fourth")]
        for other in others:
            other.symlink_to(first)
        yield [ModelFiles(at.name, str(at), "cpu") for at in (first, *others)]


@pytest.fixture(scope="module")
def child() -> Iterator[Sandbox]:
    """A child that was told to use one thread, as those of a worker are."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    sandbox = Sandbox(timeout_s=120, memory_bytes=0)
    yield sandbox
    sandbox.stop()
    os.environ.pop("OMP_NUM_THREADS")
    if before is not None:
        os.environ["OMP_NUM_THREADS"] = before


def preview() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (48, 32), (200, 30, 40)).save(file, "JPEG")
    return file.getvalue()


def test_one_model_is_in_memory_and_all_cores_are_used(
    models: list[ModelFiles], child: Sandbox
) -> None:
    occupied = []
    for model in models:
        (outcome,) = child.map_batch(partial(embed_pictures, model), [preview()])
        assert outcome.value is not None, outcome.error
        assert np.linalg.norm(outcome.value) == pytest.approx(1, abs=1e-3)
        occupied.append(child.map(resident_bytes, [None])[0].value or 0)
    # Two bytes a parameter where the processor has bfloat16: three more models beside
    # the first would take twice as much as this allows, and what else comes and goes
    # takes half of it.
    assert occupied[3] < occupied[0] + 3 * PARAMETERS
    assert child.map(torch_threads, [None])[0].value == usable_cores()


def test_a_device_that_is_not_there_is_named(
    models: list[ModelFiles], child: Sandbox
) -> None:
    model = ModelFiles("first", models[0].folder, "cuda:9")
    with pytest.raises(ModelUnusable, match="'cuda:9'.*LIBREPHOTOS_DEVICE"):
        child.map_batch(partial(embed_pictures, model), [preview()])
