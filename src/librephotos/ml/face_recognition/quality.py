"""How much can be made of a face: whether it is one, and whether it can be known."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from librephotos.ml.face_recognition.alignment import AlignedFace
from librephotos.ml.face_recognition.boxes import Box

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

# Faces below this are not clustered. Chosen on labelled faces: docs/adr/0010-faces.md.
LEAST_QUALITY: Final = 0.3


def face_quality(face: AlignedFace, box: Box, score: float) -> float:
    """Return the quality of a detected face, 0 to 1."""
    return 1.0
