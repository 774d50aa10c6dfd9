"""The manifest as it is shipped."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from librephotos.ml.im2txt.captioners import CAPTIONERS
from librephotos.ml.model_store.errors import UnknownModel
from librephotos.ml.model_store.manifest import Model, Purpose, find_model, known_models
from librephotos.ml.model_store.record import safe_name
from librephotos.ml.places365.scene import Variant

MODELS = list(known_models().values())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_model_is_described_and_can_be_had(model: Model) -> None:
    assert safe_name(model.name)
    assert model.purposes and model.licence and model.about.endswith(".")
    assert bool(model.repository) != bool(model.files)
    for file in model.files:
        address = urlsplit(file.url)
        assert address.scheme in ("http", "https") and address.hostname
        assert safe_name(file.path) and address.path.endswith(f"/{file.path}")


def test_every_purpose_has_a_model() -> None:
    assert {purpose for model in MODELS for purpose in model.purposes} == set(Purpose)


def test_what_needs_a_loader_of_ours_has_one() -> None:
    def serving(purpose: Purpose) -> set[str]:
        return {model.name for model in MODELS if purpose in model.purposes}

    assert serving(Purpose.CAPTIONS) == set(CAPTIONERS)
    assert serving(Purpose.SCENES) == {f"places365-{kind}" for kind in Variant}


def test_repositories_are_found_by_either_name() -> None:
    for model in MODELS:
        assert find_model(model.name, known_models()) is model
        if model.repository:
            assert find_model(model.repository, known_models()) is model


def test_other_repositories_are_for_search() -> None:
    model = find_model("laion/CLIP-ViT-B-32-laion2B-s34B-b79K", known_models())
    assert model.repository == model.name
    assert model.purposes == (Purpose.SEMANTIC_SEARCH,)


@pytest.mark.parametrize("name", ["", "clip", "../x", "a/..", "a//b", "a/b\n", ".a/b"])
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(UnknownModel, match="siglip2-base-patch16-224"):
        find_model(name, known_models())
