"""Rectangles: how they agree, and which are the same face."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librephotos.ml.face_recognition.boxes import Box, match_boxes

sides = st.floats(1, 500)
boxes = st.builds(
    lambda left, top, width, height: Box(left, top, left + width, top + height),
    st.floats(-50, 1000),
    st.floats(-50, 1000),
    sides,
    sides,
)


def test_agreement_of_a_face_and_its_head() -> None:
    face, head = Box(25, 25, 75, 75), Box(0, 0, 100, 100)
    assert face.iou(head) == pytest.approx(0.25)
    assert face.overlap(head) == pytest.approx(0.5)
    assert match_boxes([face], [head]) == [(0, 0)]


@given(boxes, boxes)
def test_agreement_is_mutual_and_a_share(first: Box, second: Box) -> None:
    assert first.iou(second) == pytest.approx(second.iou(first))
    assert 0 <= first.iou(second) <= first.overlap(second) + 1e-9 <= 1 + 1e-6


@given(boxes, st.floats(1, 2000), st.floats(1, 2000))
def test_shares_of_a_picture_give_the_pixels_back(
    box: Box, width: float, height: float
) -> None:
    back = box.normalised(width, height).scaled(width, height)
    assert back.left == pytest.approx(box.left)
    assert back.bottom == pytest.approx(box.bottom)


@given(boxes, sides, sides)
def test_what_is_clipped_lies_in_the_picture(box: Box, w: float, h: float) -> None:
    clipped = box.clipped(w, h)
    assert 0 <= clipped.left <= clipped.right <= w
    assert 0 <= clipped.top <= clipped.bottom <= h


def test_a_square_keeps_its_centre() -> None:
    square = Box(10, 10, 30, 50).squared(margin=0.25)
    assert square == Box(-10, 0, 50, 60)


@given(st.lists(boxes, max_size=6), st.lists(boxes, max_size=6))
def test_each_box_is_in_one_pair_at_most(first: list[Box], second: list[Box]) -> None:
    pairs = match_boxes(first, second, least_overlap=0.1)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert all(first[i].overlap(second[j]) >= 0.1 for i, j in pairs)


def test_the_best_agreement_wins() -> None:
    near, exact = Box(5, 0, 105, 100), Box(0, 0, 100, 100)
    elsewhere = Box(300, 300, 400, 400)
    assert match_boxes([near, exact], [elsewhere, exact]) == [(1, 1)]
