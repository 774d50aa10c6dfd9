"""Pictures to vectors."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from librephotos.ml.batching import best_batch_size
from librephotos.ml.lanes import in_lanes, lanes_now, turns
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
        self._turn = turns(tower.device)

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
        lanes = lanes_now()
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
        size = batch_size or self.batch_size
        return np.concatenate(in_lanes(self._embed, pictures, size=size))

    def _embed(self, pictures: Sequence[Picture | bytes]) -> Vectors:
        batch = np.stack(list(map(self._prepare, pictures)))
        with self._turn:
            return normalised(self._forward(batch))

    def _prepare(self, picture: Picture | bytes) -> NDArray[np.uint8]:
        if isinstance(picture, bytes):
            picture = decode(picture, at_least=self._preprocessor.shortest_side)
        return self._preprocessor.resize(picture)

    def _forward(self, batch: NDArray[np.uint8]) -> torch.Tensor:
        with torch.inference_mode():
            pixels = torch.from_numpy(batch).to(self._tower.device)
            values = self._preprocessor.normalise(pixels, dtype=self._tower.dtype)
            return self._tower.forward(pixel_values=values)

    def _try(self, lanes: int, size: int) -> list[Vectors]:
        one = self._preprocessor.resize(np.zeros((64, 64, 3), np.uint8))

        def compute(numbers: Sequence[int]) -> Vectors:
            with self._turn:
                batch = np.repeat(one[None], len(numbers), axis=0)
                return normalised(self._forward(batch))

        return in_lanes(compute, range(size * lanes), size=size)
