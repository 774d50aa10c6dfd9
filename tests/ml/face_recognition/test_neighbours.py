"""Near neighbours are those that all distances say."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from librephotos.ml.face_recognition.neighbours import near_pairs, near_pairs_among
from tests.ml.face_recognition.crowd import crowd


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 50), st.integers(1, 30), st.integers(1, 10))
def test_neighbours_are_those_of_all_distances(
    seed: int, count: int, most: int
) -> None:
    people = crowd([count, 7], seed=seed)
    first, second = people.encodings[:count], people.encodings
    i, j = near_pairs(first, second, within=0.45, most=most)
    distances = np.linalg.norm(first[:, None] - second[None], axis=2)
    for row in range(count):
        near = np.sort(distances[row][distances[row] < 0.45])[:most]
        assert np.allclose(np.sort(distances[row, j[i == row]]), near, atol=1e-3)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 50), st.integers(1, 30), st.integers(1, 10))
def test_pairs_of_one_set_come_once_with_the_later_row(
    seed: int, count: int, most: int
) -> None:
    points = crowd([count, 7], seed=seed).encodings
    i, j = near_pairs_among(points, within=0.45, most=most)
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    for row in range(len(points)):
        later = distances[row, row + 1 :]
        near = np.sort(later[later < 0.45])[:most]
        assert (j[i == row] > row).all()
        assert np.allclose(np.sort(distances[row, j[i == row]]), near, atol=1e-3)


def test_many_blocks_are_as_one() -> None:
    """A large set of columns leaves few rows to a block of products."""
    points = crowd([9] * 4000).encodings
    rows = np.arange(0, len(points), 37)
    i, j = near_pairs_among(points[: len(points) // 3], within=0.3, most=5)
    k, m = near_pairs(points[rows], points, within=0.3, most=1000)
    later = {(row, other) for row, other in zip(rows[k].tolist(), m.tolist())}
    some = np.isin(i, rows)
    assert some.any() and (np.diff(i) >= 0).all()
    assert set(zip(i[some].tolist(), j[some].tolist(), strict=True)) <= later


def test_nobody_has_no_neighbours() -> None:
    nobody, one = crowd([]).encodings, crowd([1]).encodings
    for first, second in ((nobody, one), (one, nobody)):
        assert len(near_pairs(first, second, within=1, most=3)[0]) == 0
    assert len(near_pairs_among(one, within=1, most=3)[0]) == 0
