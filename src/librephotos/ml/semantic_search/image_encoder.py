"""Pictures to vectors, the next ones prepared while the last are computed."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from librephotos.ml.batching import best_batch_size
from librephotos.ml.pictures import Picture
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
    def shortest_side(self) -> int:
        """The smaller side, in pixels, below which a picture loses detail."""
        return self._preprocessor.shortest_side

    @property
    def batch_size(self) -> int:
        """How many pictures are computed at once; measured when first asked for."""
        key = ("image", self._name, str(self._tower.device), self._tower.dtype)
        return best_batch_size(self._try, key=key)

    def embed(
        self, pictures: Iterable[Picture], *, batch_size: int | None = None
    ) -> Vectors:
        """Return one normalised float32 row for each picture, in order: (n, d).

        A lazy iterable is read in a thread while the network computes, so decoding
        belongs inside it: `embed(decode(data) for data in previews)`. What reading it
        raises is raised here.
        """
        size = batch_size or self.batch_size
        prepared = _ahead(self._batches(iter(pictures), size))
        rows = [normalised(self._forward(batch)) for batch in prepared]
        return np.concatenate(rows) if rows else np.empty((0, 0), np.float32)

    def _batches(
        self, pictures: Iterator[Picture], size: int
    ) -> Iterator[NDArray[np.uint8]]:
        while batch := list(map(self._preprocessor.resize, islice(pictures, size))):
            yield np.stack(batch)

    def _forward(self, batch: NDArray[np.uint8]) -> torch.Tensor:
        with torch.inference_mode():
            pixels = torch.from_numpy(batch).to(self._tower.device)
            values = self._preprocessor.normalise(pixels, dtype=self._tower.dtype)
            return self._tower.forward(pixel_values=values)

    def _try(self, size: int) -> Vectors:
        one = self._preprocessor.resize(np.zeros((64, 64, 3), np.uint8))
        return normalised(self._forward(np.repeat(one[None], size, axis=0)))


def _ahead(batches: Iterator[NDArray[np.uint8]]) -> Iterator[NDArray[np.uint8]]:
    """Yield the batches, each next one being made in a thread meanwhile."""
    with ThreadPoolExecutor(1, thread_name_prefix="prepare") as thread:
        coming = thread.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = thread.submit(next, batches, None)
            yield batch
