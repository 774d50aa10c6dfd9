"""Captions by BLIP: Li, Li, Xiong and Hoi, "BLIP: Bootstrapping Language-Image
Pre-training for Unified Vision-Language Understanding and Generation", ICML 2022.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import (
    BertTokenizer,
    BlipForConditionalGeneration,
    BlipImageProcessorPil,
)

from librephotos.ml.im2txt.pretrained import load_model, load_part
from librephotos.ml.im2txt.wording import tidy

PROMPT = "a picture of"
"""What each caption of the training began with; it is no part of ours."""

# The authors' settings for captions: salesforce/BLIP, configs/caption_coco.yaml.
BEAMS = 3
SHORTEST = 5
LONGEST = 20
"""Tokens, the prompt's included."""


class BlipCaptioner:
    """A loaded BLIP."""

    def __init__(
        self, name: str, *, model: Any, tokenizer: Any, image_processor: Any
    ) -> None:
        self.name = name
        self._model = model
        self._tokenizer = tokenizer
        self._image_processor = image_processor

    @classmethod
    def load(
        cls, name: str, folder: Path, *, device: torch.device, dtype: torch.dtype
    ) -> Self:
        """Return the captioner with the files in `folder`. Raises CaptionerUnusable."""
        return cls(
            name,
            model=load_model(
                BlipForConditionalGeneration,
                folder,
                attention="eager",  # all that this class has
                device=device,
                dtype=dtype,
            ),
            tokenizer=load_part(BertTokenizer, folder),
            image_processor=load_part(BlipImageProcessorPil, folder),
        )

    def caption(self, images: Sequence[NDArray[np.uint8]]) -> list[str]:
        """Return one caption for each RGB picture, as Captioner promises."""
        if not images:
            return []
        written = self._tokenizer.batch_decode(
            self._generate(images), skip_special_tokens=True
        )
        return [tidy(text) for text in written]

    @torch.inference_mode()
    def _generate(self, images: Sequence[NDArray[np.uint8]]) -> Tensor:
        pixels = self._image_processor(
            list(images), input_data_format="channels_last", return_tensors="pt"
        )["pixel_values"]
        prompt = self._tokenizer([PROMPT] * len(images), return_tensors="pt")
        written: Tensor = self._model.generate(
            pixel_values=pixels.to(self._model.device, self._model.dtype),
            input_ids=prompt["input_ids"].to(self._model.device),
            attention_mask=prompt["attention_mask"].to(self._model.device),
            do_sample=False,
            num_beams=BEAMS,
            min_length=SHORTEST,
            max_length=LONGEST,
        )
        # It repeats the prompt, less the end mark that the model took off.
        return written[:, prompt["input_ids"].shape[1] - 1 :].cpu()
