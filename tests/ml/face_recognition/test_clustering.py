"""Clusters are one person each, and stay what they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librephotos.ml.face_recognition.clustering import UNCLUSTERED, cluster
from tests.ml.face_recognition.crowd import Crowd, Numbers, crowd

SIZES = [40, 25, 12, 8, 5, 3, 2, 2] + [1] * 20


@pytest.fixture(scope="module")
def people() -> Crowd:
    return crowd(SIZES)


@pytest.fixture(scope="module")
def labels(people: Crowd) -> Numbers:
    return cluster(people.encodings, people.photos)


def _partition(labels: Numbers) -> set[frozenset[int]]:
    return {
        frozenset(np.flatnonzero(labels == label).tolist())
        for label in np.unique(labels[labels != UNCLUSTERED])
    }


def test_a_cluster_is_one_person(people: Crowd, labels: Numbers) -> None:
    for members in _partition(labels):
        assert len({int(people.persons[row]) for row in members}) == 1


def test_a_person_is_one_cluster(people: Crowd, labels: Numbers) -> None:
    together = sum(
        n * (n - 1) // 2 for n in np.unique(labels[labels >= 0], return_counts=True)[1]
    )
    pairs = sum(n * (n - 1) // 2 for n in SIZES)
    assert together / pairs > 0.95


def test_strangers_stay_alone(people: Crowd, labels: Numbers) -> None:
    alone = people.persons >= SIZES.index(1)
    assert (labels[alone] == UNCLUSTERED).all()


def test_nothing_gives_nothing() -> None:
    nobody = crowd([])
    assert cluster(nobody.encodings, nobody.photos).shape == (0,)
    one = crowd([1])
    assert cluster(one.encodings, one.photos).tolist() == [UNCLUSTERED]


@settings(max_examples=10)
@given(st.randoms(use_true_random=False))
def test_the_order_of_faces_does_not_matter(
    people: Crowd, labels: Numbers, random: object
) -> None:
    order = np.arange(len(people.persons))
    random.shuffle(order)  # type: ignore[attr-defined]
    part = people.part(order)
    assert np.array_equal(cluster(part.encodings, part.photos), labels[order])


def test_no_change_in_no_change_out(people: Crowd, labels: Numbers) -> None:
    again = cluster(people.encodings, people.photos, previous=labels)
    assert np.array_equal(again, labels)


@settings(max_examples=15)
@given(st.integers(0, 1000), st.integers(1, 60))
def test_new_faces_leave_known_clusters_as_they_are(seed: int, new: int) -> None:
    people = crowd(SIZES, seed=seed)
    order = np.random.default_rng(seed).permutation(len(people.persons))
    people, old = people.part(order), slice(0, len(order) - new)
    before = np.full(len(order), UNCLUSTERED)
    before[old] = cluster(people.encodings[old], people.photos[old])
    after = cluster(people.encodings, people.photos, previous=before)
    for label in np.unique(before[before >= 0]):
        assert len(np.unique(after[before == label])) == 1
    for label in np.setdiff1d(after, before):
        assert label > before.max()
    again = cluster(people.encodings, people.photos, previous=after)
    assert np.array_equal(again, after)


def test_the_larger_of_two_known_clusters_gives_its_number_to_both() -> None:
    people = crowd([60])
    split = np.full(60, UNCLUSTERED)
    split[:2], split[2:10] = 3, 7
    after = cluster(people.encodings, people.photos, previous=split)
    assert np.unique(after[:10]).tolist() == [7]


def test_known_clusters_stay_two_unless_one_has_new_faces() -> None:
    people = crowd([60])
    split = np.arange(60) % 2
    assert np.array_equal(
        cluster(people.encodings, people.photos, previous=split), split
    )
    split[:2] = UNCLUSTERED
    after = cluster(people.encodings, people.photos, previous=split)
    assert len(np.unique(after)) == 1


def test_two_faces_in_one_photo_are_two_people() -> None:
    people = crowd([12])
    photos = people.photos.copy()
    photos[1] = photos[0]
    labels = cluster(people.encodings, photos)
    assert labels[0] != labels[1]


@settings(max_examples=25)
@given(st.data())
def test_constraints_hold_whatever_they_are(data: st.DataObject) -> None:
    people = crowd([10, 10, 4], seed=data.draw(st.integers(0, 99)))
    count = len(people.persons)
    rows = st.integers(0, count - 1)
    photos = np.array(data.draw(st.lists(rows, min_size=count, max_size=count)))
    apart = [(i, j) for i, j in data.draw(st.lists(st.tuples(rows, rows))) if i != j]
    numbers = st.lists(st.integers(-1, 3), min_size=count, max_size=count)
    previous = np.array(data.draw(numbers))
    labels = cluster(people.encodings, photos, previous=previous, apart=apart)
    for members in _partition(labels):
        assert len({int(photos[row]) for row in members}) == len(members)
    assert all(labels[i] == UNCLUSTERED or labels[i] != labels[j] for i, j in apart)


def test_a_denied_face_leaves_its_cluster_and_the_rest_stays() -> None:
    people = crowd([10])
    before = np.zeros(10, dtype=np.int64)
    others = np.linalg.norm(people.encodings - people.encodings.mean(axis=0), axis=1)
    odd = int(others.argmax())
    apart = [(odd, row) for row in range(10) if row != odd]
    after = cluster(people.encodings, people.photos, previous=before, apart=apart)
    assert after[odd] == UNCLUSTERED
    assert np.unique(np.delete(after, odd)).tolist() == [0]


def test_a_chain_of_look_alikes_does_not_join_two_people() -> None:
    """Single linkage would walk from one end to the other in steps of 0.2."""
    steps = np.zeros((41, 128), dtype=np.float32)
    steps[:, 0] = np.arange(41) * 0.2
    labels = cluster(steps, np.arange(41))
    for members in _partition(labels):
        assert np.ptp(steps[list(members), 0]) < 1.5
    assert len(_partition(labels)) >= 6


def test_small_clusters_are_left_out() -> None:
    people = crowd([10, 2])
    labels = cluster(people.encodings, people.photos, least_size=3)
    assert (labels[people.persons == 1] == UNCLUSTERED).all()
    assert (labels[people.persons == 0] == 0).mean() > 0.8
