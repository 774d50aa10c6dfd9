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


@dataclass(frozen=True)
class FacesToGroup:
    """Unknown faces as arrays of one length; `previous` is -1 for those in no group.

    `photos` numbers the photo that each face is on, `fresh` are those that have to be
    compared with all others, and `apart` holds pairs of row numbers that are different
    people.
    """

    encodings: npt.NDArray[np.float16]
    qualities: npt.NDArray[np.float64]
    photos: npt.NDArray[np.int64]
    previous: npt.NDArray[np.int64]
    fresh: npt.NDArray[np.bool_]
    apart: tuple[tuple[int, int], ...]


def group_faces(faces: FacesToGroup) -> npt.NDArray[np.int64]:
    """Return the group of each face, -1 for none; known groups keep their number.

    Faces that are too poor to be told apart stay out, unless they are in a group.
    """
    from librephotos.ml.face_recognition.clustering import cluster
    from librephotos.ml.face_recognition.quality import LEAST_QUALITY, doubts

    good = (faces.qualities >= LEAST_QUALITY) | (faces.previous >= 0)
    row_of = np.cumsum(good) - 1
    labels = np.full(len(good), -1, dtype=np.int64)
    labels[good] = cluster(
        faces.encodings[good].astype(np.float32),
        faces.photos[good],
        doubts=doubts(faces.qualities[good]),
        previous=faces.previous[good],
        fresh=faces.fresh[good],
        apart=[(row_of[i], row_of[j]) for i, j in faces.apart if good[i] and good[j]],
    )
    return labels


@dataclass(frozen=True)
class FacesToRecognise:
    """Unknown faces and labelled ones, each as arrays of one length.

    `photos` and `labelled_photos` number photos alike. `rejected` holds pairs of a
    row number and a person; what is less likely than `least_probability` is nobody.
    """

    encodings: npt.NDArray[np.float16]
    qualities: npt.NDArray[np.float64]
    photos: npt.NDArray[np.int64]
    labelled: npt.NDArray[np.float16]
    labelled_qualities: npt.NDArray[np.float64]
    labelled_photos: npt.NDArray[np.int64]
    people: npt.NDArray[np.int64]
    rejected: tuple[tuple[int, int], ...]
    least_probability: float


def recognise_faces(
    faces: FacesToRecognise,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return the person (0: nobody) and the probability for each unknown face."""
    from librephotos.ml.face_recognition.classification import People, classify
    from librephotos.ml.face_recognition.quality import LEAST_QUALITY, doubts

    good = faces.labelled_qualities >= LEAST_QUALITY
    # Whoever has no good face is known by the poor ones.
    good |= ~np.isin(faces.people, faces.people[good])
    people = People.from_faces(
        faces.labelled[good].astype(np.float32), faces.people[good]
    )
    found = classify(
        faces.encodings.astype(np.float32),
        faces.photos,
        people,
        doubts=doubts(faces.qualities),
        least_probability=faces.least_probability,
        taken=_people_in(faces),
        rejected=faces.rejected,
    )
    poor = faces.qualities < LEAST_QUALITY
    persons = np.array([face.person if face else 0 for face in found], dtype=np.int64)
    probabilities = np.array([face.probability if face else 0.0 for face in found])
    return np.where(poor, 0, persons), np.where(poor, 0.0, probabilities)


def _people_in(faces: FacesToRecognise) -> dict[int, list[int]]:
    """Return who is confirmed in each photo that also has unknown faces."""
    taken: dict[int, list[int]] = {}
    for row in np.flatnonzero(np.isin(faces.labelled_photos, faces.photos)).tolist():
        photo = int(faces.labelled_photos[row])
        taken.setdefault(photo, []).append(int(faces.people[row]))
    return taken
