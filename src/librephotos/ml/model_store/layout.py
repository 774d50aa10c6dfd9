"""Which files of a hub repository our loaders read, and which a folder lacks."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from pathlib import Path

from librephotos.ml.model_store.manifest import Model
from librephotos.ml.model_store.record import safe_name

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
# What torch.save wrote: converted, never loaded by anyone but `conversion`.
LEGACY_WEIGHTS = "pytorch_model.bin"

_SHARD = re.compile(r"model-\d{5}-of-\d{5}\.safetensors", re.ASCII)
_PREPROCESSOR = ("preprocessor_config.json", "processor_config.json")
_TOKENIZER = (
    "tokenizer.json",
    "vocab.json",
    "vocab.txt",
    "tokenizer.model",
    "spiece.model",
    "sentencepiece.bpe.model",
)
# The names that transformers saves under; no programs, no other frameworks' weights.
_SMALL = frozenset(
    (
        CONFIG,
        *_PREPROCESSOR,
        *_TOKENIZER,
        "merges.txt",
        "generation_config.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "chat_template.json",
        "chat_template.jinja",
    )
)


def wanted(names: Collection[str]) -> list[str]:
    """Return which of a repository's files to fetch, the weights last.

    Empty if there is no configuration, or no weights in a form that we load.
    """
    weights = _weights(names)
    if CONFIG not in names or not weights:
        return []
    return [*sorted(_SMALL.intersection(names)), *weights]


def missing_parts(model: Model, folder: Path) -> list[str]:
    """Return what a folder lacks to be loaded, judged by names alone; quick."""
    if model.files:
        return _absent(folder, (file.path for file in model.files))
    alternatives = (_PREPROCESSOR, _TOKENIZER)
    lacking = [
        names[0] for names in alternatives if len(_absent(folder, names)) == len(names)
    ]
    return _absent(folder, [CONFIG]) + lacking + _missing_weights(folder)


def _weights(names: Collection[str]) -> list[str]:
    if WEIGHTS in names:
        return [WEIGHTS]
    if INDEX in names:
        return [INDEX, *sorted(filter(_SHARD.fullmatch, names))]
    return [LEGACY_WEIGHTS] if LEGACY_WEIGHTS in names else []


def _missing_weights(folder: Path) -> list[str]:
    if not _absent(folder, [WEIGHTS]):
        return []
    try:
        shards = set(json.loads((folder / INDEX).read_bytes())["weight_map"].values())
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return [WEIGHTS]
    if not all(isinstance(name, str) and safe_name(name) for name in shards):
        return [WEIGHTS]
    return _absent(folder, sorted(shards))


def _absent(folder: Path, names: Iterable[str]) -> list[str]:
    return [name for name in names if not (folder / name).is_file()]
