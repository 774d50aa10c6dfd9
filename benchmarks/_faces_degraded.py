"""Faces of a folder made worse: blurred, small, dark, shaken."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from benchmarks._faces_labelled import Labelled, analysed
from librephotos.ml.face_recognition.analysis import FoundFace, find_faces
from librephotos.ml.face_recognition.detection import Detector

SIDE = 250
MOST_OF_A_PERSON = 5
LEAST_QUALITY = 0.8


@dataclass(frozen=True)
class Degraded:
    """The faces that were found again, and how many there were to find."""

    labelled: Labelled
    wanted: int


def degraded(folder: Path, detector: Detector) -> Degraded:
    """Return good faces of `person/*` and each of them in thirteen worse pictures."""
    found = analysed(folder, detector)
    faces: list[FoundFace] = []
    persons: list[str] = []
    pictures: dict[str, int] = {}
    taken: dict[str, int] = {}
    wanted = 0
    for face, person in zip(found.faces, found.persons, strict=True):
        taken[person] = taken.get(person, 0) + (face.quality >= LEAST_QUALITY)
        if not person or face.quality < LEAST_QUALITY:
            continue
        if taken[person] > MOST_OF_A_PERSON:
            continue
        for picture in _worse(Image.open(io.BytesIO(face.crop)).convert("RGB")):
            wanted += 1
            for again in find_faces(np.asarray(picture), detector=detector)[:1]:
                faces.append(again)
                persons.append(person)
                pictures[person] = pictures.get(person, 0) + 1
    photos = list(range(len(faces)))
    return Degraded(Labelled(faces, persons, photos, pictures, 0.0, 0.0), wanted)


def _worse(crop: Image.Image) -> Iterator[Image.Image]:
    face = crop.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    yield face
    for radius in (2, 3.5, 5, 7):
        yield face.filter(ImageFilter.GaussianBlur(radius))
    for side in (64, 44, 32, 24):
        small = face.resize((side, side), Image.Resampling.LANCZOS)
        yield small.resize(face.size, Image.Resampling.BICUBIC)
    for light in (0.4, 0.2, 0.1):
        yield _darkened(face, light)
    yield _darkened(face.filter(ImageFilter.GaussianBlur(3)), 0.15)
    yield _shaken(face)


def _darkened(face: Image.Image, light: float) -> Image.Image:
    grain = np.random.default_rng(0).normal(0, 2.5, (SIDE, SIDE, 3))
    pixels = np.asarray(face) * light + grain
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _shaken(face: Image.Image) -> Image.Image:
    sideways = ImageFilter.Kernel((5, 5), [0] * 10 + [1] * 5 + [0] * 10)
    for _ in range(5):
        face = face.filter(sideways)
    return face
