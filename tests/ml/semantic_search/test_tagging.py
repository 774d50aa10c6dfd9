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
from tests.support.models.tiny_clip import COLOURS, HELD_OUT, SEEN, render


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


def _published(cosines: list[float]) -> list[str]:
    """Return the labels at these cosines, compared as the published SigLIP 2 does."""
    labels = [f"{cosine:.4f}" for cosine in cosines]
    vectors = np.eye(len(labels), dtype=np.float32)
    tagger = ZeroShotTagger(labels, vectors, 112.67, -16.77)
    (tags,) = tagger.tags(np.array([cosines], np.float32))
    return [tag.label for tag in tags]


def test_single_words_become_tags_at_the_scale_of_the_published_model() -> None:
    assert _published([0.0968, 0.0975, 0.11, 0.13]) == ["0.1300", "0.1100", "0.0975"]
    assert 1 / (1 + np.exp(16.77 - 112.67 * 0.097)) == pytest.approx(0.003, abs=2e-4)


def test_no_more_than_ten_single_words_become_tags() -> None:
    cosines = [0.1 + step / 1000 for step in range(15)]
    assert _published(cosines) == [f"{cosine:.4f}" for cosine in cosines[:4:-1]]
