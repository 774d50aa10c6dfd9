"""How much can be made of a face: whether it is one, and whether it can be known.

The weights are a logistic regression on degraded faces of labelled people, where a
face was useful if its encoding was nearer than 0.5 to the mean of its person's good
ones, and on pictures of no face. Procedure and table: docs/adr/0010-faces.md. Blurred
and dark faces of different people resemble one another: by how much was measured too,
in docs/adr/0017-poor-faces.md.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from librephotos.ml.face_recognition.boxes import Box

if TYPE_CHECKING:  # it loads dlib, which who asks for doubts does without
    from librephotos.ml.face_recognition.alignment import AlignedFace

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

# Faces below this are not clustered and not classified.
LEAST_QUALITY: Final = 0.3

# The score of a box where neither detector sees a face.
NO_FACE_SCORE: Final = -1.0

_SCORE_WEIGHT: Final = 2.0
_SHARPNESS_WEIGHT: Final = 0.58
_ODDITY_WEIGHT: Final = 0.37
# The regression gave size nothing beyond sharpness, which falls with it; the least of
# weights stands for tiny faces of other people than the few that it was fitted on.
_SIZE_WEIGHT: Final = 0.15

_BEST_SCORE: Final = 2.0
_SHARP: Final = -1.5  # log2; a face in focus, of 40 pixels or more, is above
_LARGE: Final = 64.0  # pixels of a side

# Medians of detected faces in good light, in shares of the box and of the distance of
# the eyes.
_EYES_APART: Final = 0.41
_NOSE_BELOW: Final = 0.73
_USUAL_ODDITY: Final = 0.15

# Squared distance by which strangers come nearer for each halving of the edges below
# _BLURRED, and of the contrast below _DARK (of 255; a face in the dark has 2 to 7).
_NEARER_BY_BLUR: Final = 0.06
_BLURRED: Final = -2.0  # log2, as _SHARP
_NEARER_BY_DARKNESS: Final = 0.045
_DARK: Final = 7.0

# The quality halves with each such squared distance; above _CERTAIN nothing is doubted.
_HALVING: Final = 0.06
_CERTAIN: Final = 0.8

_BRIGHTNESS: Final = np.array((0.299, 0.587, 0.114), dtype=np.float32)
_MIDDLE: Final = slice(30, 120)  # of a chip; beyond it may lie outside the picture


def face_quality(face: AlignedFace, box: Box, score: float) -> float:
    """Return the quality of a face, 0 to 1, from its detection and its appearance."""
    size = math.log2(max(1.0, min(box.width, box.height)) / _LARGE)
    evidence = (
        _SCORE_WEIGHT * min(score, _BEST_SCORE)
        + _SHARPNESS_WEIGHT * min(sharpness(face.chip) - _SHARP, 0)
        + _SIZE_WEIGHT * min(size, 0)
        - _ODDITY_WEIGHT * max(oddity(face.landmarks, box) - _USUAL_ODDITY, 0)
    )
    nearer = _NEARER_BY_BLUR * max(_BLURRED - sharpness(face.chip), 0)
    nearer += _NEARER_BY_DARKNESS * max(math.log2(_DARK / contrast(face.chip)), 0)
    return 2 ** (-nearer / _HALVING) / (1 + math.exp(-evidence))


def doubts(qualities: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the squared distances by which faces of these qualities (N,) are farther.

    0 for those above _CERTAIN, 0.085 at LEAST_QUALITY.
    """
    shares = np.asarray(qualities, dtype=np.float64) / _CERTAIN
    return np.asarray(_HALVING * -np.log2(np.clip(shares, 1e-3, 1)))


def contrast(chip: Pixels) -> float:
    """Return the deviation of an aligned face's brightness, 0.5 to 128."""
    return max(0.5, float(_middle(chip).std()))


def sharpness(chip: Pixels) -> float:
    """Return log2 of the edges' share of the contrast in an aligned face.

    It is the deviation of the Laplacian at half size, where noise counts less, over
    that of the brightness.
    """
    grey = _middle(chip)
    half = grey.reshape(grey.shape[0] // 2, 2, grey.shape[1] // 2, 2).mean((1, 3))
    around = half[1:-1, 2:] + half[1:-1, :-2] + half[2:, 1:-1] + half[:-2, 1:-1]
    edges = around - 4 * half[1:-1, 1:-1]
    return math.log2((float(edges.std()) + 0.05) / (float(half.std()) + 1))


def _middle(chip: Pixels) -> Floats:
    return np.asarray((chip.astype(np.float32) @ _BRIGHTNESS)[_MIDDLE, _MIDDLE])


def oddity(landmarks: Floats, box: Box) -> float:
    """Return how far the points are from where a face has them, 0 for not at all."""
    right_eye, left_eye = landmarks[0:2].mean(axis=0), landmarks[2:4].mean(axis=0)
    across = right_eye - left_eye
    apart = max(1e-3, float(np.hypot(*across)))
    x, y = across / apart
    nose = (landmarks[4] - (right_eye + left_eye) / 2) / apart
    aside, below = nose[0] * x + nose[1] * y, nose[1] * x - nose[0] * y
    spread = apart / max(1e-3, math.sqrt(box.area))
    odd = abs(spread / _EYES_APART - 1) + abs(aside) + abs(below - _NOSE_BELOW)
    return float(odd)
