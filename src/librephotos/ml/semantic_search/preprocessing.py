"""Pictures as the models were trained to see them."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
import transformers
from numpy.typing import NDArray

from librephotos.ml.pictures import Picture
from librephotos.ml.semantic_search.checkpoint import read_json
from librephotos.ml.semantic_search.errors import UnsupportedModel

PREPROCESSING: Final = "preprocessor_config.json"
_NO_ONE_SIZE: Final = (
    "The model takes pictures in sizes of their own (NaFlex), which is not supported: "
    "choose its variant of one size, such as siglip2-base-patch16-224."
)


class Preprocessor:
    """Resizes and crops like the model's own processor, and leaves arithmetic late.

    Pictures stay bytes until they are on the device: that is a quarter of the
    transfer, and one fused multiplication for the whole batch instead of one in
    NumPy for each picture.
    """

    def __init__(self, processor: Any) -> None:
        self._processor = processor
        self._scale, self._shift = _scale_and_shift(processor)

    @classmethod
    def load(cls, folder: Path) -> "Preprocessor":
        """Return the preprocessing of the model in `folder`.

        Raises MissingModelFile and UnsupportedModel.
        """
        read_json(folder, PREPROCESSING)
        try:
            loader: Any = transformers.AutoImageProcessor
            processor = loader.from_pretrained(
                folder, backend="pil", local_files_only=True, trust_remote_code=False
            )
        except (ValueError, OSError, ImportError) as error:
            raise UnsupportedModel(
                "The model prepares pictures in an unknown way."
            ) from error
        loaded = cls(processor)
        loaded._require_one_shape()
        return loaded

    def _require_one_shape(self) -> None:
        """Raise UnsupportedModel unless wide and high pictures become alike.

        A network that takes patches of as many as there are, such as NaFlex, would fail
        at the first picture.
        """
        wide, high = np.zeros((16, 48, 3), np.uint8), np.zeros((48, 16, 3), np.uint8)
        try:
            shapes = {self.resize(picture).shape for picture in (wide, high)}
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise UnsupportedModel(_NO_ONE_SIZE) from error
        if len(shapes) != 1 or len(shapes.pop()) != 3:
            raise UnsupportedModel(_NO_ONE_SIZE)

    @property
    def shortest_side(self) -> int:
        """The smaller side of what the model sees, in pixels."""
        size = self._processor.size
        sides = (size.shortest_edge, size.height, size.width)
        return min(int(side) for side in sides if side)

    def resize(self, picture: Picture) -> NDArray[np.uint8]:
        """Return the picture as the model sees it: uint8, 3 × height × width."""
        found = self._processor(
            [picture],
            do_rescale=False,
            do_normalize=False,
            input_data_format="channels_last",
            return_tensors="np",
        )
        pixels: NDArray[np.uint8] = found["pixel_values"][0]
        return pixels

    def normalise(self, pixels: torch.Tensor, *, dtype: torch.dtype) -> torch.Tensor:
        """Return uint8 n × 3 × h × w as the network's numbers, on the same device."""
        scale, shift = self._scale.to(pixels.device), self._shift.to(pixels.device)
        # In place: new memory for a batch costs more than the arithmetic.
        return pixels.to(torch.float32).mul_(scale).add_(shift).to(dtype)


def _scale_and_shift(processor: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Return a, b so that a × byte + b is the byte rescaled, then normalised."""
    scale = torch.full(
        (3, 1, 1), processor.rescale_factor if processor.do_rescale else 1.0
    )
    if not processor.do_normalize:
        return scale, torch.zeros(3, 1, 1)
    mean = torch.tensor(processor.image_mean).reshape(3, 1, 1)
    deviation = torch.tensor(processor.image_std).reshape(3, 1, 1)
    return scale / deviation, -mean / deviation
