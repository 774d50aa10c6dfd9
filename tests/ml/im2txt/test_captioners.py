"""Pictures in, captions out, by every captioner in the same way."""

import socket
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import (
    BertTokenizer,
    BlipForConditionalGeneration,
    BlipImageProcessorPil,
    BlipProcessor,
    Idefics3ForConditionalGeneration,
)

from librephotos.ml.im2txt.captioners import CAPTIONERS, Captioner, load_captioner
from tests.ml.im2txt.conftest import BLIP, SMOLVLM
from tests.ml.im2txt.tiny_models import (
    COLOURS,
    PROMPT,
    Picture,
    smolvlm_processor,
    smolvlm_prompt,
    square,
)

Folders = dict[str, Path]

CPU = torch.device("cpu")


def load(name: str, folders: Folders, dtype: torch.dtype = torch.float32) -> Captioner:
    return load_captioner(name, folders[name], device=CPU, dtype=dtype)


@pytest.fixture
def pictures() -> list[Picture]:
    """Squares in pictures of odd sizes; a grey one; one as high as it has colours."""
    sizes = [(33, 91), (127, 40), (300, 211)]
    found = [
        square(colour, 500, height=height, width=width)
        for colour, (height, width) in zip(COLOURS, sizes, strict=True)
    ]
    noise = np.random.default_rng(6).integers(0, 256, (3, 50, 3), dtype=np.uint8)
    return [*found, np.full((20, 30, 3), 128, dtype=np.uint8), noise]


def test_all_names_are_tested() -> None:
    assert CAPTIONERS == (BLIP, SMOLVLM)


@pytest.mark.parametrize("name", CAPTIONERS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_what_was_learnt_is_said(
    name: str, dtype: torch.dtype, folders: Folders
) -> None:
    captioner = load(name, folders, dtype)
    unseen = [(colour, seed) for seed in (100, 101) for colour in COLOURS]

    captions = captioner.caption([square(colour, seed) for colour, seed in unseen])

    assert captioner.name == name
    assert captions == [f"A {colour} square" for colour, _ in unseen]


@pytest.mark.parametrize("name", CAPTIONERS)
def test_a_batch_equals_its_pictures_one_by_one(
    name: str, folders: Folders, pictures: list[Picture]
) -> None:
    captioner = load(name, folders)

    together = captioner.caption(pictures)

    assert together == [captioner.caption([picture])[0] for picture in pictures]
    assert len(set(together)) >= 3


@pytest.mark.parametrize("name", CAPTIONERS)
def test_two_loads_say_the_same(
    name: str, folders: Folders, pictures: list[Picture]
) -> None:
    first, second = (load(name, folders).caption(pictures) for _ in range(2))

    assert first == second


@pytest.mark.parametrize("name", CAPTIONERS)
def test_no_picture_is_no_caption(name: str, folders: Folders) -> None:
    assert load(name, folders).caption([]) == []


@pytest.mark.parametrize("name", CAPTIONERS)
def test_no_connection_is_opened(
    name: str, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise AssertionError("a connection")

    for door in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, door, refuse)

    assert load(name, folders).caption([square("red", 100)])


@torch.inference_mode()
def test_blip_equals_the_pipeline_of_its_authors(
    folders: Folders, pictures: list[Picture]
) -> None:
    folder = folders[BLIP]
    model = BlipForConditionalGeneration.from_pretrained(folder).eval()
    processor = BlipProcessor(
        BlipImageProcessorPil.from_pretrained(folder),
        BertTokenizer.from_pretrained(folder),
    )
    expected = []
    for picture in pictures:
        inputs = processor(
            images=picture,
            text=PROMPT,
            input_data_format="channels_last",
            return_tensors="pt",
        )
        written = model.generate(**inputs, num_beams=3, min_length=5, max_length=20)
        text = processor.decode(written[0], skip_special_tokens=True)
        assert text.startswith(PROMPT)
        expected.append(text.removeprefix(PROMPT).strip().capitalize())

    assert load(BLIP, folders).caption(pictures) == expected


@torch.inference_mode()
def test_smolvlm_equals_the_pipeline_of_its_authors(
    folders: Folders, pictures: list[Picture]
) -> None:
    folder = folders[SMOLVLM]
    model = Idefics3ForConditionalGeneration.from_pretrained(folder).eval()
    processor = smolvlm_processor(folder)
    expected = []
    for picture in pictures:
        inputs = processor(
            text=smolvlm_prompt(processor),
            images=[picture],
            input_data_format="channels_last",
            do_image_splitting=False,
            do_resize=False,
            return_tensors="pt",
        )
        written = model.generate(**inputs, do_sample=False, max_new_tokens=64)
        answer = written[0, inputs["input_ids"].shape[1] :]
        text = processor.decode(answer, skip_special_tokens=True)
        expected.append(text.strip().removesuffix("."))

    assert load(SMOLVLM, folders).caption(pictures) == expected
