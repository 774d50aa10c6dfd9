"""Texts to tokens, as the published models were trained."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, processors

from librephotos.ml.semantic_search.checkpoint import CONFIG, read_json

TOKENIZER: Final = "tokenizer.json"
TOKENIZER_CONFIG: Final = "tokenizer_config.json"
_SIGLIP: Final = ("siglip", "siglip2")
_CLIP_LENGTH: Final = 77  # Radford and others 2021, section 2.4
_SIGLIP_LENGTH: Final = 64  # Tschannen and others 2025, section 2.1


@dataclass(frozen=True)
class Tokens:
    """Tokens of n texts, int64, and where there are any: both n × length."""

    ids: NDArray[np.int64]
    mask: NDArray[np.int64] | None


class TextTokenizer:
    """Splits texts into the tokens of one model.

    SigLIP was trained on lower-cased texts, padded on the right to 64 tokens without a
    mask. Its checkpoints name Gemma's tokenizer, which by itself does none of that and
    in recent transformers drops the end token; so tokenizer.json is read directly, with
    the special tokens that tokenizer_config.json asks for.
    """

    def __init__(self, tokenizer: Tokenizer, *, siglip: bool) -> None:
        self._tokenizer = tokenizer
        self._siglip = siglip

    @classmethod
    def load(cls, folder: Path) -> "TextTokenizer":
        """Return the tokenizer of the model in `folder`. Raises MissingModelFile."""
        model = read_json(folder, CONFIG)
        options = read_json(folder, TOKENIZER_CONFIG)
        tokenizer = _read(folder)
        siglip = model.get("model_type") in _SIGLIP
        length = _length(model, siglip=siglip)
        _add_special_tokens(tokenizer, options)
        pad = _content(options.get("pad_token")) or ""
        tokenizer.enable_truncation(length)
        tokenizer.enable_padding(
            direction="right",
            pad_id=tokenizer.token_to_id(pad) or 0,
            pad_token=pad,
            length=length if siglip else None,
        )
        return cls(tokenizer, siglip=siglip)

    def __call__(self, texts: list[str]) -> Tokens:
        """Return the tokens of `texts`, cut and padded to one length."""
        if self._siglip:
            texts = [text.lower() for text in texts]
        encoded = self._tokenizer.encode_batch(texts)
        ids = np.array([text.ids for text in encoded], np.int64)
        mask = np.array([text.attention_mask for text in encoded], np.int64)
        return Tokens(ids, None if self._siglip else mask)


def _read(folder: Path) -> Tokenizer:
    read_json(folder, TOKENIZER)  # tokenizers has no exception of its own to catch
    return Tokenizer.from_file(str(folder / TOKENIZER))


def _length(model: dict[str, Any], *, siglip: bool) -> int:
    usual = _SIGLIP_LENGTH if siglip else _CLIP_LENGTH
    return int(model.get("text_config", {}).get("max_position_embeddings", usual))


def _content(token: object) -> str | None:
    found = token.get("content") if isinstance(token, dict) else token
    return str(found) if found else None


def _add_special_tokens(tokenizer: Tokenizer, options: dict[str, Any]) -> None:
    """Put the begin and end tokens where the configuration says so."""
    if "add_bos_token" not in options and "add_eos_token" not in options:
        return
    bos, eos = _content(options.get("bos_token")), _content(options.get("eos_token"))
    begin = [bos] if options.get("add_bos_token") and bos else []
    end = [eos] if options.get("add_eos_token") and eos else []
    tokenizer.post_processor = processors.TemplateProcessing(
        single=[*begin, "$A", *end],
        special_tokens=[(name, tokenizer.token_to_id(name)) for name in begin + end],
    )
