"""What children are asked to do about faces; knows no Django and loads dlib late.

The worker sees these functions too, and must not carry dlib's weights for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from librephotos.ml.face_recognition.boxes import Box
from librephotos.ml.pictures import decode

Encoding = npt.NDArray[np.float32]


@dataclass(frozen=True)
class KnownFace:
    """A face that is there whatever the detector says.

    `box` is in shares of the picture's sides. `face` is its number, None where only
    the file marks it; `name` is what the file calls the person.
    """

    box: Box
    face: int | None
    name: str = ""


@dataclass(frozen=True)
class PictureToSearch:
    """A preview's bytes, the faces known to be on it, and the detector to use."""

    data: bytes
    known: tuple[KnownFace, ...]
    thorough: bool


@dataclass(frozen=True)
class SeenFace:
    """A face on a preview: `box` in shares of its sides, the rest as in FoundFace."""

    box: Box
    score: float
    quality: float
    encoding: Encoding
    crop: bytes
    known: KnownFace | None


def find_faces_on(picture: PictureToSearch) -> list[SeenFace]:
    """Return the faces on a preview, known ones and others, largest first.

    Raises UnreadablePicture, and ModelUnusable where weights are missing.
    """
    from librephotos.ml.face_recognition.analysis import find_faces

    rgb = decode(picture.data)
    height, width = rgb.shape[:2]
    found = find_faces(
        rgb,
        detector=_detector(picture.thorough),
        known_boxes=[known.box.scaled(width, height) for known in picture.known],
    )
    return [
        SeenFace(
            box=face.box.normalised(width, height),
            score=face.score,
            quality=face.quality,
            encoding=face.encoding,
            crop=face.crop,
            known=None if face.known is None else picture.known[face.known],
        )
        for face in found
    ]


def _detector(thorough: bool) -> Any:
    from librephotos.ml.face_recognition.detection import CnnDetector, HogDetector

    return CnnDetector() if thorough else HogDetector()
