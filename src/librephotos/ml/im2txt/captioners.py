"""Captioners by name, behind one interface."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from librephotos.ml.im2txt.errors import UnknownCaptioner

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray


class Captioner(Protocol):
    """Words for pictures."""

    @property
    def name(self) -> str:
        """The name under which the captioner was loaded."""

    def caption(self, images: Sequence[NDArray[np.uint8]]) -> list[str]:
        """Return one caption for each RGB picture, (height, width, 3), in their order.

        A caption is one line that starts with a capital and ends without a full stop,
        or empty where the model has nothing to say. The same picture gives the same
        caption. More pictures take more memory: the caller chooses the batch.
        """


def load_captioner(
    name: str, folder: Path, *, device: torch.device, dtype: torch.dtype
) -> Captioner:
    """Return the captioner called `name` with the published files in `folder`.

    Reads local safetensors alone, and runs no code of the model's publisher. Raises
    UnknownCaptioner, or CaptionerUnusable for files that do not fit.
    """
    load = _LOADERS.get(name)
    if load is None:
        known = ", ".join(_LOADERS)
        raise UnknownCaptioner(f"There is no captioner {name!r}; there are {known}.")
    return load(name, folder, device, dtype)


def _load_blip(
    name: str, folder: Path, device: torch.device, dtype: torch.dtype
) -> Captioner:
    from librephotos.ml.im2txt.blip import BlipCaptioner

    return BlipCaptioner.load(name, folder, device=device, dtype=dtype)


def _load_smolvlm(
    name: str, folder: Path, device: torch.device, dtype: torch.dtype
) -> Captioner:
    from librephotos.ml.im2txt.smolvlm import SmolVlmCaptioner

    return SmolVlmCaptioner.load(name, folder, device=device, dtype=dtype)


_LOADERS = {
    "blip-image-captioning-base": _load_blip,
    "smolvlm-256m-instruct": _load_smolvlm,
}

CAPTIONERS = tuple(_LOADERS)
"""All names that `load_captioner` knows, the default first."""
