"""All that is to be known of the faces in one photo."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from librephotos.ml.face_recognition.alignment import AlignedFace, align
from librephotos.ml.face_recognition.boxes import Box, match_boxes
from librephotos.ml.face_recognition.detection import (
    Detection,
    Detector,
    second_opinion,
)
from librephotos.ml.face_recognition.encoding import encode
from librephotos.ml.face_recognition.quality import NO_FACE_SCORE, face_quality

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

CROP_SIDE: Final = 250
CROP_QUALITY: Final = 85
CROP_MARGIN: Final = 0.3


@dataclass(frozen=True)
class FoundFace:
    """A face in pixels of the photo.

    `score` is the detector's, 0 where only a known box says that there is a face;
    `landmarks` (5, 2) are as in AlignedFace, `encoding` (128,) as in encode, `quality`
    is 0 to 1, `crop` a JPEG of at most 250 pixels. `known` is the index of the known
    box that this face is.
    """

    box: Box
    score: float
    landmarks: Floats
    encoding: Floats
    quality: float
    crop: bytes
    known: int | None


@dataclass(frozen=True)
class _Source:
    """Where a face is said to be, where its points are looked for, and how sure."""

    box: Box
    face: Box
    score: float
    evidence: float
    known: int | None


def find_faces(
    rgb: Pixels, *, detector: Detector, known_boxes: Sequence[Box] = ()
) -> list[FoundFace]:
    """Return the faces of an upright photo (height, width, 3), largest first.

    Each of `known_boxes`, which people or other programs drew, is a face of the answer
    even if the detector sees none there. A detected face keeps the detector's box.
    """
    sources = _sources(rgb, detector.detect(rgb), known_boxes)
    aligned = [align(rgb, source.face) for source in sources]
    encodings = encode([face.chip for face in aligned])
    return [
        _found_face(rgb, source, face, encoding)
        for source, face, encoding in zip(sources, aligned, encodings, strict=True)
    ]


def _sources(
    rgb: Pixels, detected: Sequence[Detection], known_boxes: Sequence[Box]
) -> list[_Source]:
    matched = dict(match_boxes([face.box for face in detected], known_boxes))
    sources = [
        _Source(face.box, face.box, face.score, face.score, matched.get(at))
        for at, face in enumerate(detected)
    ]
    unseen = set(range(len(known_boxes))) - set(matched.values())
    sources += [_drawn(rgb, known_boxes[at], at) for at in sorted(unseen)]
    return sorted(sources, key=lambda source: -source.box.area)


def _drawn(rgb: Pixels, box: Box, known: int) -> _Source:
    face = second_opinion(rgb, box)
    if face is None:
        return _Source(box, box.squared(), 0.0, NO_FACE_SCORE, known)
    return _Source(box, face, 0.0, 0.0, known)


def _found_face(
    rgb: Pixels, source: _Source, face: AlignedFace, encoding: Floats
) -> FoundFace:
    height, width = rgb.shape[:2]
    return FoundFace(
        box=source.box.clipped(width, height),
        score=source.score,
        landmarks=face.landmarks,
        encoding=encoding,
        quality=face_quality(face, source.face, source.evidence),
        crop=crop_jpeg(rgb, source.box),
        known=source.known,
    )


def crop_jpeg(rgb: Pixels, box: Box) -> bytes:
    """Return the face with some surroundings, as JPEG of at most 250 pixels.

    It is square unless the photo ends before.
    """
    height, width = rgb.shape[:2]
    square = box.squared(margin=CROP_MARGIN).clipped(width, height)
    left = min(int(square.left), width - 1)
    top = min(int(square.top), height - 1)
    right, bottom = max(left + 1, round(square.right)), max(
        top + 1, round(square.bottom)
    )
    image = Image.fromarray(rgb[top:bottom, left:right])
    image.thumbnail((CROP_SIDE, CROP_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=CROP_QUALITY, optimize=True)
    return out.getvalue()
