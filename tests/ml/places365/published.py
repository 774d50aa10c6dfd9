"""Scene models in the layout of the published files, with weights of our own.

The shapes are written down here once more, after the table of the paper, so that the
product's network is held to them and not to itself.
"""

import pickle
import struct
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import torch
from torch import Tensor

STAGES = {1: (64, 64), 2: (64, 128), 3: (128, 256), 4: (256, 512)}

CATEGORIES = [f"/{chr(97 + n % 26)}/place_{n}/outside" for n in range(365)]
OUTDOOR = [n % 3 == 0 for n in range(365)]
ATTRIBUTES = [f"attribute_{n}/kind" for n in range(102)]


def shapes() -> dict[str, tuple[int, ...]]:
    """Return the names and shapes of the published parameters, without prefix."""
    found: dict[str, tuple[int, ...]] = {"conv1.weight": (64, 3, 7, 7)}
    found |= _norm("bn1", 64)
    for stage, (before, width) in STAGES.items():
        for block, channels in enumerate((before, width)):
            at = f"layer{stage}.{block}"
            found[f"{at}.conv1.weight"] = (width, channels, 3, 3)
            found |= _norm(f"{at}.bn1", width)
            found[f"{at}.conv2.weight"] = (width, width, 3, 3)
            found |= _norm(f"{at}.bn2", width)
            if channels != width:
                found[f"{at}.downsample.0.weight"] = (width, channels, 1, 1)
                found |= _norm(f"{at}.downsample.1", width)
    return found | {"fc.weight": (365, 512), "fc.bias": (365,)}


def random_state(seed: int = 3) -> dict[str, Tensor]:
    """Return parameters that keep activations near one, as trained ones do."""
    dice = torch.Generator().manual_seed(seed)
    return {name: _random(name, shape, dice) for name, shape in shapes().items()}


def write_model(folder: Path, state: Mapping[str, Tensor], *, variant: str) -> None:
    """Write all files of a published scene model into `folder`."""
    write_checkpoint(folder / f"{variant}_places365.pth.tar", state)
    write_lists(folder)
    dice = np.random.default_rng(5)
    matrix = dice.normal(size=(102, 512))
    np.save(folder / "W_sceneattribute_wideresnet18.npy", matrix)


def write_lists(folder: Path) -> None:
    """Write the three lists of names, the last line without a line feed."""
    lists = {
        "categories_places365.txt": [f"{c} {n}" for n, c in enumerate(CATEGORIES)],
        "IO_places365.txt": [
            f"{name} {2 if outdoor else 1}"
            for name, outdoor in zip(CATEGORIES, OUTDOOR, strict=True)
        ],
        "labels_sunattribute.txt": ATTRIBUTES,
    }
    for name, lines in lists.items():
        (folder / name).write_text("\n".join(lines))


def write_checkpoint(path: Path, state: Mapping[str, Tensor]) -> None:
    """Write what torch.save of PyTorch 0.2 wrote under Python 2 after training.

    Tensors stand on a GPU, names carry DataParallel's prefix, strings are bytes.
    """
    entries = [[f"module.{name}", tensor] for name, tensor in state.items()]
    content = {
        "arch": "resnet18",
        "best_prec1": 54.65,
        "epoch": 90,
        "state_dict": _Dictionary(entries),
    }
    with path.open("wb") as file:
        for preamble in (0x1950A86A20F9469CFC6C, 1001, _SYSTEM):
            _Python2Pickler(file).dump(preamble)
        pickler = _Python2Pickler(file)
        pickler.dump(content)
        _Python2Pickler(file).dump(list(pickler.storages))
        for tensor in pickler.storages.values():
            file.write(struct.pack("<q", tensor.numel()) + tensor.numpy().tobytes())


_SYSTEM = {
    "protocol_version": 1001,
    "little_endian": True,
    "type_sizes": {"short": 2, "int": 4, "long": 4},
}


class _Dictionary(list[Any]):
    """An ordered dictionary as Python 2 pickled it: built from a list of pairs."""


class _Storage(NamedTuple):
    key: str
    tensor: Tensor


class _Python2Pickler(pickle._Pickler):
    """Write protocol 2 with strings as bytes, which Python 3 no longer does."""

    dispatch = pickle._Pickler.dispatch.copy()

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file, protocol=2)
        self.storages: dict[str, Tensor] = {}

    def save_string(self, text: str) -> None:
        data = text.encode("latin1")
        self.write(pickle.SHORT_BINSTRING + struct.pack("<B", len(data)) + data)
        self.memoize(text)

    dispatch[str] = save_string

    def reducer_override(self, value: object) -> Any:
        if isinstance(value, _Dictionary):
            return OrderedDict, (list(value),)
        if isinstance(value, Tensor):
            storage = _Storage(str(94_000_000 + len(self.storages)), value)
            self.storages[storage.key] = value
            parts = (storage, 0, tuple(value.shape), value.stride())
            return torch._utils._rebuild_tensor, parts
        return NotImplemented

    def persistent_id(self, value: object) -> Any:
        if not isinstance(value, _Storage):
            return None
        kind = torch.cuda.FloatStorage
        return ("storage", kind, value.key, "cuda:0", value.tensor.numel(), None)


def _norm(name: str, width: int) -> dict[str, tuple[int, ...]]:
    parts = ("weight", "bias", "running_mean", "running_var")
    return {f"{name}.{part}": (width,) for part in parts}


def _random(name: str, shape: tuple[int, ...], dice: torch.Generator) -> Tensor:
    if len(shape) > 1:
        inputs = torch.Size(shape[1:]).numel()
        return torch.randn(shape, generator=dice) * (2 / inputs) ** 0.5
    if name.endswith("bn2.weight"):  # or each block would double what it is given
        return torch.rand(shape, generator=dice) * 0.3
    if name.endswith(("running_var", "weight")):
        return torch.rand(shape, generator=dice) + 0.5
    return torch.randn(shape, generator=dice) * 0.1
