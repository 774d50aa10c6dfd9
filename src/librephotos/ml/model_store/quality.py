"""Whether a model says of known pictures what everyone would.

The pictures are those that scikit-image ships: a cat, a cup of coffee, a rocket, an
astronaut, a printed page. The check is coarse on purpose: it tells weights that work
from weights that were mixed up, loaded in the wrong order or computed in a precision
that the device does not master. It measures no accuracy.

It loads torch, so nobody but the command line imports this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from librephotos.ml.model_store.manifest import Model, Purpose

Picture = NDArray[np.uint8]

# Pictures of scikit-image, a label that names each, and words of which a caption holds
# at least one.
_LABELS = {
    "chelsea": "cat",
    "coffee": "cup of coffee",
    "rocket": "rocket",
    "astronaut": "astronaut",
    "page": "printed page of a book",
}
_WORDS = {
    "chelsea": ("cat", "kitten"),
    "coffee": ("coffee", "cup", "mug"),
    "rocket": ("rocket", "launch", "shuttle", "tower"),
    "astronaut": ("astronaut", "woman", "girl", "person", "suit"),
}
_INDOOR = {"coffee": True, "rocket": False}
# One picture may be seen otherwise: a model is not broken for that.
_WRONG_ALLOWED = 1


class Outcome(StrEnum):
    """What a check came to."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True)
class Quality:
    """The outcome, and what was seen, in one line."""

    outcome: Outcome
    detail: str


def check_quality(model: Model, folder: Path, *, device: str = "auto") -> Quality:
    """Return what an installed model makes of the known pictures.

    Raises MlError if it cannot be loaded at all.
    """
    try:
        from skimage import data
    except ImportError:
        return Quality(Outcome.NOT_CHECKED, "scikit-image is not installed")

    def pictures(names: Mapping[str, object]) -> list[Picture]:
        return [_rgb(getattr(data, name)()) for name in names]

    for purpose, check in _CHECKS.items():
        if purpose in model.purposes:
            return check(model, folder, pictures, device)
    return Quality(Outcome.NOT_CHECKED, "there is no check for what it is for")


Pictures = Callable[[Mapping[str, object]], list[Picture]]


def _check_search(
    model: Model, folder: Path, pictures: Pictures, device: str
) -> Quality:
    from librephotos.ml.semantic_search.image_encoder import ImageEncoder
    from librephotos.ml.semantic_search.text_encoder import TextEncoder

    options = _options(device)
    labels = list(_LABELS.values())
    seen = ImageEncoder.load(folder, **options).embed(pictures(_LABELS), batch_size=1)
    read = TextEncoder.load(folder, **options).embed_labels(labels)
    chosen = [labels[index] for index in np.argmax(seen @ read.T, axis=1)]
    right = [label == choice for label, choice in zip(labels, chosen, strict=True)]
    return _judge(right, chosen, list(_LABELS))


def _check_captions(
    model: Model, folder: Path, pictures: Pictures, device: str
) -> Quality:
    from librephotos.ml.im2txt.captioners import load_captioner

    captioner = load_captioner(model.name, folder, **_options(device))
    captions = captioner.caption(pictures(_WORDS))
    right = [
        any(word in caption.lower() for word in words)
        for caption, words in zip(captions, _WORDS.values(), strict=True)
    ]
    return _judge(right, captions, list(_WORDS))


def _check_scenes(
    model: Model, folder: Path, pictures: Pictures, device: str
) -> Quality:
    from librephotos.ml.places365.scene import Environment, Variant
    from librephotos.ml.places365.tagger import SceneTagger

    tagger = SceneTagger.load(
        folder,
        variant=Variant(model.name.removeprefix("places365-")),
        device=_options(device)["device"],
    )
    environments = [scene.environment for scene in tagger.tag(pictures(_INDOOR))]
    right = [
        (environment is Environment.INDOOR) == indoor
        for environment, indoor in zip(environments, _INDOOR.values(), strict=True)
    ]
    return _judge(right, environments, list(_INDOOR), wrong_allowed=0)


_CHECKS: Mapping[Purpose, Callable[[Model, Path, Pictures, str], Quality]] = {
    Purpose.SEMANTIC_SEARCH: _check_search,
    Purpose.CAPTIONS: _check_captions,
    Purpose.SCENES: _check_scenes,
}


def _judge(
    right: Sequence[bool],
    said: Sequence[str],
    names: Sequence[str],
    *,
    wrong_allowed: int = _WRONG_ALLOWED,
) -> Quality:
    passed = len(right) - sum(right) <= wrong_allowed
    told = "; ".join(f"{name}: {text}" for name, text in zip(names, said, strict=True))
    return Quality(Outcome.PASSED if passed else Outcome.FAILED, told)


def _options(device: str) -> dict[str, Any]:
    from librephotos.ml.device import choose_device, choose_dtype

    chosen = choose_device(device)
    return {"device": chosen, "dtype": choose_dtype(chosen)}


def _rgb(picture: Picture) -> Picture:
    """Return a picture of scikit-image, some of which are grey, in three colours."""
    colours = picture if picture.ndim == 3 else np.stack([picture] * 3, axis=-1)
    return np.ascontiguousarray(colours[..., :3])
