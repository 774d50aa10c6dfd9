"""Recognise the scenes of pictures with the published Places365 networks."""

from collections.abc import Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Self

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from librephotos.ml.lanes import computed
from librephotos.ml.pictures import Picture, decode
from librephotos.ml.places365 import labels
from librephotos.ml.places365.checkpoint import read_attribute_weights, read_network
from librephotos.ml.places365.network import FEATURES, ResNet18
from librephotos.ml.places365.scene import Environment, Scene, Variant

SIDE = 224
MEAN = (0.485, 0.456, 0.406)  # of ImageNet's training pictures, R, G, B from 0 to 1
DEVIATION = (0.229, 0.224, 0.225)

VOTERS = 10
"""The most probable categories, so many, vote on indoor or outdoor (published demo)."""

MOST_CATEGORIES = 5  # as the published demo

MIN_PROBABILITY = 0.1
"""Below it a category is not shown, unless the caller knows better.

The network spreads its doubt over look-alikes: of the published example, food court
0.69 and cafeteria 0.16 tell something, dining hall 0.03 does not. Where nothing gets
this far, a photo is better in no album than in a wrong one.
"""

SHOWN_ATTRIBUTES = 9  # as the published demo

BATCH = 8
"""Pictures in one forward pass; 16 gain nothing over 8 on a CPU."""


class SceneTagger:
    """A loaded network and its names."""

    def __init__(
        self,
        network: ResNet18,
        *,
        categories: Sequence[str],
        outdoor: Sequence[bool],
        attributes: Sequence[str],
        attribute_weights: Tensor,
        device: torch.device,
        dtype: torch.dtype,
    ) -> None:
        # Colours side by side: 1.1 times as fast on a CPU, in bfloat16 1.6 to 2.
        self._network = network.to(device, dtype).to(  # type: ignore[call-overload]
            memory_format=torch.channels_last
        )
        self._categories = categories
        self._outdoor = torch.tensor(outdoor, dtype=torch.float32)
        self._attributes = attributes
        self._attribute_weights = attribute_weights
        self._device = device
        self._dtype = dtype

    @classmethod
    def load(
        cls,
        folder: Path,
        *,
        variant: Variant = Variant.WIDE,
        device: torch.device,
        dtype: torch.dtype = torch.float32,
    ) -> Self:
        """Return the tagger whose published files lie in `folder`.

        Raises ModelFileError, with the file's name and the mend.
        """
        wide = variant == Variant.WIDE
        return cls(
            read_network(folder, variant=variant),
            categories=labels.read_categories(folder),
            outdoor=labels.read_outdoor(folder),
            attributes=labels.read_attributes(folder) if wide else (),
            attribute_weights=_attribute_weights(folder, wide=wide),
            device=device,
            dtype=dtype,
        )

    def tag(
        self,
        images: Sequence[Picture | bytes],
        *,
        least_probability: float = MIN_PROBABILITY,
    ) -> list[Scene]:
        """Return the scenes of pictures, in their order.

        Bytes are previews; some 250 pixels suffice. Categories are those that are more
        probable than 0 and at least `least_probability`, and no more than
        MOST_CATEGORIES. Raises UnreadablePicture.
        """
        tag = partial(self._tag, least_probability)
        batches = computed(_squeezed, tag, images, size=BATCH, device=self._device)
        return list(chain.from_iterable(batches))

    @torch.inference_mode()
    def _tag(self, least: float, squeezed: Sequence[Picture]) -> list[Scene]:
        pictures = _normalised(squeezed).to(self._device, self._dtype)
        features = self._network.features(pictures)
        logits = self._network.fc(features).float().cpu()
        responses = features.float().cpu() @ self._attribute_weights.T
        return [
            self._scene(*row, least)
            for row in zip(logits.softmax(dim=1), responses, strict=True)
        ]

    def _scene(self, probabilities: Tensor, responses: Tensor, least: float) -> Scene:
        voters = probabilities.topk(VOTERS)
        outdoor = self._outdoor[voters.indices].mean().item() >= 0.5
        shown = responses.topk(min(SHOWN_ATTRIBUTES, len(responses)))
        return Scene(
            environment=Environment.OUTDOOR if outdoor else Environment.INDOOR,
            categories=tuple(
                (self._categories[at], probability)
                for at, probability in _pairs(voters)[:MOST_CATEGORIES]
                if probability > 0 and probability >= least
            ),
            attributes=tuple(
                (self._attributes[at], response) for at, response in _pairs(shown)
            ),
        )


def preprocess(images: Sequence[Picture]) -> Tensor:
    """Return RGB pictures of any size as the (n, 3, 224, 224) input of the network.

    They are squeezed, not cropped, as the published demo for attributes does it: what
    stands at the edge of a photo belongs to its scene too.
    """
    return _normalised([_squeezed(image) for image in images])


def _squeezed(image: Picture | bytes) -> Picture:
    if isinstance(image, bytes):
        image = decode(image, at_least=SIDE)
    size = (SIDE, SIDE)
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BILINEAR))


def _normalised(squeezed: Sequence[Picture]) -> Tensor:
    # A permuted view keeps the colours side by side in memory, as the network's are.
    pixels = torch.from_numpy(np.stack(squeezed)).permute(0, 3, 1, 2)
    mean, deviation = (torch.tensor(c).view(3, 1, 1) for c in (MEAN, DEVIATION))
    return (pixels / 255.0 - mean) / deviation


def _attribute_weights(folder: Path, *, wide: bool) -> Tensor:
    if wide:
        return read_attribute_weights(folder)
    return torch.empty(0, FEATURES)


def _pairs(top: torch.return_types.topk) -> list[tuple[int, float]]:
    return list(zip(top.indices.tolist(), top.values.tolist(), strict=True))
