"""A face of which little can be told is the same person only if it is very near."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter

from librephotos.ml.face_recognition.analysis import FoundFace, find_faces
from librephotos.ml.face_recognition.classification import People, classify
from librephotos.ml.face_recognition.clustering import (
    UNCLUSTERED,
    FacesToGroup,
    cluster,
    group_faces,
)
from librephotos.ml.face_recognition.detection import HogDetector
from librephotos.ml.face_recognition.quality import LEAST_QUALITY, doubts
from tests.ml.face_recognition.conftest import Change

SHARP, BLURRED = 0.98, 0.45


def blurred(radius: float) -> Change:
    return lambda image: image.filter(ImageFilter.GaussianBlur(radius))


def darkened(share: float) -> Change:
    """As a camera does it: less light, the same grain."""

    def change(image: Image.Image) -> Image.Image:
        grain = np.random.default_rng(0).normal(0, 2, (image.height, image.width, 3))
        pixels = np.asarray(image) * share + grain
        return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))

    return change


def shrunk(factor: float) -> Change:
    def change(image: Image.Image) -> Image.Image:
        small = image.resize(
            (round(image.width * factor), round(image.height * factor))
        )
        return small.resize(image.size, Image.Resampling.BICUBIC)

    return change


def only_face(image: Image.Image) -> FoundFace:
    (face,) = find_faces(np.asarray(image), detector=HogDetector())
    return face


@pytest.mark.parametrize(
    "changes",
    [
        [blurred(1), blurred(2), blurred(2.5), blurred(3)],
        [darkened(0.5), darkened(0.15), darkened(0.1)],
        [shrunk(0.7), shrunk(0.25), shrunk(0.2)],
    ],
    ids=["blurred", "dark", "small"],
)
def test_the_worse_the_picture_the_nearer_a_match_must_be(
    portrait: Image.Image, changes: list[Change]
) -> None:
    asked = doubts([only_face(change(portrait)).quality for change in changes])
    assert asked[0] == 0
    assert asked[-1] > 0.01
    assert (np.diff(asked) >= 0).all()


def test_doubts_grow_as_quality_falls() -> None:
    qualities = np.linspace(0, 1, 101)
    asked = doubts(qualities)
    assert np.isfinite(asked).all()
    assert (np.diff(asked) <= 0).all()
    assert asked[-1] == 0 and 0.08 < asked[30] < 0.09


def grouped(*faces: tuple[float, float]) -> list[int]:
    """Return the groups of faces that differ in one direction, by place and quality."""
    encodings = np.zeros((len(faces), 128), dtype=np.float16)
    encodings[:, 0] = [place for place, _ in faces]
    count = len(faces)
    labels = group_faces(
        FacesToGroup(
            encodings,
            qualities=np.array([quality for _, quality in faces]),
            photos=np.arange(count),
            previous=np.full(count, UNCLUSTERED),
            fresh=np.ones(count, dtype=bool),
            apart=(),
        )
    )
    return [int(label) for label in labels]


def test_two_sharp_faces_that_are_near_are_one_person() -> None:
    assert grouped((0, SHARP), (0.42, SHARP)) == [0, 0]
    assert grouped((0, SHARP), (0.47, SHARP)) == [UNCLUSTERED] * 2


def test_a_blurred_face_needs_a_nearer_one() -> None:
    assert grouped((0, SHARP), (0.42, BLURRED)) == [UNCLUSTERED] * 2
    assert grouped((0, SHARP), (0.36, BLURRED)) == [0, 0]


def test_two_blurred_faces_need_a_still_nearer_one() -> None:
    assert grouped((0, BLURRED), (0.36, BLURRED)) == [UNCLUSTERED] * 2
    assert grouped((0, BLURRED), (0.3, BLURRED)) == [0, 0]


def test_too_blurred_a_face_is_in_no_group() -> None:
    poor = LEAST_QUALITY - 0.01
    assert grouped((0, SHARP), (0, poor), (0.01, poor)) == [UNCLUSTERED] * 3


def test_more_pairs_of_faces_bear_a_greater_distance() -> None:
    spots = [(0.0, SHARP), (0.15, SHARP), (0.3, SHARP), (0.45, SHARP)]
    assert grouped(*spots, (0.75, SHARP)) == [0] * 5
    assert grouped(*spots[:2], (0.6, SHARP)) == [0, 0, UNCLUSTERED]


@pytest.mark.parametrize("many", [2, 4, 20])
@pytest.mark.parametrize("step", [0.0, 0.01])
@pytest.mark.parametrize("quality", [SHARP, 0.7])
def test_copies_and_bursts_are_no_evidence(
    many: int, step: float, quality: float
) -> None:
    burst = [(step * n / many, quality) for n in range(many)]
    another = [(place + 0.54, quality) for place, _ in burst]
    labels = grouped(*burst, *another)
    assert set(labels[:many]).isdisjoint(labels[many:])
    assert len(set(labels)) == 2 and UNCLUSTERED not in labels
    assert len(set(grouped(*burst, (0.54, quality)))) == 2


def test_a_blurred_face_is_recognised_less_readily() -> None:
    labelled = np.zeros((1, 128), dtype=np.float32)
    unknown = np.zeros((2, 128), dtype=np.float32)
    unknown[:, 0] = 0.45
    people = People.from_faces(labelled, np.array([7]))
    sharp, blurry = classify(
        unknown, np.arange(2), people, doubts=doubts([SHARP, BLURRED])
    )
    assert sharp is not None and sharp.person == 7
    assert blurry is None or blurry.probability < sharp.probability - 0.1


def test_doubts_change_nothing_where_there_are_none() -> None:
    chance = np.random.default_rng(1)
    encodings = chance.normal(0, 0.03, (40, 128)).astype(np.float32)
    photos = np.arange(40)
    without = cluster(encodings, photos)
    assert (cluster(encodings, photos, doubts=doubts(np.ones(40))) == without).all()
