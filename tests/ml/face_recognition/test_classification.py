"""Labelled people are recognised, and strangers are nobody."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest

from librephotos.ml.face_recognition import classification
from librephotos.ml.face_recognition.classification import (
    MOST_PROTOTYPES,
    People,
    Recognition,
    classify,
    prototypes_of,
)
from tests.ml.face_recognition.crowd import Crowd, crowd

LABELLED = 6


@pytest.fixture(scope="module")
def faces() -> Crowd:
    """Eight people with sixteen faces each, and forty strangers."""
    return crowd([16] * 8 + [1] * 40, seed=5)


@pytest.fixture(scope="module")
def people(faces: Crowd) -> People:
    rows = np.flatnonzero(_known(faces))
    return People.from_faces(faces.encodings[rows], faces.persons[rows])


@pytest.fixture(scope="module")
def unknown(faces: Crowd) -> Crowd:
    return faces.part(np.flatnonzero(~_known(faces)))


def _known(faces: Crowd) -> np.ndarray:
    """The first faces of all people but the last two, who have no name yet."""
    return (np.arange(len(faces.persons)) % 16 < LABELLED) & (faces.persons < 6)


def _persons(answer: list[Recognition | None]) -> list[int | None]:
    return [found.person if found else None for found in answer]


def test_people_are_recognised_and_strangers_are_nobody(
    unknown: Crowd, people: People
) -> None:
    answer = _persons(classify(unknown.encodings, unknown.photos, people))
    named = unknown.persons < 6
    right = [a == p for a, p in zip(answer, unknown.persons, strict=True)]
    assert np.mean(np.array(right)[named]) > 0.9
    assert [a for a, n in zip(answer, named, strict=True) if not n] == [None] * int(
        (~named).sum()
    )


def test_with_one_person_known_nobody_is_forced_into_it(faces: Crowd) -> None:
    only = People.from_faces(faces.encodings[:4], faces.persons[:4])
    others = faces.part(np.flatnonzero(faces.persons != 0))
    assert set(_persons(classify(others.encodings, others.photos, only))) == {None}


def test_with_nobody_known_everybody_is_nobody(unknown: Crowd) -> None:
    nobody = People.from_faces(np.empty((0, 128), np.float32), np.empty(0, np.int64))
    answer = classify(unknown.encodings, unknown.photos, nobody)
    assert answer == [None] * len(unknown.persons)


def test_probability_falls_with_distance(people: People) -> None:
    start = people.prototypes[0]
    away = np.zeros(128, np.float32)
    away[0] = 1
    steps = np.arange(0.1, 0.9, 0.1, dtype=np.float32)[:, None]
    answer = classify(
        start + steps * away, np.arange(len(steps)), people, least_probability=0
    )
    probabilities = [found.probability for found in answer if found]
    assert all(0 <= p <= 1 for p in probabilities)
    assert sorted(probabilities[:5], reverse=True) == probabilities[:5]
    assert probabilities[0] > 0.95
    assert probabilities[-1] < 0.05


def test_a_subset_is_scored_as_the_whole(unknown: Crowd, people: People) -> None:
    whole = classify(unknown.encodings, unknown.photos, people)
    rows = np.arange(0, len(unknown.persons), 3)
    part = unknown.part(rows)
    answer = classify(part.encodings, part.photos, people)
    assert _persons(answer) == _persons([whole[row] for row in rows])


def test_faces_are_scored_in_blocks_as_at_once(
    unknown: Crowd, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = np.arange(len(unknown.persons)) // 2  # the photos of two faces each
    whole = classify(unknown.encodings, pairs, people, rejected=[(3, 0), (40, 2)])
    monkeypatch.setattr(classification, "_MOST_DISTANCES", 50)
    blocks = classify(unknown.encodings, pairs, people, rejected=[(3, 0), (40, 2)])
    assert _persons(blocks) == _persons(whole)


def test_memory_does_not_grow_with_faces_times_people(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(classification, "_MOST_DISTANCES", 100_000)
    looks = np.random.default_rng(3).normal(size=(300, 128)).astype(np.float32)
    many = People(looks, np.arange(300))
    faces = np.tile(looks, (40, 1))
    tracemalloc.start()
    found = classify(faces, np.arange(len(faces)), many)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert _persons(found) == list(range(300)) * 40
    assert peak < 300 * len(faces) * 8 / 2  # bytes of half the distances


def test_a_person_is_in_a_photo_once(people: People) -> None:
    twice = np.stack([people.prototypes[0], people.prototypes[0] + 0.005])
    answer = _persons(classify(twice, np.array([9, 9]), people))
    assert answer == [int(people.owners[0]), None]


def test_who_is_confirmed_in_the_photo_is_not_found_there_again(people: People) -> None:
    face, person = people.prototypes[:1], int(people.owners[0])
    photo = np.array([9])
    assert _persons(classify(face, photo, people)) == [person]
    assert _persons(classify(face, photo, people, taken={9: [person]})) == [None]
    assert _persons(classify(face, photo, people, taken={8: [person]})) == [person]


def test_a_denied_person_is_never_returned(unknown: Crowd, people: People) -> None:
    answer = _persons(classify(unknown.encodings, unknown.photos, people))
    denied = {(row, person) for row, person in enumerate(answer) if person is not None}
    again = classify(
        unknown.encodings,
        unknown.photos,
        people,
        rejected=denied,
        least_probability=0,
    )
    assert denied.isdisjoint(enumerate(_persons(again)))


def test_a_person_is_several_looks() -> None:
    child, adult = crowd([8, 8], seed=2).encodings.reshape(2, 8, 128)
    looks = prototypes_of(np.concatenate([child, adult]))
    assert 2 <= len(looks) <= MOST_PROTOTYPES
    for face in (child[0], adult[0]):
        assert np.linalg.norm(looks - face, axis=1).min() < 0.45


def test_looks_do_not_depend_on_the_order_of_faces(faces: Crowd) -> None:
    own = faces.encodings[:16]
    assert np.array_equal(prototypes_of(own), prototypes_of(own[::-1]))


def test_one_person_is_scored_against_all_in_a_moment(people: People) -> None:
    """A label on one face re-scores a large library while somebody waits."""
    many = crowd([20_000], seed=8)
    start = time.process_time()
    classify(many.encodings, many.photos, people)
    assert time.process_time() - start < 2
