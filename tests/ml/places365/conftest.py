"""One published scene model for all tests of this folder."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.ml.places365 import published

Pictures = list[NDArray[np.uint8]]


@pytest.fixture(scope="session")
def model_folder() -> Iterator[Path]:
    """The files of both variants, which have the same random parameters."""
    with tempfile.TemporaryDirectory(prefix="librephotos-scenes-") as name:
        folder = Path(name)
        published.write_model(folder, published.random_state(), variant="resnet18")
        wide = folder / "wideresnet18_places365.pth.tar"
        wide.hardlink_to(folder / "resnet18_places365.pth.tar")
        yield folder


@pytest.fixture
def pictures() -> Pictures:
    """Pictures smaller and larger than what the network sees, high and wide."""
    dice = np.random.default_rng(11)
    sizes = [(31, 47), (251, 377), (501, 13)]
    return [dice.integers(0, 256, (*size, 3), dtype=np.uint8) for size in sizes]


@pytest.fixture
def copied(model_folder: Path, tmp_path: Path) -> Callable[..., Path]:
    """Make a folder with the model's files, save those that the test makes itself."""

    def copy(*, without: str) -> Path:
        for file in model_folder.iterdir():
            if file.name != without:
                (tmp_path / file.name).symlink_to(file)
        return tmp_path

    return copy
