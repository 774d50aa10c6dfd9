"""Tags for pictures whose vectors are there already: one product with the labels'.

SigLIP was trained to answer, for each pair alone, whether text and picture belong
together, so its sigmoid is a probability that needs no other labels. CLIP was trained
to choose among texts, so its tags share one softmax over the vocabulary.

The thresholds are readings of published figures and of how the losses work; they were
not tuned on labelled photos.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np

from librephotos.ml.semantic_search.checkpoint import logit_scale_and_bias
from librephotos.ml.semantic_search.text_encoder import TextEncoder
from librephotos.ml.semantic_search.vectors import Vectors

SIGMOID_THRESHOLD: Final = 0.003
"""A cosine of 0.0973 at the published scale 112.67 and bias -16.77 of SigLIP 2.

Right single words were seen between 0.0007 and 0.03 there: sentences alone come near 1.
"""
SOFTMAX_THRESHOLD: Final = 0.05
"""Of some 500 labels, 25 times what chance would give."""
MOST_TAGS: Final = 10
_VOCABULARY: Final = "vocabulary.txt"


@dataclass(frozen=True)
class Tag:
    """A label and how probable it is, 0 to 1."""

    label: str
    score: float


def vocabulary() -> tuple[str, ...]:
    """Return our list of what photos of families show."""
    text = resources.files(__package__).joinpath(_VOCABULARY).read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


@dataclass(frozen=True)
class ZeroShotTagger:
    """Labels, their normalised vectors (n, d), and how the model compares.

    A model without bias compares by softmax.
    """

    labels: Sequence[str]
    vectors: Vectors
    scale: float
    bias: float | None

    @classmethod
    def load(
        cls, folder: Path, encoder: TextEncoder, *, labels: Sequence[str] | None = None
    ) -> "ZeroShotTagger":
        """Return a tagger for vectors of the model in `folder`, whose texts `encoder`
        reads; `labels` are our vocabulary unless given.

        Takes seconds on a CPU; the tagger may be kept. Raises ModelUnusable.
        """
        chosen = vocabulary() if labels is None else tuple(labels)
        scale, bias = logit_scale_and_bias(folder)
        return cls(chosen, encoder.embed_labels(chosen), scale, bias)

    def probabilities(self, pictures: Vectors) -> Vectors:
        """Return how probable each label is for each picture: (m, d) to (m, n)."""
        logits = self.scale * (pictures @ self.vectors.T)
        if self.bias is not None:
            found: Vectors = 1 / (1 + np.exp(-(logits + self.bias)))
            return found
        weights: Vectors = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: Vectors = weights / weights.sum(axis=1, keepdims=True)
        return shares

    def tags(
        self, pictures: Vectors, *, threshold: float | None = None
    ) -> list[tuple[Tag, ...]]:
        """Return for each picture's vector (m, d) its tags, the most probable first.

        None of them is less probable than `threshold`, nor are there more than
        MOST_TAGS.
        """
        if threshold is None:
            threshold = SOFTMAX_THRESHOLD if self.bias is None else SIGMOID_THRESHOLD
        rows = self.probabilities(pictures)
        return [self._best(row, threshold) for row in rows]

    def _best(self, row: Vectors, threshold: float) -> tuple[Tag, ...]:
        order = np.argsort(-row, kind="stable")[:MOST_TAGS]
        return tuple(
            Tag(self.labels[at], float(row[at])) for at in order if row[at] >= threshold
        )
