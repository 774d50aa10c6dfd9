"""One small captioner of each kind for all tests of this folder."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ml.im2txt import tiny_models

BLIP = "blip-image-captioning-base"
SMOLVLM = "smolvlm-256m-instruct"


@pytest.fixture(scope="session")
def folders() -> Iterator[dict[str, Path]]:
    """The files of each captioner, by its name."""
    with tempfile.TemporaryDirectory(prefix="librephotos-captions-") as name:
        found = {captioner: Path(name) / captioner for captioner in (BLIP, SMOLVLM)}
        for folder in found.values():
            folder.mkdir()
        tiny_models.write_blip(found[BLIP], steps=100)
        tiny_models.write_smolvlm(found[SMOLVLM], steps=100)
        yield found
