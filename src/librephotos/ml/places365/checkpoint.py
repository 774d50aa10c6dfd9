"""The published files of weights: torch.save's pickle of PyTorch 0.2 and Python 2."""

import pickle
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from librephotos.ml.places365.errors import ModelFileError
from librephotos.ml.places365.labels import ATTRIBUTES, CATEGORIES
from librephotos.ml.places365.network import FEATURES, ResNet18
from librephotos.ml.places365.scene import Variant

ATTRIBUTES_WEIGHTS_FILE = "W_sceneattribute_wideresnet18.npy"

PREFIX = "module."  # what DataParallel put before each name when it was trained

UNREADABLE = (
    pickle.UnpicklingError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What torch.load answers to a damaged file, depending on where the damage is."""


def weights_file(variant: Variant) -> str:
    """Return the name under which the weights of `variant` are published."""
    return f"{variant}_places365.pth.tar"


def read_network(folder: Path, *, variant: Variant) -> ResNet18:
    """Return the network with the published weights of `variant` in `folder`.

    It is in evaluation mode, in float32, on the CPU. Nothing in the file is executed:
    one that holds more than numbers and names is refused.

    Raises ModelFileError.
    """
    path = folder / weights_file(variant)
    state = _state(path)
    # On the meta device the network costs nothing until it takes the file's tensors.
    with torch.device("meta"):
        network = ResNet18(CATEGORIES, wide=variant == Variant.WIDE)
    try:
        network.load_state_dict(state, assign=True)
    except RuntimeError as error:
        problem = f"is not a {variant} for {CATEGORIES} scenes"
        raise ModelFileError(path, problem) from error
    return network.eval().requires_grad_(False)


def read_attribute_weights(folder: Path) -> Tensor:
    """Return the (102, 512) float32 matrix from features to attribute responses.

    Raises ModelFileError.
    """
    path = folder / ATTRIBUTES_WEIGHTS_FILE
    try:
        matrix = np.load(path, allow_pickle=False)
    except OSError as error:
        raise _unreadable(path, error) from error
    except (EOFError, ValueError) as error:
        raise ModelFileError(path, "is damaged") from error
    if not isinstance(matrix, np.ndarray) or matrix.shape != (ATTRIBUTES, FEATURES):
        raise ModelFileError(path, f"is not a matrix of {ATTRIBUTES} × {FEATURES}")
    weights = torch.from_numpy(np.ascontiguousarray(matrix, dtype=np.float32))
    if not weights.isfinite().all():
        raise ModelFileError(path, "is damaged")
    return weights


def _state(path: Path) -> dict[str, Tensor]:
    try:
        # The tensors were on a GPU. Names were bytes, all of ASCII: torch decodes them.
        content = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise _unreadable(path, error) from error
    except UNREADABLE as error:
        problem = "is damaged, or holds something else than weights"
        raise ModelFileError(path, problem) from error
    state = content.get("state_dict") if isinstance(content, Mapping) else None
    if not isinstance(state, Mapping) or not all(map(_is_entry, state.items())):
        raise ModelFileError(path, "holds no weights")
    return {name.removeprefix(PREFIX): tensor for name, tensor in state.items()}


def _is_entry(entry: tuple[object, object]) -> bool:
    name, tensor = entry
    # A tensor of nonsense would be found only in the tags of the first photo.
    return (
        isinstance(name, str)
        and isinstance(tensor, Tensor)
        and bool(tensor.isfinite().all())
    )


def _unreadable(path: Path, error: OSError) -> ModelFileError:
    return ModelFileError(path, f"cannot be read ({error.strerror or error})")
