"""Faces as 128 numbers: near for one person, far apart for two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from librephotos.ml.face_recognition import models

Pixels = npt.NDArray[np.uint8]
Encodings = npt.NDArray[np.float32]

DIMENSIONS: Final = 128


def encode(chips: Sequence[Pixels]) -> Encodings:
    """Return an encoding (N, 128) for each aligned face of 150 × 150 RGB pixels.

    Encodings of one person have a Euclidean distance below about 0.6 (dlib's model
    card, 99.38 % on LFW).
    """
    if not chips:
        return np.empty((0, DIMENSIONS), dtype=np.float32)
    vectors = models.encoder().compute_face_descriptor(list(chips))
    return np.array(vectors, dtype=np.float32)
