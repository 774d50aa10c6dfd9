"""Pictures to vectors."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from librephotos.ml.batching import best_batch_size
from librephotos.ml.lanes import computed, lanes_on
from librephotos.ml.pictures import Picture, decode
from librephotos.ml.semantic_search.checkpoint import Half, Tower, load_tower
from librephotos.ml.semantic_search.preprocessing import Preprocessor
from librephotos.ml.semantic_search.vectors import Vectors, normalised


class ImageEncoder:
    """The seeing half of a model such as SigLIP 2 or CLIP."""

    def __init__(self, tower: Tower, preprocessor: Preprocessor, *, name: str) -> None:
        self._tower = tower
        self._preprocessor = preprocessor
        self._name = name

    @classmethod
    def load(
        cls, folder: Path, *, device: torch.device, dtype: torch.dtype
    ) -> "ImageEncoder":
        """Return the encoder of the model in `folder`, computing on `device`.

        Raises MissingModelFile and UnsupportedModel.
        """
        preprocessor = Preprocessor.load(folder)
        tower = load_tower(folder, Half.IMAGE, device=device, dtype=dtype)
        return cls(tower, preprocessor, name=str(folder))

    @property
    def batch_size(self) -> int:
        """How many pictures are computed at once; measured when first asked for."""
        lanes = lanes_on(self._tower.device)
        device, dtype = str(self._tower.device), self._tower.dtype
        return best_batch_size(
            partial(self._try, lanes), key=("image", self._name, device, dtype, lanes)
        )

    def embed(
        self, pictures: Sequence[Picture | bytes], *, batch_size: int | None = None
    ) -> Vectors:
        """Return one normalised float32 row for each picture, in order: (n, d).

        Bytes are previews, decoded no larger than the network sees them. Raises
        UnreadablePicture.
        """
        if not len(pictures):
            return np.empty((0, 0), np.float32)
        return np.concatenate(
            computed(
                self._prepare,
                self._vectors,
                pictures,
                size=batch_size or self.batch_size,
                device=self._tower.device,
            )
        )

    def _prepare(self, picture: Picture | bytes) -> NDArray[np.uint8]:
        if isinstance(picture, bytes):
            picture = decode(picture, at_least=self._preprocessor.shortest_side)
        return self._preprocessor.resize(picture)

    def _vectors(self, prepared: Sequence[NDArray[np.uint8]]) -> Vectors:
        with torch.inference_mode():
            pixels = torch.from_numpy(np.stack(prepared)).to(self._tower.device)
            values = self._preprocessor.normalise(pixels, dtype=self._tower.dtype)
            return normalised(self._tower.forward(pixel_values=values))

    def _try(self, lanes: int, size: int) -> list[Vectors]:
        one = self._preprocessor.resize(np.zeros((64, 64, 3), np.uint8))
        same = [one] * (size * lanes)
        device = self._tower.device
        return computed(lambda it: it, self._vectors, same, size=size, device=device)
