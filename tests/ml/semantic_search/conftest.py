"""Small models of the published kinds."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
import transformers

from librephotos.ml.semantic_search.image_encoder import ImageEncoder
from librephotos.ml.semantic_search.text_encoder import TextEncoder
from tests.support.models.tiny_clip import tiny_clip_folder  # noqa: F401  a fixture
from tests.support.models.tiny_siglip import tiny_siglip

CPU = torch.device("cpu")


@dataclass(frozen=True)
class Siglip:
    """A saved model, and the same in memory to compare with."""

    folder: Path
    reference: transformers.SiglipModel


@pytest.fixture(scope="session")
def siglip() -> Iterator[Siglip]:
    """A SigLIP as published, with random weights."""
    with tempfile.TemporaryDirectory() as name:
        yield Siglip(Path(name), tiny_siglip(Path(name)))


@pytest.fixture(scope="session")
def clip_images(tiny_clip_folder: Path) -> ImageEncoder:  # noqa: F811
    """The trained CLIP's seeing half."""
    return ImageEncoder.load(tiny_clip_folder, device=CPU, dtype=torch.float32)


@pytest.fixture(scope="session")
def clip_texts(tiny_clip_folder: Path) -> TextEncoder:  # noqa: F811
    """The trained CLIP's reading half."""
    return TextEncoder.load(tiny_clip_folder, device=CPU, dtype=torch.float32)
