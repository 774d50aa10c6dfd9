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
from librephotos.ml.face_recognition.detection import Detection, Detector
from librephotos.ml.face_recognition.encoding import encode
from librephotos.ml.face_recognition.quality import face_quality

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


def find_faces(
    rgb: Pixels, *, detector: Detector, known_boxes: Sequence[Box] = ()
) -> list[FoundFace]:
    """Return the faces of an upright photo (height, width, 3), largest first.

    Each of `known_boxes`, which people or other programs drew, is a face of the answer
    even if the detector sees none there. A detected face keeps the detector's box.
    """
    found = detector.detect(rgb)
    matched = match_boxes([face.box for face in found], known_boxes)
    known_of = dict(matched)
    claimed = {known for _, known in matched}
    sources: list[tuple[Detection, int | None]] = [
        (face, known_of.get(at)) for at, face in enumerate(found)
    ]
    sources += [
        (Detection(box, 0.0), at)
        for at, box in enumerate(known_boxes)
        if at not in claimed
    ]
    sources.sort(key=lambda source: -source[0].box.area)
    aligned = [align(rgb, face.box) for face, _ in sources]
    encodings = encode([face.chip for face in aligned])
    return [
        _found_face(rgb, source, face, encoding, known)
        for (source, known), face, encoding in zip(
            sources, aligned, encodings, strict=True
        )
    ]


def _found_face(
    rgb: Pixels,
    source: Detection,
    face: AlignedFace,
    encoding: Floats,
    known: int | None,
) -> FoundFace:
    height, width = rgb.shape[:2]
    return FoundFace(
        box=source.box.clipped(width, height),
        score=source.score,
        landmarks=face.landmarks,
        encoding=encoding,
        quality=face_quality(face, source.box, source.score),
        crop=crop_jpeg(rgb, source.box),
        known=known,
    )


def crop_jpeg(rgb: Pixels, box: Box) -> bytes:
    """Return the face with some surroundings, as JPEG of at most 250 pixels.

    It is square unless the photo ends before.
    """
    height, width = rgb.shape[:2]
    square = box.squared(margin=CROP_MARGIN).clipped(width, height)
    left, top = int(square.left), int(square.top)
    right, bottom = max(left + 1, round(square.right)), max(
        top + 1, round(square.bottom)
    )
    image = Image.fromarray(rgb[top:bottom, left:right])
    image.thumbnail((CROP_SIDE, CROP_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=CROP_QUALITY, optimize=True)
    return out.getvalue()
