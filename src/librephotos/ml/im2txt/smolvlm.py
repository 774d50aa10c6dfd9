"""Captions by SmolVLM: Marafioti and others, "SmolVLM: Redefining small and efficient
multimodal models", 2025. Its first generation has the architecture of Idefics 3.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import (
    AutoTokenizer,
    Idefics3ForConditionalGeneration,
    Idefics3ImageProcessorPil,
    Idefics3Processor,
)

from librephotos.ml.im2txt.pretrained import load_model, load_part
from librephotos.ml.im2txt.wording import tidy

END = "<end_of_utterance>"
QUESTION = "Describe this photo in one short sentence."
PROMPT = f"<|im_start|>User:<image>{QUESTION}{END}\nAssistant:"
"""The published chat template with one picture and one question."""

LONGEST = 64
"""Tokens, several times what one short sentence takes."""


class SmolVlmCaptioner:
    """A loaded SmolVLM."""

    def __init__(self, name: str, *, model: Any, processor: Any) -> None:
        self.name = name
        self._model = model
        self._processor = processor
        self._end = processor.tokenizer.convert_tokens_to_ids(END)

    @classmethod
    def load(
        cls, name: str, folder: Path, *, device: torch.device, dtype: torch.dtype
    ) -> Self:
        """Return the captioner with the files in `folder`. Raises CaptionerUnusable.

        It was trained in bfloat16: its activations exceed the range of float16, in
        place of which it computes in float32.
        """
        dtype = torch.float32 if dtype == torch.float16 else dtype
        model = load_model(
            Idefics3ForConditionalGeneration,
            folder,
            attention="sdpa",
            device=device,
            dtype=dtype,
        )
        processor = Idefics3Processor(
            load_part(Idefics3ImageProcessorPil, folder),
            load_part(AutoTokenizer, folder),
            image_seq_len=_tokens_of_a_picture(model.config),
        )
        return cls(name, model=model, processor=processor)

    def caption(self, images: Sequence[NDArray[np.uint8]]) -> list[str]:
        """Return one caption for each RGB picture, as Captioner promises."""
        if not images:
            return []
        return [self._worded(answer) for answer in self._generate(images)]

    @torch.inference_mode()
    def _generate(self, images: Sequence[NDArray[np.uint8]]) -> Tensor:
        # The whole picture in one tile. Up to 17 of its parts beside it would tell
        # small print, and take 17 times as long.
        inputs = self._processor(
            text=[PROMPT] * len(images),
            images=[[image] for image in images],
            input_data_format="channels_last",
            do_image_splitting=False,
            do_resize=False,
            return_tensors="pt",
        ).to(self._model.device, self._model.dtype)
        tokens: Tensor = self._model.generate(
            **inputs,
            do_sample=False,
            max_new_tokens=LONGEST,
            eos_token_id=self._end,
            pad_token_id=self._end,
        )
        return tokens[:, inputs["input_ids"].shape[1] :].cpu()

    def _worded(self, answer: Tensor) -> str:
        text = self._processor.decode(answer, skip_special_tokens=True)
        return tidy(text, finished=self._end in answer.tolist())


def _tokens_of_a_picture(config: Any) -> int:
    vision = config.vision_config
    patches = (vision.image_size // vision.patch_size) ** 2
    return int(patches // config.scale_factor**2)
