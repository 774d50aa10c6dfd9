"""Published files load and nothing in them runs; other files are named and refused."""

import pickle
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from librephotos.ml.places365.checkpoint import read_attribute_weights, read_network
from librephotos.ml.places365.errors import ModelFileError
from librephotos.ml.places365.scene import Variant
from tests.ml.places365 import published

ORDINARY = "resnet18_places365.pth.tar"
MATRIX = "W_sceneattribute_wideresnet18.npy"

Copied = Callable[..., Path]


@pytest.mark.parametrize("variant", Variant)
def test_a_file_of_python_2_loads(variant: Variant, model_folder: Path) -> None:
    network = read_network(model_folder, variant=variant)

    loaded = network.state_dict()
    for name, tensor in published.random_state().items():
        assert torch.equal(loaded[name], tensor), name
    assert not network.training
    assert {tensor.device.type for tensor in loaded.values()} == {"cpu"}


def test_the_file_is_of_python_2(model_folder: Path) -> None:
    start = (model_folder / ORDINARY).read_bytes()[:4096]

    assert b"U\x13module.conv1.weight" in start  # a string of bytes, not of Unicode
    assert b"ctorch._utils\n_rebuild_tensor\n" in start
    assert b"num_batches_tracked" not in start


def test_a_legacy_file_of_today_loads(tmp_path: Path) -> None:
    state = published.random_state()
    content = {"state_dict": {f"module.{name}": state[name] for name in state}}
    path = tmp_path / ORDINARY
    torch.save(content, path, _use_new_zipfile_serialization=False)

    network = read_network(tmp_path, variant=Variant.ORDINARY)

    assert torch.equal(network.fc.weight, state["fc.weight"])


def test_nothing_in_a_file_is_executed(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    path = tmp_path / ORDINARY
    content = {"state_dict": Touch(trace)}
    torch.save(content, path, _use_new_zipfile_serialization=False)
    with pytest.raises(ModelFileError, match="something else than weights"):
        read_network(tmp_path, variant=Variant.ORDINARY)
    assert not trace.exists()

    torch.load(path, weights_only=False)  # the trap is a real one
    assert trace.exists()


@pytest.mark.parametrize("kept", [0, 1, 40, 3_000, 1_000_000, 40_000_000])
def test_a_file_cut_short_is_refused(
    kept: int, model_folder: Path, tmp_path: Path
) -> None:
    whole = (model_folder / ORDINARY).read_bytes()
    (tmp_path / ORDINARY).write_bytes(whole[:kept])

    with pytest.raises(ModelFileError, match=f"{ORDINARY} is damaged.*download"):
        read_network(tmp_path, variant=Variant.ORDINARY)


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_damage_anywhere_is_the_same_error(tmp_path: Path) -> None:
    path = tmp_path / ORDINARY
    published.write_checkpoint(path, {"fc.weight": torch.ones(3, 2)})
    whole = path.read_bytes()
    dice = random.Random(7)
    for _ in range(400):
        damaged = bytearray(whole)
        damaged[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(ModelFileError):
            read_network(tmp_path, variant=Variant.ORDINARY)


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><title>404 Not Found</title>",
        pickle.dumps({"state_dict": {}}, protocol=2),
    ],
    ids=["a page", "a bare pickle"],
)
def test_another_kind_of_file_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / ORDINARY).write_bytes(content)

    with pytest.raises(ModelFileError, match=ORDINARY):
        read_network(tmp_path, variant=Variant.ORDINARY)


@pytest.mark.parametrize(
    "content",
    [torch.ones(3), {"epoch": 90}, {"state_dict": {"module.fc.bias": 1.0}}],
    ids=["a tensor", "no state", "a number"],
)
def test_a_file_without_weights_is_refused(content: object, tmp_path: Path) -> None:
    torch.save(content, tmp_path / ORDINARY)

    with pytest.raises(ModelFileError, match=f"{ORDINARY} holds no weights"):
        read_network(tmp_path, variant=Variant.ORDINARY)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    state = published.random_state() | {"fc.weight": torch.ones(1000, 512)}
    published.write_checkpoint(tmp_path / ORDINARY, state)

    with pytest.raises(ModelFileError, match="is not a resnet18 for 365 scenes"):
        read_network(tmp_path, variant=Variant.ORDINARY)


def test_weights_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    state = published.random_state() | {"fc.bias": torch.full((365,), torch.nan)}
    published.write_checkpoint(tmp_path / ORDINARY, state)

    with pytest.raises(ModelFileError, match=ORDINARY):
        read_network(tmp_path, variant=Variant.ORDINARY)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=f"{ORDINARY} cannot be read.*No such"):
        read_network(tmp_path, variant=Variant.ORDINARY)


@pytest.mark.parametrize("order", ["C", "F"])
def test_attribute_weights_load_as_float32(order: str, tmp_path: Path) -> None:
    matrix = np.random.default_rng(1).normal(size=(102, 512))
    np.save(tmp_path / MATRIX, np.asarray(matrix, order=order))

    weights = read_attribute_weights(tmp_path)

    assert weights.dtype is torch.float32
    np.testing.assert_allclose(weights.numpy(), matrix, rtol=1e-6)


@pytest.mark.parametrize(
    ("matrix", "problem"),
    [
        (np.ones((512, 102)), "is not a matrix of 102 × 512"),
        (np.full((102, 512), np.nan), "is damaged"),
        (np.array([{"a": 1}], dtype=object), "is damaged"),
    ],
    ids=["turned", "no numbers", "objects"],
)
def test_other_attribute_weights_are_refused(
    matrix: np.ndarray, problem: str, tmp_path: Path
) -> None:
    np.save(tmp_path / MATRIX, matrix)

    with pytest.raises(ModelFileError, match=f"{MATRIX} {problem}"):
        read_attribute_weights(tmp_path)


class Touch:
    """An object whose unpickling creates a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return subprocess.run, (["touch", str(self.path)],)
