"""What is found, grouped and mixed up in a folder of `person/*.jpg`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from librephotos.ml.face_recognition.analysis import FoundFace, find_faces
from librephotos.ml.face_recognition.clustering import UNCLUSTERED, cluster
from librephotos.ml.face_recognition.detection import Detector
from librephotos.ml.face_recognition.quality import LEAST_QUALITY, doubts

PREVIEW_HEIGHT = 1080
SUFFIXES = frozenset((".jpg", ".jpeg", ".png", ".webp"))

# Folders whose pictures show several people without saying who is who.
UNLABELLED = frozenset(("groups",))

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Labelled:
    """The faces of a folder: who each is, "" for unknown, and its photo's number."""

    faces: list[FoundFace]
    persons: list[str]
    photos: list[int]
    pictures: dict[str, int]  # labelled ones, per person
    seconds: float
    megapixels: float

    @property
    def clusters(self) -> Numbers:
        """The clusters of all faces; those of poor quality are in none."""
        labels = np.full(len(self.faces), UNCLUSTERED)
        rows = [n for n, face in enumerate(self.faces) if face.quality >= LEAST_QUALITY]
        if rows:
            encodings = np.stack([self.faces[row].encoding for row in rows])
            labels[rows] = cluster(
                encodings,
                np.array(self.photos)[rows],
                doubts=doubts([self.faces[row].quality for row in rows]),
            )
        return labels


@dataclass(frozen=True)
class Agreement:
    """Pairs of labelled faces that are rightly and wrongly in one cluster.

    A missed or unclustered face of a labelled picture loses all its pairs.
    """

    right: int
    together: int
    wanted: int
    mixed: int

    @property
    def precision(self) -> float:
        return self.right / self.together if self.together else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def analysed(folder: Path, detector: Detector) -> Labelled:
    """Return the faces of `person/*`; the labelled one of a picture is the largest."""
    faces: list[FoundFace] = []
    persons: list[str] = []
    photos: list[int] = []
    pictures: dict[str, int] = {}
    seconds = megapixels = 0.0
    for number, (person, rgb) in enumerate(_previews(folder)):
        start = time.perf_counter()
        found = find_faces(rgb, detector=detector)
        seconds += time.perf_counter() - start
        megapixels += rgb.shape[0] * rgb.shape[1] / 1e6
        if person not in UNLABELLED:
            pictures[person] = pictures.get(person, 0) + 1
        for at, face in enumerate(found):
            labelled = at == 0 and person not in UNLABELLED
            faces.append(face)
            persons.append(person if labelled else "")
            photos.append(number)
    return Labelled(faces, persons, photos, pictures, seconds, megapixels)


def agreement(labelled: Labelled) -> Agreement:
    """Return how the clusters agree with the labels."""
    labels = labelled.clusters
    persons = np.array(labelled.persons, dtype=object)
    known = (persons != "") & (labels != UNCLUSTERED)
    right = together = mixed = 0
    for label in np.unique(labels[known]):
        counts = np.unique(persons[known & (labels == label)], return_counts=True)[1]
        right += sum(_pairs(int(count)) for count in counts)
        together += _pairs(int(counts.sum()))
        mixed += len(counts) > 1
    wanted = sum(_pairs(count) for count in labelled.pictures.values())
    return Agreement(right, together, wanted, mixed)


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _previews(folder: Path) -> Iterator[tuple[str, npt.NDArray[np.uint8]]]:
    """Yield the person and the pixels as the large preview has them."""
    for path in sorted(folder.glob("*/*")):
        if path.suffix.lower() in SUFFIXES:
            with Image.open(path) as image:
                upright = ImageOps.exif_transpose(image).convert("RGB")
            upright.thumbnail((upright.width, PREVIEW_HEIGHT))
            yield path.parent.name, np.asarray(upright)
