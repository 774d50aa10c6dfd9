"""Faces turned upright and cut out, the way the encoder learnt them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from librephotos.ml.face_recognition import models
from librephotos.ml.face_recognition.boxes import Box

Pixels = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float32]

# What the encoder was trained on (dlib's dnn_face_recognition_ex.cpp).
CHIP_SIDE: Final = 150
CHIP_PADDING: Final = 0.25


@dataclass(frozen=True)
class AlignedFace:
    """Five points (5, 2) in pixels of the picture, and the face as 150 × 150 RGB.

    The points are the outer and inner corner of the eye on the picture's right, the
    same of the eye on its left, and the foot of the nose.
    """

    landmarks: Points
    chip: Pixels


def align(rgb: Pixels, box: Box) -> AlignedFace:
    """Return the face within a detector's box."""
    shape = models.landmark_predictor()(rgb, models.rectangle(box))
    points = [(part.x, part.y) for part in shape.parts()]
    chip = models.face_chip(rgb, shape, size=CHIP_SIDE, padding=CHIP_PADDING)
    return AlignedFace(np.array(points, dtype=np.float32), chip)
