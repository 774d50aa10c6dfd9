"""Tags come from vectors that exist already."""

from pathlib import Path

import numpy as np
import pytest

from librephotos.ml.semantic_search.image_encoder import ImageEncoder
from librephotos.ml.semantic_search.tagging import (
    MOST_TAGS,
    ZeroShotTagger,
    vocabulary,
)
from librephotos.ml.semantic_search.text_encoder import TextEncoder
from tests.support.tiny_clip import COLOURS, HELD_OUT, SEEN, render


def test_the_vocabulary_is_a_list_of_different_short_concepts() -> None:
    words = vocabulary()

    assert 300 <= len(words) <= 700
    assert len(set(words)) == len(words)
    assert all(0 < len(word) <= 30 for word in words)


def test_shapes_get_the_tag_of_their_colour(
    clip_images: ImageEncoder, clip_texts: TextEncoder, tiny_clip_folder: Path
) -> None:
    pairs = (*SEEN[::3], *HELD_OUT)
    pictures = [np.asarray(render(shape, colour, 77)) for colour, shape in pairs]
    tagger = ZeroShotTagger.load(
        tiny_clip_folder, clip_texts, labels=[f"something {word}" for word in COLOURS]
    )

    tags = tagger.tags(clip_images.embed(pictures))

    right = [
        found[0].label.endswith(colour)
        for found, (colour, _) in zip(tags, pairs, strict=True)
    ]
    assert np.mean(right) >= 0.8


def _tagger(bias: float | None) -> ZeroShotTagger:
    labels = [str(number) for number in range(20)]
    return ZeroShotTagger(labels, np.eye(20, dtype=np.float32), 20.0, bias)


def test_a_softmax_shares_out_one() -> None:
    probabilities = _tagger(None).probabilities(np.eye(20, dtype=np.float32)[:3])

    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


def test_a_sigmoid_judges_each_label_alone() -> None:
    picture = np.zeros((1, 20), np.float32)
    picture[0, [3, 5]] = 0.8, 0.6

    (tags,) = _tagger(-12.0).tags(picture)

    assert [tag.label for tag in tags] == ["3", "5"]
    assert tags[0].score == pytest.approx(1 / (1 + np.exp(-4)), rel=1e-4)
    assert tags[1].score == pytest.approx(0.5, rel=1e-4)


def test_the_threshold_and_the_number_hold() -> None:
    tagger, picture = _tagger(0.0), np.zeros((1, 20), np.float32)

    assert len(tagger.tags(picture, threshold=0.5)[0]) == MOST_TAGS
    assert tagger.tags(picture, threshold=0.51) == [()]
    assert tagger.tags(np.empty((0, 20), np.float32)) == []
