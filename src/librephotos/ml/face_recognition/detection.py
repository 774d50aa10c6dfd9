"""Where faces are: dlib's fast detector, and its thorough one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from librephotos.ml.face_recognition import models
from librephotos.ml.face_recognition.boxes import Box

Pixels = npt.NDArray[np.uint8]

# The least face that the HOG detector knows, in pixels of a side: its window.
_WINDOW: Final = 80


@dataclass(frozen=True)
class Detection:
    """A face in pixels of the picture, and how sure the detector is of it.

    Scores of one detector can be compared; 0 is about where non-faces begin.
    """

    box: Box
    score: float


class Detector(Protocol):
    """Finds faces in an upright picture: height × width × 3, RGB, 8 bits."""

    def detect(self, rgb: Pixels) -> list[Detection]:
        """Return the faces, largest first; boxes may reach beyond the picture."""
        ...


@dataclass(frozen=True)
class HogDetector:
    """Histograms of oriented gradients (Dalal and Triggs, 2005) over five poses.

    Faces down to `least_face` pixels are looked for, by enlarging the picture, as far
    as `most_pixels` allow. `least_score` is where a detection begins.
    """

    least_face: int = 40
    most_pixels: int = 4_200_000
    least_score: float = -0.1
    border: float = 0.1

    def detect(self, rgb: Pixels) -> list[Detection]:
        """Return the faces, largest first; boxes may reach beyond the picture."""
        edge = round(self.border * min(rgb.shape[:2]))
        padded = np.pad(rgb, ((edge, edge), (edge, edge), (0, 0)), mode="edge")
        factor = self._enlargement(*padded.shape[:2])
        rectangles, scores, _ = models.hog_detector().run(
            _resized(padded, factor), 0, self.least_score
        )
        found = [
            Detection(
                models.box_of(at).scaled(1 / factor, 1 / factor).moved(-edge, -edge),
                float(score),
            )
            for at, score in zip(rectangles, scores, strict=True)
        ]
        return largest_first(found)

    def _enlargement(self, height: int, width: int) -> float:
        affordable = (self.most_pixels / (height * width)) ** 0.5
        return float(min(_WINDOW / self.least_face, affordable))


def largest_first(found: list[Detection]) -> list[Detection]:
    """Return the detections by size, then by place, which makes the order certain."""
    return sorted(found, key=lambda d: (-d.box.area, d.box.top, d.box.left))


def _resized(rgb: Pixels, factor: float) -> Pixels:
    if factor == 1:
        return rgb
    height, width = rgb.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    image = Image.fromarray(rgb).resize(size, Image.Resampling.BILINEAR)
    return np.asarray(image)
