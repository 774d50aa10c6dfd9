"""Models and tokenizers of transformers, from local files that can only be data."""

import json
import logging
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from librephotos.ml.im2txt.errors import CaptionerUnusable
from librephotos.ml.transformers_log import quiet_transformers

logger = logging.getLogger(__name__)

CONFIG = "config.json"
WEIGHTS = "model.safetensors"


def load_model(
    kind: Any, folder: Path, *, attention: str, device: torch.device, dtype: torch.dtype
) -> Any:
    """Return the model of class `kind` in `folder`, on `device`, ready for inference.

    Raises CaptionerUnusable, also if weights are missing: transformers would replace
    those by random numbers and caption nonsense.
    """
    _require_config(kind, folder)
    if not (folder / WEIGHTS).is_file():
        raise CaptionerUnusable(folder, f"lacks {WEIGHTS}")
    model, report = _loaded(
        kind,
        folder,
        dtype=dtype,
        use_safetensors=True,
        output_loading_info=True,
        attn_implementation=attention,
    )
    if wrong := report["missing_keys"] | report["mismatched_keys"]:
        logger.warning("weights in %s do not fit: %s", folder, wrong)
        raise CaptionerUnusable(folder, "has incomplete weights")
    return model.to(device).eval().requires_grad_(False)


def load_part(kind: Any, folder: Path) -> Any:
    """Return a tokenizer, or what prepares pictures, of class `kind` in `folder`.

    Raises CaptionerUnusable.
    """
    return _loaded(kind, folder)


def _require_config(kind: Any, folder: Path) -> None:
    """Raise CaptionerUnusable unless the folder says that its model is of `kind`.

    Without a configuration transformers takes the default one and fills it with random
    numbers: billions of parameters for Idefics 3, which few servers survive.
    """
    expected = kind.config_class.model_type
    try:
        content = json.loads((folder / CONFIG).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CaptionerUnusable(folder, f"has no readable {CONFIG}") from error
    if not isinstance(content, dict) or content.get("model_type") != expected:
        raise CaptionerUnusable(folder, f"holds no model of type {expected}")


def _loaded(kind: Any, folder: Path, **options: Any) -> Any:
    try:
        with quiet_transformers():
            return kind.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False, **options
            )
    except (
        SafetensorError,
        AttributeError,
        LookupError,
        OSError,
        RuntimeError,
        TypeError,
        ValueError,
    ) as error:
        # Whatever a damaged file makes transformers stumble over.
        logger.warning("%s in %s does not load: %s", kind.__name__, folder, error)
        raise CaptionerUnusable(folder, f"holds no usable {kind.__name__}") from error
