"""The check with known pictures; small, barely trained models must not pass it."""

from __future__ import annotations

from pathlib import Path

from librephotos.ml.model_store.manifest import Model, Purpose, known_models
from librephotos.ml.model_store.quality import Outcome, check_quality
from tests.ml.im2txt import tiny_models
from tests.ml.places365 import published
from tests.support.models.tiny_clip import tiny_clip_folder  # noqa: F401


def test_encoders_that_know_no_cat_fail(tiny_clip_folder: Path) -> None:  # noqa: F811
    model = known_models()["clip-vit-base-patch32"]
    quality = check_quality(model, tiny_clip_folder, device="cpu")
    assert quality.outcome is Outcome.FAILED
    assert "chelsea: " in quality.detail


def test_captioner_that_knows_no_cat_fails(tmp_path: Path) -> None:
    tiny_models.write_blip(tmp_path, steps=1)
    model = known_models()["blip-image-captioning-base"]
    quality = check_quality(model, tmp_path, device="cpu")
    assert quality.outcome is Outcome.FAILED
    assert "coffee: " in quality.detail


def test_scenes_are_asked_for_indoor_and_outdoor(tmp_path: Path) -> None:
    published.write_model(tmp_path, published.random_state(), variant="wideresnet18")
    model = known_models()["places365-wideresnet18"]
    quality = check_quality(model, tmp_path, device="cpu")
    assert quality.outcome is not Outcome.NOT_CHECKED
    assert "rocket: indoor" in quality.detail or "rocket: outdoor" in quality.detail


def test_what_there_is_no_check_for(tmp_path: Path) -> None:
    model = Model("tags", (Purpose.TAGGING,), "A test's model.", "MIT", "org/tags")
    quality = check_quality(model, tmp_path)
    assert quality.outcome is Outcome.NOT_CHECKED
