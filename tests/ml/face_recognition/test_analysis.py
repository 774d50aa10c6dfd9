"""Faces are found, in bad pictures too, and what is no face does not count as one."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from librephotos.ml.face_recognition.alignment import align
from librephotos.ml.face_recognition.analysis import FoundFace, find_faces
from librephotos.ml.face_recognition.boxes import Box
from librephotos.ml.face_recognition.clustering import cluster
from librephotos.ml.face_recognition.detection import CnnDetector, HogDetector
from librephotos.ml.face_recognition.encoding import encode
from librephotos.ml.face_recognition.quality import LEAST_QUALITY
from tests.ml.face_recognition.conftest import VARIATIONS, Change, Pixels
from tests.support.pictures.landscapes import DUSK, NOON, mountains, sea


def _faces(image: Image.Image, **options: object) -> list[FoundFace]:
    return find_faces(np.asarray(image), detector=HogDetector(), **options)


@pytest.fixture(scope="module")
def astronaut(portrait: Image.Image) -> FoundFace:
    (face,) = _faces(portrait)
    return face


def test_a_face_is_described(portrait: Image.Image, astronaut: FoundFace) -> None:
    assert astronaut.box.overlap(Box(84, 69, 191, 177)) > 0.6
    assert astronaut.encoding.shape == (128,)
    assert astronaut.encoding.dtype == np.float32
    assert astronaut.landmarks.shape == (5, 2)
    assert astronaut.quality > 0.8
    assert astronaut.known is None
    crop = Image.open(io.BytesIO(astronaut.crop))
    assert crop.format == "JPEG"
    assert crop.width == crop.height <= 250


def test_eyes_and_nose_are_where_they_are_said_to_be(astronaut: FoundFace) -> None:
    right_outer, right_inner, left_outer, left_inner, nose = astronaut.landmarks
    assert left_outer[0] < left_inner[0] < nose[0] < right_inner[0] < right_outer[0]
    assert nose[1] > max(right_outer[1], left_outer[1])


@pytest.mark.parametrize("change", VARIATIONS.values(), ids=VARIATIONS)
def test_a_bad_picture_shows_the_same_person(
    portrait: Image.Image, astronaut: FoundFace, change: Change
) -> None:
    (face,) = _faces(change(portrait))
    assert face.quality >= LEAST_QUALITY
    assert np.linalg.norm(face.encoding - astronaut.encoding) < 0.45


@pytest.mark.parametrize("side", [40, 50, 80])
def test_small_faces_are_found(portrait: Image.Image, side: int) -> None:
    factor = side / 107
    size = round(portrait.width * factor), round(portrait.height * factor)
    scene = Image.new("RGB", (500, 400), (120, 140, 110))
    scene.paste(portrait.resize(size, Image.Resampling.LANCZOS), (150, 120))
    (face,) = _faces(scene)
    assert face.quality >= LEAST_QUALITY


def test_nobody_is_found_where_nobody_is(non_faces: dict[str, Pixels]) -> None:
    found = {
        name: find_faces(pixels, detector=HogDetector())
        for name, pixels in non_faces.items()
    }
    assert {name for name, faces in found.items() if faces} == set()


@pytest.mark.parametrize("image", [mountains(3, NOON), sea(4, DUSK)])
def test_nobody_is_found_in_a_landscape(image: Image.Image) -> None:
    assert _faces(image) == []


def test_a_drawn_box_is_a_face_even_if_no_detector_sees_one(
    non_faces: dict[str, Pixels],
) -> None:
    drawn = Box(100, 60, 180, 150)
    coffee = non_faces["coffee"]
    (face,) = find_faces(coffee, detector=HogDetector(), known_boxes=[drawn])
    assert (face.box, face.score, face.known) == (drawn, 0.0, 0)
    assert face.quality < LEAST_QUALITY


def test_a_drawn_box_that_the_detector_sees_is_not_a_second_face(
    portrait: Image.Image,
) -> None:
    head = Box(50, 20, 225, 220)
    (face,) = _faces(portrait, known_boxes=[head])
    assert face.known == 0
    assert face.score > 0


def test_a_drawn_box_reaches_beyond_the_picture(portrait: Image.Image) -> None:
    faces = _faces(portrait, known_boxes=[Box(250, 200, 320, 300)])
    drawn = next(face for face in faces if face.known == 0)
    assert drawn.box == Box(250, 200, 280, 240)
    assert Image.open(io.BytesIO(drawn.crop)).size[0] > 0


def test_the_thorough_detector_agrees(portrait: Image.Image) -> None:
    (face,) = CnnDetector(most_pixels=120_000).detect(np.asarray(portrait))
    assert face.box.overlap(Box(84, 69, 191, 177)) > 0.7


def test_a_batch_encodes_as_one_by_one(
    portrait: Image.Image, astronaut: FoundFace
) -> None:
    pixels = np.asarray(portrait)
    chips = [align(pixels, astronaut.box.moved(by, by)).chip for by in (-4, 0, 4)]
    one_by_one = np.concatenate([encode([chip]) for chip in chips])
    assert np.array_equal(encode(chips), one_by_one)
    assert encode([]).shape == (0, 128)


@pytest.fixture(scope="module")
def labelled(corpus: Path) -> list[tuple[str, FoundFace, int]]:
    """Faces of the corpus, each with the name of its folder and its photo's number."""
    paths = sorted((corpus / "faces").glob("*/*.jpg"))
    photos = [path for path in paths if path.name != "bald_guys.jpg"]
    found: list[tuple[str, FoundFace, int]] = []
    for number, path in enumerate(photos):
        faces = _faces(Image.open(path).convert("RGB"))
        person = path.parent.name
        wanted = faces if person == "groups" else faces[:1]
        assert wanted, f"no face in {path.name}"
        found += [(person, face, number) for face in wanted]
    usable = [entry for entry in found if entry[1].quality >= LEAST_QUALITY]
    assert len(usable) >= len(found) - 2
    return usable


def _check_people(persons: list[str], labels: Iterable[int]) -> None:
    of: dict[str, set[int]] = {person: set() for person in persons}
    for person, label in zip(persons, labels, strict=True):
        of[person].add(int(label))
    people = of.keys() - {"groups"}
    assert all(len(of[person]) == 1 and -1 not in of[person] for person in people)
    assert all(of[a].isdisjoint(of[b]) for a, b in itertools.combinations(of, 2))


def test_people_of_labelled_folders_are_kept_apart_and_together(
    labelled: list[tuple[str, FoundFace, int]],
) -> None:
    labels = cluster(
        np.stack([face.encoding for _, face, _ in labelled]),
        np.array([number for _, _, number in labelled]),
    )
    _check_people([person for person, _, _ in labelled], labels)


@pytest.mark.parametrize("at_a_time", [1, 5])
def test_people_that_come_little_by_little_are_kept_apart_and_together(
    labelled: list[tuple[str, FoundFace, int]], at_a_time: int
) -> None:
    order = np.random.default_rng(0).permutation(len(labelled))
    encodings = np.stack([labelled[row][1].encoding for row in order])
    photos = np.array([labelled[row][2] for row in order])
    labels = np.empty(0, dtype=np.int64)
    while len(labels) < len(order):
        end = min(len(labels) + at_a_time, len(order))
        labels = cluster(
            encodings[:end],
            photos[:end],
            previous=np.append(labels, np.full(end - len(labels), -1)),
            fresh=np.arange(end) >= len(labels),
        )
    _check_people([labelled[row][0] for row in order], labels)
