"""Which files of a hub repository our loaders read, and which a folder lacks."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path

from librephotos.ml.model_store.manifest import Model, Purpose
from librephotos.ml.model_store.record import parse_json, safe_name

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
# What torch.save wrote: converted, never loaded by anyone but `conversion`.
LEGACY_WEIGHTS = "pytorch_model.bin"

_END = 64  # bytes that are looked at on either side of a file
_SHARD = re.compile(r"model-\d{5}-of-\d{5}\.safetensors", re.ASCII)
_PREPROCESSOR = "preprocessor_config.json"
_TOKENIZER = "tokenizer.json"
_TOKENIZER_CONFIG = "tokenizer_config.json"
# BLIP's alone is made of its vocabulary where it has no file of its own.
_BLIP = "blip-image-captioning-base"
# The names that transformers saves under; no programs, no other frameworks' weights.
_SMALL = frozenset(
    (
        CONFIG,
        _PREPROCESSOR,
        _TOKENIZER,
        _TOKENIZER_CONFIG,
        "processor_config.json",
        "vocab.json",
        "vocab.txt",
        "tokenizer.model",
        "spiece.model",
        "sentencepiece.bpe.model",
        "merges.txt",
        "generation_config.json",
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


def lacking(model: Model, names: Collection[str]) -> list[str]:
    """Return what is not among the names of a repository's files, but for weights.

    That is what the loaders of `semantic_search` and `im2txt` read: another form of the
    same, such as the vocabulary of a tokenizer, is of no use to them.
    """
    found = set(names)
    if model.name == _BLIP and "vocab.txt" in found:
        found.add(_TOKENIZER)
    wanted_by_all = [CONFIG, _PREPROCESSOR, _TOKENIZER]
    search = [] if Purpose.CAPTIONS in model.purposes else [_TOKENIZER_CONFIG]
    return [name for name in wanted_by_all + search if name not in found]


def missing_parts(model: Model, folder: Path) -> list[str]:
    """Return the files that a folder lacks to be loaded, or that are cut off; quick."""
    if model.files:
        return [file.path for file in model.files if not _is_whole(folder / file.path)]
    try:
        whole = [path.name for path in folder.iterdir() if _is_whole(path)]
    except OSError:
        return [CONFIG]
    return lacking(model, whole) + _missing_weights(model, folder)


def _weights(names: Collection[str]) -> list[str]:
    if WEIGHTS in names:
        return [WEIGHTS]
    if INDEX in names:
        return [INDEX, *sorted(filter(_SHARD.fullmatch, names))]
    return [LEGACY_WEIGHTS] if LEGACY_WEIGHTS in names else []


def _is_whole(path: Path) -> bool:
    """Whether a file is there and, if it is JSON, has both ends of an object."""
    if not path.is_file():  # to open a pipe waits for somebody who writes
        return False
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            if path.suffix != ".json":
                return size > 0
            file.seek(max(0, size - _END))
            end = file.read().rstrip()
            file.seek(0)
            return file.read(_END).lstrip()[:1] == b"{" and end[-1:] == b"}"
    except OSError:
        return False


def _missing_weights(model: Model, folder: Path) -> list[str]:
    if _is_whole(folder / WEIGHTS):
        return []
    if Purpose.CAPTIONS in model.purposes:  # whose loader reads one file
        return [WEIGHTS]
    try:
        shards = set(parse_json((folder / INDEX).read_bytes())["weight_map"].values())
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return [WEIGHTS]
    if not all(isinstance(name, str) and safe_name(name) for name in shards):
        return [WEIGHTS]
    return [name for name in sorted(shards) if not _is_whole(folder / name)]
