"""A hub on this machine, and a store that asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from librephotos.ml.model_store import ModelStore, Patience
from librephotos.ml.model_store.manifest import Model, PublishedFile, Purpose
from tests.support.models.model_hub import ModelHub

NAME = "clip-vit-base-patch32"
REPOSITORY = "openai/clip-vit-base-patch32"
PLAIN = "scenes"
HASTE = Patience(timeout_s=20, attempts=3, pause_s=0.01)

MakeStore = Callable[..., ModelStore]


@pytest.fixture
def files() -> dict[str, bytes]:
    """What a repository of the hub holds; some of it is of no use to us."""
    generator = np.random.default_rng(5)
    weights = generator.standard_normal(500_000).astype(np.float32)
    return {
        "config.json": b'{"model_type": "clip"}',
        "preprocessor_config.json": b"{}",
        "tokenizer.json": b'{"version": "1.0"}',
        "tokenizer_config.json": b"{}",
        "merges.txt": b"#version: 0.2\n",
        "model.safetensors": save({"weight": weights}),
        "pytorch_model.bin": b"pickle",
        "flax_model.msgpack": b"flax",
        "modeling_evil.py": b"raise SystemExit",
        "README.md": b"# CLIP",
        ".gitattributes": b"",
    }


@pytest.fixture
def hub(files: dict[str, bytes]) -> Iterator[ModelHub]:
    """A hub with one model, and a plain address with another."""
    with ModelHub() as server:
        server.add(REPOSITORY, files)
        server.plain["/models/scenes.pth.tar"] = bytes(range(256)) * 4096
        server.plain["/models/labels.txt"] = b"/a/airfield 0\n"
        yield server


@pytest.fixture
def make_store(hub: ModelHub, tmp_path: Path) -> MakeStore:
    """Make a store that asks the hub, with the models of its plain addresses."""
    plain = Model(
        name=PLAIN,
        purposes=(Purpose.SCENES,),
        about="A test's model",
        licence="MIT",
        files=(
            PublishedFile("scenes.pth.tar", f"{hub.url}/models/scenes.pth.tar"),
            PublishedFile("labels.txt", f"{hub.url}/models/labels.txt"),
        ),
    )
    clip = Model(
        name=NAME,
        purposes=(Purpose.SEMANTIC_SEARCH,),
        about="A test's model",
        licence="MIT",
        repository=REPOSITORY,
    )

    def make(folder: Path | None = None, **options: object) -> ModelStore:
        given = {
            "endpoint": hub.url,
            "patience": HASTE,
            "known": {model.name: model for model in (clip, plain)},
        }
        return ModelStore(
            tmp_path / "models" if folder is None else folder,
            **{**given, **options},  # type: ignore[arg-type]
        )

    return make


@pytest.fixture
def store(make_store: MakeStore) -> ModelStore:
    """An empty store."""
    return make_store()
