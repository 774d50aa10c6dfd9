"""A CLIP small enough to be trained by the tests, on coloured shapes.

It knows "red circle" as the published models know the world: by having seen pictures
with captions. Some combinations are held out of the training, so that a test can tell
understanding from memory. Files are laid out like openai/clip-vit-base-patch32.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import tempfile
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers
from filelock import FileLock
from PIL import Image, ImageDraw
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

SHAPES = ("circle", "square", "triangle", "star", "cross")
COLOURS = {
    "red": (220, 30, 30),
    "green": (30, 170, 50),
    "blue": (40, 70, 220),
    "yellow": (235, 215, 40),
    "purple": (150, 50, 180),
    "white": (250, 250, 250),
}
COMBINATIONS = tuple(product(COLOURS, SHAPES))
HELD_OUT = (("red", "square"), ("blue", "star"), ("green", "circle"))
"""Colours and shapes that the training never shows together."""
SEEN = tuple(pair for pair in COMBINATIONS if pair not in HELD_OUT)

SIDE = 32
STEPS = 1300
PICTURES_EACH = 200
PICTURES_NEW = 12
CLEAR_LEAD = 0.08
SEEDS = range(7, 19)
TEMPLATES = (
    "{colour} {shape}",
    "a {colour} {shape}",
    "a photo of a {colour} {shape}",
    "a {shape} that is {colour}",
)
PARTIAL = ("{word}", "a {word}", "a photo of something {word}")
START, END = "<|startoftext|>", "<|endoftext|>"


def render(
    shape: str, colour: str, seed: int, *, size: tuple[int, int] = (128, 96)
) -> Image.Image:
    """A shape of a colour somewhere on grey; the seed places, sizes and turns it."""
    chance = random.Random(f"{shape} {colour} {seed}")
    grey = chance.randint(40, 110)
    image = Image.new("RGB", size, (grey, grey, grey))
    radius = min(size) * chance.uniform(0.36, 0.44)
    # CLIP crops the centre, so that is where the shape has to be.
    room = min(size) / 2 - radius
    centre = [side / 2 + chance.uniform(-room, room) for side in size]
    points = _outline(shape, chance.uniform(-0.15, 0.15))
    shade = [
        min(255, max(0, part + chance.randint(-18, 18))) for part in COLOURS[colour]
    ]
    ImageDraw.Draw(image).polygon(
        [(centre[0] + radius * x, centre[1] + radius * y) for x, y in points],
        fill=tuple(shade),
    )
    return image


def _outline(shape: str, turn: float) -> list[tuple[float, float]]:
    if shape == "cross":
        arm = [(-1, 0.3), (-0.3, 0.3), (-0.3, 1), (0.3, 1), (0.3, 0.3), (1, 0.3)]
        points = arm + [(-x, -y) for x, y in arm]
        cos, sin = math.cos(turn), math.sin(turn)
        return [(x * cos - y * sin, x * sin + y * cos) for x, y in points]
    count, inner = {
        "circle": (48, 1.0),
        "square": (4, 1.0),
        "triangle": (3, 1.0),
        "star": (10, 0.42),
    }[shape]
    start = turn + (math.pi / 4 if shape == "square" else -math.pi / 2)
    radii = [inner if inner < 1 and index % 2 else 1.0 for index in range(count)]
    angles = [start + 2 * math.pi * index / count for index in range(count)]
    return [
        (r * math.cos(a), r * math.sin(a)) for r, a in zip(radii, angles, strict=True)
    ]


@pytest.fixture(scope="session")
def tiny_clip_folder() -> Path:
    """The folder of the trained model; trained once, kept between runs."""
    return tiny_clip(_cache())


def tiny_clip(folder: Path) -> Path:
    """Return the model's folder below `folder`; train it unless an earlier run did."""
    versions = f"{torch.__version__} {transformers.__version__}"
    source = Path(__file__).read_bytes() + versions.encode()
    place = folder / f"tiny-clip-{hashlib.sha256(source).hexdigest()[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "training.lock"):
        if not place.is_dir():
            with tempfile.TemporaryDirectory(dir=folder) as name:
                made = Path(name) / "model"
                train(made)
                os.rename(made, place)
    return place


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "librephotos-tests"


