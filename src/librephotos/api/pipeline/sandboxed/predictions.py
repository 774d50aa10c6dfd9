"""What the children that learn are asked to do; knows no Django.

PyTorch is imported in the child alone, with the first work for it, so that a worker
with nothing to learn stays small. A child keeps one model: another one takes its place,
and all memory is given back when the child, being idle, is ended.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from librephotos.api.pipeline.sandboxed.model_files import ModelFiles
from librephotos.cores import usable_cores
from librephotos.ml.errors import ModelUnusable

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

    from librephotos.ml.places365.scene import Scene

log = logging.getLogger(__name__)

Loaded = TypeVar("Loaded")

FEW = 8
"""So many pictures are computed at once without finding out how many are best, which
takes some ten seconds: longer than these few."""


def embed_pictures(
    model: ModelFiles, previews: Sequence[bytes]
) -> list[NDArray[np.float32]]:
    """Return a vector of length 1, float32 (d,), for each preview."""
    encoder = _resident(_image_encoder, model)
    size = len(previews) if len(previews) <= FEW else None
    return list(encoder.embed(previews, batch_size=size))


def embed_texts(model: ModelFiles, texts: Sequence[str]) -> list[NDArray[np.float32]]:
    """Return a vector of length 1, float32 (d,), for each text."""
    return list(_resident(_text_encoder, model).embed(texts))


def tag_vectors(
    model: ModelFiles, vectors: Sequence[Any]
) -> list[list[tuple[str, float]]]:
    """Return what the vocabulary has for each vector, with probabilities."""
    import numpy as np

    tagger = _resident(_zero_shot_tagger, model)
    found = tagger.tags(np.asarray(vectors, np.float32))
    return [[(tag.label, tag.score) for tag in tags] for tags in found]


def recognise_scenes(model: ModelFiles, previews: Sequence[bytes]) -> list[Scene]:
    """Return the scene of each preview, with the improbable categories too."""
    tagger = _resident(_scene_tagger, model)
    return list(tagger.tag(previews, least_probability=0.0))


def write_captions(model: ModelFiles, previews: Sequence[bytes]) -> list[str]:
    """Return a sentence about each preview."""
    from librephotos.ml.pictures import decode

    captioner = _resident(_captioner, model)
    return list(captioner.caption([decode(data) for data in previews]))


_kept: tuple[object, Any] | None = None


def _resident(load: Callable[[ModelFiles], Loaded], model: ModelFiles) -> Loaded:
    """Return what `load` makes of a model, which is done once while it stays."""
    global _kept
    if _kept is None or _kept[0] != (load, model):
        _kept = None  # never two in memory
        gc.collect()
        _kept = (load, model), _loaded(load, model)
    found: Loaded = _kept[1]
    return found


def _loaded(load: Callable[[ModelFiles], Loaded], model: ModelFiles) -> Loaded:
    try:
        loaded = load(model)
        _require_revision(model)
        return loaded
    except ModelUnusable:
        raise
    # The model's boundary: no photo is to blame for what a library finds in its files.
    except Exception as error:
        log.exception("The model %s does not load", model.name)
        raise ModelUnusable(
            f"The model {model.name} cannot be used ({type(error).__name__}): see "
            "that there is memory for it, download it again, or choose another one."
        ) from error


def _require_revision(model: ModelFiles) -> None:
    """Raise ModelUnusable if other files have taken the place of those asked for."""
    from librephotos.ml.model_store import ModelStore

    folder = Path(model.folder)
    store = ModelStore(folder.parents[model.name.count("/")])
    if model.revision and store.revision(model.name) != model.revision:
        raise ModelUnusable(
            f"The model {model.name} was replaced while it was loaded: try again."
        )


def _image_encoder(model: ModelFiles) -> Any:
    from librephotos.ml.semantic_search.image_encoder import ImageEncoder

    device, dtype = _processor(model.device)
    return ImageEncoder.load(Path(model.folder), device=device, dtype=dtype)


def _text_encoder(model: ModelFiles) -> Any:
    from librephotos.ml.semantic_search.text_encoder import TextEncoder

    device, dtype = _processor(model.device)
    return TextEncoder.load(Path(model.folder), device=device, dtype=dtype)


def _zero_shot_tagger(model: ModelFiles) -> Any:
    from librephotos.ml.semantic_search.tagging import ZeroShotTagger

    # The reader of texts goes as soon as the vocabulary is read.
    return ZeroShotTagger.load(Path(model.folder), _text_encoder(model))


def _scene_tagger(model: ModelFiles) -> Any:
    from librephotos.ml.places365.scene import Variant
    from librephotos.ml.places365.tagger import SceneTagger

    device, dtype = _processor(model.device)
    variant = Variant(model.name.partition("-")[2])
    folder = Path(model.folder)
    return SceneTagger.load(folder, variant=variant, device=device, dtype=dtype)


def _captioner(model: ModelFiles) -> Any:
    from librephotos.ml.im2txt.captioners import load_captioner

    device, dtype = _processor(model.device)
    return load_captioner(model.name, Path(model.folder), device=device, dtype=dtype)


def _processor(name: str) -> tuple[torch.device, torch.dtype]:
    """Return the device of this name and its fastest precision; use all cores."""
    import torch

    from librephotos.ml.device import UnavailableDevice, choose_device, choose_dtype

    # The worker bids its children use one thread each, which is right for decoders.
    torch.set_num_threads(usable_cores())
    try:
        device = choose_device(name)
    except UnavailableDevice as error:
        raise ModelUnusable(f"{error} Correct LIBREPHOTOS_DEVICE.") from error
    return device, choose_dtype(device)
