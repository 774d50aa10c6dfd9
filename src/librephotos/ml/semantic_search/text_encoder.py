"""Texts to vectors."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch

from librephotos.ml.semantic_search.checkpoint import (
    Half,
    Tower,
    load_tower,
    model_type,
)
from librephotos.ml.semantic_search.tokenization import TextTokenizer
from librephotos.ml.semantic_search.vectors import Vectors, normalised

BATCH: Final = 64
"""Texts at once: a query is one, a vocabulary some hundreds."""
# How the publishers of the models put labels into words.
_SIGLIP_PROMPT: Final = "This is a photo of {label}."
_CLIP_PROMPT: Final = "a photo of a {label}"


class TextEncoder:
    """The reading half of a model such as SigLIP 2 or CLIP."""

    def __init__(self, tower: Tower, tokenizer: TextTokenizer, *, kind: str) -> None:
        self._tower = tower
        self._tokenizer = tokenizer
        self._prompt = _SIGLIP_PROMPT if kind.startswith("siglip") else _CLIP_PROMPT

    @classmethod
    def load(
        cls, folder: Path, *, device: torch.device, dtype: torch.dtype
    ) -> "TextEncoder":
        """Return the encoder of the model in `folder`, computing on `device`.

        Raises MissingModelFile and UnsupportedModel.
        """
        tokenizer = TextTokenizer.load(folder)
        tower = load_tower(folder, Half.TEXT, device=device, dtype=dtype)
        return cls(tower, tokenizer, kind=model_type(folder))

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one normalised float32 row for each text as it stands: (n, d)."""
        parts = [texts[at : at + BATCH] for at in range(0, len(texts), BATCH)]
        rows = [normalised(self._forward(part)) for part in parts]
        return np.concatenate(rows) if rows else np.empty((0, 0), np.float32)

    def embed_labels(self, labels: Sequence[str]) -> Vectors:
        """Return rows for labels such as "dog", put into words as in training."""
        return self.embed([self._prompt.format(label=label) for label in labels])

    def _forward(self, texts: Sequence[str]) -> torch.Tensor:
        tokens = self._tokenizer(list(texts))
        inputs = {"input_ids": torch.from_numpy(tokens.ids).to(self._tower.device)}
        if tokens.mask is not None:
            mask = torch.from_numpy(tokens.mask)
            inputs["attention_mask"] = mask.to(self._tower.device)
        with torch.inference_mode():
            return self._tower.forward(**inputs)
