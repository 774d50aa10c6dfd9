"""Grouping that goes on from a former answer is as good as starting anew."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librephotos.ml.face_recognition.clustering import UNCLUSTERED, cluster
from tests.ml.face_recognition.crowd import Crowd, Numbers, crowd

SIZES = [60, 40, 25, 12, 12, 8, 8, 5, 3, 3, 2, 2] + [1] * 40


def shuffled(sizes: list[int], seed: int) -> Crowd:
    people = crowd(sizes, seed=seed)
    order = np.random.default_rng(seed).permutation(len(people.persons))
    return people.part(order)


def grown(people: Crowd, ends: list[int]) -> Numbers:
    """Return the clusters of faces that come in parts, each up to one of the rows."""
    labels = np.empty(0, dtype=np.int64)
    for end in [*ends, len(people.persons)]:
        new = end - len(labels)
        labels = cluster(
            people.encodings[:end],
            people.photos[:end],
            previous=np.append(labels, np.full(new, UNCLUSTERED)),
            fresh=np.arange(end) >= len(labels),
        )
    return labels


def pairs(*columns: Numbers) -> int:
    counts = np.unique(np.stack(columns), axis=1, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())


def agreement(people: Crowd, labels: Numbers) -> tuple[float, float]:
    """Return the precision and the recall of pairs in one cluster."""
    known = labels != UNCLUSTERED
    right = pairs(people.persons[known], labels[known])
    return right / pairs(labels[known]), right / pairs(people.persons)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("parts", [2, 10, 60])
def test_a_crowd_in_parts_is_grouped_as_well_as_at_once(seed: int, parts: int) -> None:
    people = shuffled(SIZES * 4, seed)
    count = len(people.persons)
    labels = grown(people, [count * part // parts for part in range(1, parts)])
    precision, recall = agreement(people, labels)
    at_once = agreement(people, cluster(people.encodings, people.photos))
    assert precision >= 0.999 and at_once[0] >= 0.999
    assert recall >= at_once[1] - 0.02


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 60))
def test_few_fresh_faces_give_what_a_search_of_all_gives(seed: int, new: int) -> None:
    """No face has so many neighbours here that some of them would be left out."""
    people = shuffled([25, 12, 8, 5, 3, 2, 2] + [1] * 30, seed)
    labels = grown(people, [len(people.persons) - new])
    before = np.full(len(labels), UNCLUSTERED)
    before[:-new] = cluster(people.encodings[:-new], people.photos[:-new])
    whole = cluster(people.encodings, people.photos, previous=before)
    assert np.array_equal(labels, whole)


def test_nothing_fresh_gives_what_there_was() -> None:
    """Not even faces that belong together are looked for."""
    people = crowd(SIZES)
    nothing = np.zeros(len(people.persons), dtype=bool)
    for previous in (
        cluster(people.encodings, people.photos),
        np.full(len(people.persons), UNCLUSTERED),
    ):
        after = cluster(
            people.encodings, people.photos, previous=previous, fresh=nothing
        )
        assert np.array_equal(after, previous)


def test_only_what_is_fresh_is_grouped() -> None:
    people = crowd([10, 10])
    alone = np.full(20, UNCLUSTERED)
    after = cluster(
        people.encodings, people.photos, previous=alone, fresh=people.persons == 1
    )
    assert np.unique(after[:10]).tolist() == [UNCLUSTERED]
    assert UNCLUSTERED not in after[10:] and len(np.unique(after[10:])) == 1


def test_a_fresh_face_joins_two_known_clusters_into_one() -> None:
    people = crowd([41])
    split = np.arange(41) % 2
    split[40] = UNCLUSTERED
    fresh = split == UNCLUSTERED
    after = cluster(people.encodings, people.photos, previous=split, fresh=fresh)
    assert len(np.unique(after)) == 1


def test_a_cluster_that_has_lost_a_face_is_compared_anew() -> None:
    """One that did not fit kept a single face away; the others are the fresh ones."""
    people = crowd([6])
    labels = np.array([0, 0, 0, 0, 0, UNCLUSTERED])
    fresh = labels == 0
    after = cluster(people.encodings, people.photos, previous=labels, fresh=fresh)
    assert np.unique(after).tolist() == [0]


def test_photos_and_denials_hold_among_old_and_fresh_faces() -> None:
    people = crowd([20])
    labels = np.zeros(20, dtype=np.int64)
    labels[[18, 19]] = UNCLUSTERED
    photos = people.photos.copy()
    photos[18] = photos[0]
    after = cluster(
        people.encodings,
        photos,
        previous=labels,
        fresh=labels == UNCLUSTERED,
        apart=[(19, 5)],
    )
    assert after[:18].tolist() == [0] * 18
    assert 0 not in after[18:]
