"""Half of a published model: the network that sees, or the one that reads.

Each half is loaded alone, since the other may be the larger part of the weights: the
table of SigLIP 2's 256,000 tokens takes 800 MB in float32.
"""

import copy
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import torch
import transformers
from safetensors import SafetensorError, safe_open

from librephotos.ml.semantic_search.errors import MissingModelFile, UnsupportedModel
from librephotos.ml.transformers_log import quiet_transformers

logger = logging.getLogger(__name__)

CONFIG: Final = "config.json"
WEIGHTS: Final = "model.safetensors"
SHARDED_WEIGHTS: Final = "model.safetensors.index.json"


class Half(StrEnum):
    """Which half of a model, under the name that its features carry."""

    IMAGE = "image"
    TEXT = "text"


@dataclass(frozen=True)
class Tower:
    """A network of one half, ready to compute: batch in, vectors (n, d) out."""

    forward: Callable[..., torch.Tensor]
    device: torch.device
    dtype: torch.dtype


_TOWERS: Final[dict[tuple[str, Half], Any]] = {
    ("siglip", Half.IMAGE): transformers.SiglipVisionModel,
    ("siglip", Half.TEXT): transformers.SiglipTextModel,
    ("clip", Half.IMAGE): transformers.CLIPVisionModelWithProjection,
    ("clip", Half.TEXT): transformers.CLIPTextModelWithProjection,
}
_NAFLEX: Final = frozenset(("siglip2",))
"""These see pictures in sizes of their own, as patches with a mask; the fixed ones of
SigLIP 2 are published as "siglip"."""
_SUB_CONFIG: Final = {Half.IMAGE: "vision_config", Half.TEXT: "text_config"}


def read_json(folder: Path, name: str) -> dict[str, Any]:
    """Return the object in a file of the model. Raises MissingModelFile."""
    try:
        found = json.loads((folder / name).read_text("utf-8"))
    except FileNotFoundError as error:
        raise MissingModelFile(f"The model lacks the file {name}.") from error
    except (OSError, ValueError) as error:
        raise MissingModelFile(f"The model's file {name} is damaged.") from error
    if not isinstance(found, dict):
        raise MissingModelFile(f"The model's file {name} is damaged.")
    return found


def model_type(folder: Path) -> str:
    """Return the name of the model's architecture, such as "siglip"."""
    return str(read_json(folder, CONFIG).get("model_type", ""))


def load_tower(
    folder: Path, half: Half, *, device: torch.device, dtype: torch.dtype
) -> Tower:
    """Return one half of the model in `folder`, its weights on `device`.

    Reads local safetensors alone and never runs code of the model's publisher. Raises
    MissingModelFile and UnsupportedModel.
    """
    kind = model_type(folder)
    if kind in _NAFLEX:
        raise UnsupportedModel(
            f"Models of kind {kind!r} (NaFlex) are not supported: choose the variant "
            "of one size, such as siglip2-base-patch16-224."
        )
    _require_weights(folder)
    known = _TOWERS.get((kind, half))
    load = _load_known if known else _load_whole
    try:
        with quiet_transformers():
            network = load(known or transformers.AutoModel, folder, half, dtype)
    except (SafetensorError, RuntimeError, OSError) as error:
        logger.warning("model in %s does not load: %s", folder, error)
        raise MissingModelFile(
            f"The weights of the {kind} model are damaged."
        ) from error
    except (ValueError, KeyError) as error:
        raise UnsupportedModel(f"Models of kind {kind!r} are not supported.") from error
    network = network.to(device).eval()
    return Tower(_features(network, half, whole=known is None), device, dtype)


def logit_scale_and_bias(folder: Path) -> tuple[float, float | None]:
    """Return what turns a cosine into the model's logit: scale × cosine + bias.

    Models that compare by softmax, as CLIP, have no bias.
    """
    _require_weights(folder)
    tensors = _scalars(folder, ("logit_scale", "logit_bias"))
    if "logit_scale" not in tensors:
        raise UnsupportedModel("The model does not say how it compares vectors.")
    return float(torch.tensor(tensors["logit_scale"]).exp()), tensors.get("logit_bias")


def _require_weights(folder: Path) -> None:
    if not any((folder / name).is_file() for name in (WEIGHTS, SHARDED_WEIGHTS)):
        raise MissingModelFile(f"The model lacks the file {WEIGHTS}.")


def _load_known(cls: Any, folder: Path, half: Half, dtype: torch.dtype) -> Any:
    whole = transformers.AutoConfig.from_pretrained(folder, local_files_only=True)
    config = copy.deepcopy(getattr(whole, _SUB_CONFIG[half]))
    # CLIP's halves are published with the default size, whatever the model's own is.
    if hasattr(whole, "projection_dim"):
        config.projection_dim = whole.projection_dim
    return _load(cls, folder, dtype, config=config)


def _load_whole(cls: Any, folder: Path, half: Half, dtype: torch.dtype) -> Any:
    config = transformers.AutoConfig.from_pretrained(
        folder, local_files_only=True, trust_remote_code=False
    )
    # Asked before the weights, of which a language model has more than memory.
    network = transformers.MODEL_MAPPING.get(type(config), None)
    if not hasattr(network, f"get_{half}_features"):
        kind = config.model_type
        raise UnsupportedModel(f"A model of kind {kind!r} gives no {half} vectors.")
    return _load(cls, folder, dtype)


def _load(cls: Any, folder: Path, dtype: torch.dtype, **options: Any) -> Any:
    network, report = cls.from_pretrained(
        folder,
        dtype=dtype,
        local_files_only=True,
        use_safetensors=True,
        trust_remote_code=False,
        output_loading_info=True,
        **options,
    )
    if report["missing_keys"]:
        logger.warning("weights missing in %s: %s", folder, report["missing_keys"])
        raise MissingModelFile("The model's weights are incomplete.")
    return network


def _features(network: Any, half: Half, *, whole: bool) -> Callable[..., torch.Tensor]:
    call = getattr(network, f"get_{half}_features") if whole else network

    def forward(**inputs: torch.Tensor) -> torch.Tensor:
        found = call(**inputs)
        if isinstance(found, torch.Tensor):
            return found
        projected = getattr(found, f"{half}_embeds", None)
        pooled: torch.Tensor = found.pooler_output if projected is None else projected
        return pooled

    return forward


def _scalars(folder: Path, names: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, "pt") as file:
            for name in set(names) & set(file.keys()):
                found[name] = float(file.get_tensor(name).reshape(-1)[0])
    return found
