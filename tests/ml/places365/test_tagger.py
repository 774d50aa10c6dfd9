"""Pictures in, scenes out."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from transformers import ViTImageProcessorPil

from librephotos.ml.pictures import UnreadablePicture
from librephotos.ml.places365.errors import ModelFileError
from librephotos.ml.places365.scene import Environment, Variant
from librephotos.ml.places365.tagger import SceneTagger, preprocess
from tests.ml.places365 import published

CPU = torch.device("cpu")

Pictures = list[NDArray[np.uint8]]
Copied = Callable[..., Path]


@pytest.mark.parametrize("variant", Variant)
def test_a_batch_equals_its_pictures_one_by_one(
    variant: Variant, model_folder: Path, pictures: Pictures
) -> None:
    tagger = SceneTagger.load(model_folder, variant=variant, device=CPU)

    together = tagger.tag(pictures)
    alone = [scene for picture in pictures for scene in tagger.tag([picture])]

    assert len(together) == len(pictures)
    for batched, single in zip(together, alone, strict=True):
        assert batched.environment is single.environment
        assert_same(batched.categories, single.categories)
        assert_same(batched.attributes, single.attributes)


def test_more_pictures_than_fit_a_pass_keep_their_order(model_folder: Path) -> None:
    tagger = SceneTagger.load(model_folder, variant=Variant.ORDINARY, device=CPU)
    levels = [0, 255] * 5
    pictures = [np.full((9, 9, 3), level, dtype=np.uint8) for level in levels]
    black, white = tagger.tag(pictures[:2])
    assert black != white

    scenes = tagger.tag(pictures)

    for level, scene in zip(levels, scenes, strict=True):
        assert_same(scene.categories, (white if level else black).categories)


def test_previews_are_taken_as_they_are(model_folder: Path) -> None:
    tagger = SceneTagger.load(model_folder, variant=Variant.ORDINARY, device=CPU)
    picture = np.full((300, 400, 3), 128, np.uint8)
    encoded = io.BytesIO()
    Image.fromarray(picture).save(encoded, "JPEG", quality=95)

    assert_same(*(s.categories for s in tagger.tag([encoded.getvalue(), picture])))
    with pytest.raises(UnreadablePicture):
        tagger.tag([b"no picture"])


def test_no_picture_is_no_scene(model_folder: Path) -> None:
    tagger = SceneTagger.load(model_folder, variant=Variant.ORDINARY, device=CPU)

    assert tagger.tag([]) == []


@pytest.mark.parametrize(("outdoor_votes", "expected"), [(4, "indoor"), (5, "outdoor")])
def test_ten_categories_vote_and_the_likely_ones_are_shown(
    outdoor_votes: int, expected: str, copied: Copied, pictures: Pictures
) -> None:
    outdoor = [n for n, is_outdoor in enumerate(published.OUTDOOR) if is_outdoor]
    indoor = [n for n, is_outdoor in enumerate(published.OUTDOOR) if not is_outdoor]
    voters = indoor[: 10 - outdoor_votes] + outdoor[:outdoor_votes]
    first, second, third, *others = voters
    logits = torch.full((365,), -20.0)
    logits[[first, second, third]] = torch.tensor([0.6, 0.25, 0.09]).log()
    logits[others] = torch.tensor(0.06 / 7).log()
    tagger = tagger_that_answers(logits, copied)

    (scene,) = tagger.tag(pictures[:1])

    assert scene.environment is Environment(expected)
    assert_same(
        scene.categories,
        [(f"place {first} outside", 0.6), (f"place {second} outside", 0.25)],
    )


def test_doubt_shows_no_category(copied: Copied, pictures: Pictures) -> None:
    tagger = tagger_that_answers(torch.zeros(365), copied)

    (scene,) = tagger.tag(pictures[:1])

    assert scene.categories == ()


def test_attributes_are_those_that_respond_most(
    copied: Copied, model_folder: Path, pictures: Pictures
) -> None:
    name = "W_sceneattribute_wideresnet18.npy"
    folder = copied(without=name)
    order = np.random.default_rng(2).permutation(102)
    # Features are never negative, so a row of larger numbers responds more.
    np.save(folder / name, np.repeat(order[:, None] - 50.0, 512, axis=1))
    tagger = SceneTagger.load(folder, variant=Variant.WIDE, device=CPU)

    (scene,) = tagger.tag(pictures[:1])

    expected = [f"attribute {n} kind" for n in np.argsort(-order)[:9]]
    assert [attribute for attribute, _ in scene.attributes] == expected


def test_the_ordinary_network_has_no_attributes(
    copied: Copied, pictures: Pictures
) -> None:
    folder = copied(without="W_sceneattribute_wideresnet18.npy")
    tagger = SceneTagger.load(folder, variant=Variant.ORDINARY, device=CPU)

    assert all(scene.attributes == () for scene in tagger.tag(pictures))

    with pytest.raises(ModelFileError, match="W_sceneattribute"):
        SceneTagger.load(folder, variant=Variant.WIDE, device=CPU)


def test_half_precision_says_the_same(model_folder: Path, pictures: Pictures) -> None:
    half, full = (
        SceneTagger.load(
            model_folder, variant=Variant.ORDINARY, device=CPU, dtype=dtype
        )
        for dtype in (torch.bfloat16, torch.float32)
    )

    for rough, exact in zip(half.tag(pictures), full.tag(pictures), strict=True):
        assert exact.categories
        assert_same(rough.categories[:1], exact.categories[:1], tolerance=0.03)


def test_pictures_are_prepared_as_the_reference_does(pictures: Pictures) -> None:
    reference = ViTImageProcessorPil(
        size={"height": 224, "width": 224},
        resample=2,  # bilinear
        image_mean=[0.485, 0.456, 0.406],
        image_std=[0.229, 0.224, 0.225],
    )

    ours = preprocess(pictures)

    assert ours.shape == (3, 3, 224, 224)
    for picture, tensor in zip(pictures, ours, strict=True):
        theirs = reference(picture, return_tensors="pt")["pixel_values"][0]
        torch.testing.assert_close(tensor, theirs, rtol=0, atol=1e-4)


def tagger_that_answers(logits: torch.Tensor, copied: Copied) -> SceneTagger:
    """Return a tagger whose network gives `logits` for any picture."""
    name = "resnet18_places365.pth.tar"
    folder = copied(without=name)
    state = published.random_state()
    state |= {"fc.weight": torch.zeros(365, 512), "fc.bias": logits}
    published.write_checkpoint(folder / name, state)
    return SceneTagger.load(folder, variant=Variant.ORDINARY, device=CPU)


def assert_same(
    found: Sequence[tuple[str, float]],
    expected: Sequence[tuple[str, float]],
    *,
    tolerance: float = 1e-5,
) -> None:
    """Assert equal names in equal order, with equal numbers up to `tolerance`."""
    assert [name for name, _ in found] == [name for name, _ in expected]
    numbers = [number for _, number in expected]
    assert [number for _, number in found] == pytest.approx(
        numbers, tolerance, tolerance
    )
