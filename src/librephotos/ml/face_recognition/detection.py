"""Where faces are: dlib's fast detector, and its thorough one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from librephotos.ml.face_recognition import models
from librephotos.ml.face_recognition.boxes import Box, match_boxes

Pixels = npt.NDArray[np.uint8]

# The least face that the HOG detector knows, in pixels of a side: its window.
_WINDOW: Final = 80

# A cut-out for the second opinion: the face as large as the network knows it well,
# with half its side around it.
_OPINION_FACE: Final = 100
_OPINION_MARGIN: Final = 0.5
_OPINION_CONFIDENCE: Final = 0.3


# Faces side by side share less; a box around a nose lies within that of its face.
_NESTED_SHARE: Final = 0.6


@dataclass(frozen=True)
class Detection:
    """A face in pixels of the picture, and how sure the detector is of it.

    Scores of one detector can be compared; a good face has 1 or more.
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
    """Histograms of oriented gradients over five poses, with a second opinion.

    Faces down to `least_face` pixels are looked for, by enlarging the picture, as far
    as `most_pixels` allow. The histograms propose whatever has `least_score`; below
    `sure_score` the convolutional network has to agree, which looks at that place
    only, for the `most_doubtful` best ones: a gravel path proposes many. A border, as
    a share of the shorter side and in pixels at most, is added around the picture for
    faces that its edge cuts. The values are chosen in docs/adr/0010-faces.md.
    """

    least_face: int = 30
    most_pixels: int = 5_000_000
    least_score: float = -0.7
    sure_score: float = 1.0
    most_doubtful: int = 12
    border_share: float = 0.1
    border_most: int = 60

    def detect(self, rgb: Pixels) -> list[Detection]:
        """Return the faces, largest first; boxes may reach beyond the picture."""
        edge = min(self.border_most, round(self.border_share * min(rgb.shape[:2])))
        padded = np.pad(rgb, ((edge, edge), (edge, edge), (0, 0)), mode="edge")
        proposals = distinct(self._proposals(padded))
        sure = [face for face in proposals if face.score >= self.sure_score]
        doubtful = proposals[len(sure) :][: self.most_doubtful]
        agreed = [face for face in doubtful if second_opinion(padded, face.box)]
        return largest_first(
            [
                Detection(face.box.moved(-edge, -edge), face.score)
                for face in sure + agreed
            ]
        )

    def _proposals(self, rgb: Pixels) -> list[Detection]:
        affordable = (self.most_pixels / (rgb.shape[0] * rgb.shape[1])) ** 0.5
        enlarged = _enlarged(rgb, min(_WINDOW / self.least_face, affordable))
        horizontal = rgb.shape[1] / enlarged.shape[1]
        vertical = rgb.shape[0] / enlarged.shape[0]
        boxes, scores, _ = models.hog_detector().run(enlarged, 0, self.least_score)
        return [
            Detection(models.box_of(box).scaled(horizontal, vertical), float(score))
            for box, score in zip(boxes, scores, strict=True)
        ]


@dataclass(frozen=True)
class CnnDetector:
    """A convolutional network (max-margin object detection): thorough, and slow.

    It sees poses that the histograms miss. `least_face` and `most_pixels` are as in
    HogDetector; the network knows faces from about 50 pixels.
    """

    least_face: int = 40
    most_pixels: int = 2_000_000
    least_score: float = 0.5

    def detect(self, rgb: Pixels) -> list[Detection]:
        """Return the faces, largest first; boxes may reach beyond the picture."""
        affordable = (self.most_pixels / (rgb.shape[0] * rgb.shape[1])) ** 0.5
        enlarged = _enlarged(rgb, min(50 / self.least_face, affordable))
        horizontal = rgb.shape[1] / enlarged.shape[1]
        vertical = rgb.shape[0] / enlarged.shape[0]
        found = [
            Detection(face.box.scaled(horizontal, vertical), face.score)
            for face in _network(enlarged)
            if face.score >= self.least_score
        ]
        return largest_first(distinct(found))


def second_opinion(rgb: Pixels, box: Box) -> Box | None:
    """Return where the network sees the face of a box, None if it sees none there.

    It looks at the surroundings of the box only, which takes 0.2 s of one core.
    """
    square = box.squared(margin=_OPINION_MARGIN)
    side = round(_OPINION_FACE * (1 + 2 * _OPINION_MARGIN))
    cut = Image.fromarray(rgb).transform(
        (side, side),
        Image.Transform.EXTENT,
        (square.left, square.top, square.right, square.bottom),
        Image.Resampling.BILINEAR,
    )
    factor = square.width / side
    seen = [
        Detection(
            face.box.scaled(factor, factor).moved(square.left, square.top), face.score
        )
        for face in _network(np.asarray(cut))
        if face.score >= _OPINION_CONFIDENCE
    ]
    matching = match_boxes([box], [face.box for face in seen])
    return seen[matching[0][1]].box if matching else None


def distinct(found: list[Detection]) -> list[Detection]:
    """Return the detections, surest first, without a better one's face again.

    The detectors suppress boxes that cover one another, but not one within another.
    """
    kept: list[Detection] = []
    for face in sorted(found, key=lambda d: (-d.score, d.box.top, d.box.left)):
        if not any(_same_face(face.box, better.box) for better in kept):
            kept.append(face)
    return kept


def _same_face(first: Box, second: Box) -> bool:
    inner = min(first.area, second.area)
    return first.common_area(second) >= _NESTED_SHARE * inner


def largest_first(found: list[Detection]) -> list[Detection]:
    """Return the detections by size, then by place, which makes the order certain."""
    return sorted(found, key=lambda d: (-d.box.area, d.box.top, d.box.left))


def _network(rgb: Pixels) -> list[Detection]:
    return [
        Detection(models.box_of(found.rect), float(found.confidence))
        for found in models.cnn_detector()(rgb, 0)
    ]


def _enlarged(rgb: Pixels, factor: float) -> Pixels:
    height, width = rgb.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    if size == (width, height):
        return rgb
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BILINEAR))