def train(folder: Path) -> None:
    """Train until it understands, and save the files as a publisher would.

    The same seed makes another model each time: where pairs are equally frequent, the
    tokenizer's training takes any.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # so small that threads would wait for one another
    try:
        with torch.random.fork_rng(devices=[]):
            assert any(_train(folder, seed) for seed in SEEDS), "it understands nothing"
    finally:
        torch.set_num_threads(threads)


def _train(folder: Path, seed: int) -> bool:
    """Train and save a model; return whether it understands what it never saw."""
    torch.manual_seed(seed)
    tokenizer = _save_tokenizer(folder, _captions())
    preprocess = _save_preprocessor(folder)
    model = transformers.CLIPModel(_config(tokenizer))
    pictures = {
        pair: preprocess([render(pair[1], pair[0], n) for n in range(PICTURES_EACH)])
        for pair in SEEN
    }
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=STEPS)
    chance = random.Random(seed)
    for _ in range(STEPS):
        seen = torch.stack(
            [pictures[pair][chance.randrange(PICTURES_EACH)] for pair in SEEN]
        )
        loss = _loss(model, seen, tokenizer, chance)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    model.eval().save_pretrained(folder)
    return _understands(model, tokenizer, preprocess)


def _understands(
    model: transformers.CLIPModel,
    tokenizer: Tokenizer,
    preprocess: Callable[[Sequence[Image.Image]], torch.Tensor],
) -> bool:
    """Whether pictures of what was held out are the nearest to its words.

    By far among the pictures of `one_of_each`, which tests search, and whichever else.
    """
    others = range(PICTURES_EACH, PICTURES_EACH + PICTURES_NEW)
    with torch.no_grad():
        text = _text_vectors(model, tokenizer, [f"{c} {s}" for c, s in HELD_OUT])
        lead = _lead(text, _picture_vectors(model, preprocess(one_of_each())))
        return lead > CLEAR_LEAD and all(
            _lead(text, _picture_vectors(model, preprocess(pictures))) > 0
            for pictures in (
                [render(shape, colour, number) for colour, shape in COMBINATIONS]
                for number in others
            )
        )


def _lead(text: torch.Tensor, image: torch.Tensor) -> float:
    """By how much, as a cosine, the right pictures are nearer than all others."""
    likeness = text @ image.T
    right = [COMBINATIONS.index(pair) for pair in HELD_OUT]
    rows = torch.arange(len(right))
    own = likeness[rows, right]
    likeness[rows, right] = -1.0
    return float((own - likeness.amax(1)).min())


def one_of_each() -> list[Image.Image]:
    """A picture of each of COMBINATIONS, in their order."""
    return [render(s, c, number) for number, (c, s) in enumerate(COMBINATIONS)]


def _picture_vectors(
    model: transformers.CLIPModel, pictures: torch.Tensor
) -> torch.Tensor:
    found = model.get_image_features(pixel_values=pictures).pooler_output
    return torch.nn.functional.normalize(found, dim=-1)


def _text_vectors(
    model: transformers.CLIPModel, tokenizer: Tokenizer, texts: list[str]
) -> torch.Tensor:
    encoded = tokenizer.encode_batch(texts)
    ids = torch.tensor([text.ids for text in encoded])
    mask = torch.tensor([text.attention_mask for text in encoded])
    found = model.get_text_features(input_ids=ids, attention_mask=mask).pooler_output
    return torch.nn.functional.normalize(found, dim=-1)


def _loss(
    model: transformers.CLIPModel,
    pictures: torch.Tensor,
    tokenizer: Tokenizer,
    chance: random.Random,
) -> torch.Tensor:
    """CLIP's loss, with captions that may fit several of the pictures.

    Captions that name the colour or the shape alone make the two separable.
    """
    texts = [chance.choice(TEMPLATES).format(colour=c, shape=s) for c, s in SEEN]
    fits = [[float(pair == other) for other in SEEN] for pair in SEEN]
    for part, words in enumerate((tuple(COLOURS), SHAPES)):
        texts += [chance.choice(PARTIAL).format(word=word) for word in words]
        fits += [[float(pair[part] == word) for pair in SEEN] for word in words]
    image = _picture_vectors(model, pictures)
    text = _text_vectors(model, tokenizer, texts)
    logits = model.logit_scale.exp().clamp(max=50) * text @ image.T
    match = torch.tensor(fits)
    to_image = (
        -(match / match.sum(1, keepdim=True) * logits.log_softmax(1)).sum(1).mean()
    )
    to_text = -(match / match.sum(0) * logits.log_softmax(0)).sum(0).mean()
    return to_image + to_text


def _captions() -> list[str]:
    pairs = product(TEMPLATES, COMBINATIONS)
    full = [template.format(colour=c, shape=s) for template, (c, s) in pairs]
    return full + [text.format(word=word) for text in PARTIAL for word in COLOURS]


def _config(tokenizer: Tokenizer) -> transformers.CLIPConfig:
    size = {
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
    }
    words = {
        "vocab_size": tokenizer.get_vocab_size(),
        "max_position_embeddings": 24,
        "bos_token_id": tokenizer.token_to_id(START),
        "eos_token_id": tokenizer.token_to_id(END),
        "pad_token_id": tokenizer.token_to_id(END),
    }
    return transformers.CLIPConfig(
        projection_dim=48,
        text_config={**size, **words},
        vision_config={
            **size,
            "image_size": SIDE,
            "patch_size": 8,
            "initializer_range": 0.05,
        },
    )


def _save_preprocessor(
    folder: Path,
) -> Callable[[Sequence[Image.Image]], torch.Tensor]:
    from transformers.models.clip.image_processing_pil_clip import (
        CLIPImageProcessorPil,
    )

    processor = CLIPImageProcessorPil(
        size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}
    )
    processor.save_pretrained(folder)
    path = folder / "preprocessor_config.json"
    saved = json.loads(path.read_text())
    saved["image_processor_type"] = "CLIPImageProcessor"
    path.write_text(json.dumps(saved))

    def preprocess(images: Sequence[Image.Image]) -> torch.Tensor:
        found = processor(list(images), return_tensors="np")["pixel_values"]
        return torch.from_numpy(np.asarray(found, np.float32))

    return preprocess


def _save_tokenizer(folder: Path, texts: list[str]) -> Tokenizer:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(models.BPE(unk_token=END, end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=[START, END],
        end_of_word_suffix="</w>",
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    start, end = (tokenizer.token_to_id(token) for token in (START, END))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}", special_tokens=[(START, start), (END, end)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {"bos_token": START, "eos_token": END, "pad_token": END, "unk_token": END}
    config = {**names, "tokenizer_class": "CLIPTokenizer", "model_max_length": 24}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    (folder / "special_tokens_map.json").write_text(json.dumps(names))
    tokenizer.model.save(str(folder))  # vocab.json and merges.txt
    tokenizer.enable_padding(pad_id=end, pad_token=END)
    return tokenizer
