"""Small captioners of the very classes of the published ones, in their file layout."""

import json
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    trainers,
)
from tokenizers.processors import TemplateProcessing
from torch import Tensor
from transformers import (
    AutoTokenizer,
    BlipConfig,
    BlipForConditionalGeneration,
    BlipImageProcessorPil,
    Idefics3Config,
    Idefics3ForConditionalGeneration,
    Idefics3ImageProcessorPil,
    Idefics3Processor,
    PreTrainedModel,
)

COLOURS = {"red": (210, 30, 40), "green": (40, 170, 60), "blue": (40, 60, 200)}
SIDE = 32
LESSONS = [(colour, seed) for seed in range(24) for colour in COLOURS]
PROMPT = "a picture of"
ANSWER_LENGTH = 5  # tokens: three words, the full stop and the end
IGNORED = -100  # by the loss
QUESTION = "Describe this photo in one short sentence."

# As published with SmolVLM-256M-Instruct.
CHAT_TEMPLATE = (
    "<|im_start|>{% for message in messages %}{{message['role'] | capitalize}}"
    "{% if message['content'][0]['type'] == 'image' %}{{':'}}{% else %}{{': '}}"
    "{% endif %}{% for line in message['content'] %}{% if line['type'] == 'text' %}"
    "{{line['text']}}{% elif line['type'] == 'image' %}{{ '<image>' }}{% endif %}"
    "{% endfor %}<end_of_utterance>\n{% endfor %}"
    "{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)

Picture = NDArray[np.uint8]


def square(colour: str, seed: int, *, height: int = 40, width: int = 56) -> Picture:
    """Return a grey picture with one square of `colour` somewhere."""
    dice = np.random.default_rng(seed)
    picture = np.full((height, width, 3), dice.integers(60, 200), dtype=np.uint8)
    side = min(height, width) // 2
    top, left = dice.integers(0, height - side), dice.integers(0, width - side)
    picture[top : top + side, left : left + side] = COLOURS[colour]
    return picture


def write_blip(folder: Path, *, steps: int) -> None:
    """Write a BLIP that learnt in `steps` to name the colour of a square."""
    words = [*PROMPT.split(), "square", "photo", *COLOURS]
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = special + words
    _write_word_pieces(folder, vocabulary)
    _write_json(
        folder / "preprocessor_config.json",
        do_normalize=True,
        do_resize=True,
        image_mean=[0.48145466, 0.4578275, 0.40821073],
        image_processor_type="BlipImageProcessor",
        image_std=[0.26862954, 0.26130258, 0.27577711],
        processor_class="BlipProcessor",
        resample=3,
        size={"height": SIDE, "width": SIDE},
    )
    torch.manual_seed(20)
    model = BlipForConditionalGeneration(_blip_config(vocabulary))
    processor = BlipImageProcessorPil.from_pretrained(folder)
    pictures = [square(colour, seed) for colour, seed in LESSONS]
    captions = torch.tensor([_caption(colour, vocabulary) for colour, _ in LESSONS])
    _teach(
        model,
        steps,
        pixel_values=processor(pictures, return_tensors="pt")["pixel_values"],
        input_ids=captions,
        labels=captions,
    )
    model.save_pretrained(folder)


def write_smolvlm(folder: Path, *, steps: int) -> None:
    """Write a SmolVLM that learnt in `steps` to name the colour of a square."""
    special = ["<|im_start|>", "<end_of_utterance>", "<image>"]
    special += ["<fake_token_around_image>", "<global-img>"]
    special += [f"<row_{n // 6 + 1}_col_{n % 6 + 1}>" for n in range(36)]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([_answer(c) for c in COLOURS] * 2, trainer)
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_json(
        folder / "tokenizer_config.json",
        bos_token="<|im_start|>",
        eos_token="<end_of_utterance>",
        chat_template=CHAT_TEMPLATE,
        pad_token="<|im_start|>",
        processor_class="Idefics3Processor",
        tokenizer_class="GPT2Tokenizer",
    )
    _write_json(
        folder / "preprocessor_config.json",
        do_convert_rgb=True,
        do_image_splitting=True,
        do_normalize=True,
        do_pad=True,
        do_rescale=True,
        do_resize=True,
        image_mean=[0.5, 0.5, 0.5],
        image_processor_type="Idefics3ImageProcessor",
        image_std=[0.5, 0.5, 0.5],
        max_image_size={"longest_edge": SIDE},
        processor_class="Idefics3Processor",
        resample=1,
        rescale_factor=1 / 255,
        size={"longest_edge": 4 * SIDE},
    )
    torch.manual_seed(21)
    config = _smolvlm_config(tokenizer.get_vocab())
    model = Idefics3ForConditionalGeneration(config)
    processor = smolvlm_processor(folder)
    lessons = LESSONS[::2]  # half suffices, and takes half the time
    inputs = processor(
        text=[smolvlm_prompt(processor) + _answer(colour) for colour, _ in lessons],
        images=[[square(colour, seed)] for colour, seed in lessons],
        do_image_splitting=False,
        return_tensors="pt",
    )
    # Only the answer is a lesson, not the question.
    labels = inputs["input_ids"].clone()
    labels[:, :-ANSWER_LENGTH] = IGNORED
    _teach(model, steps, labels=labels, **inputs)
    model.save_pretrained(folder)


def smolvlm_processor(folder: Path) -> Idefics3Processor:
    """Return what transformers itself prepares the inputs of a SmolVLM with."""
    return Idefics3Processor(
        Idefics3ImageProcessorPil.from_pretrained(folder),
        AutoTokenizer.from_pretrained(folder),
        image_seq_len=4,
    )


def smolvlm_prompt(processor: Idefics3Processor) -> str:
    """Return the question as the published template frames it."""
    question = {"type": "text", "text": QUESTION}
    content = [{"type": "image"}, question]
    prompt: str = processor.tokenizer.apply_chat_template(
        [{"role": "user", "content": content}],
        add_generation_prompt=True,
        tokenize=False,
    )
    return prompt


def _answer(colour: str) -> str:
    return f" A {colour} square.<end_of_utterance>"


def _write_word_pieces(folder: Path, vocabulary: list[str]) -> None:
    numbered = {token: at for at, token in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordPiece(numbered, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    ends = [(token, numbered[token]) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=ends
    )
    tokenizer.add_special_tokens(vocabulary[:5])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    _write_json(
        folder / "tokenizer_config.json",
        cls_token="[CLS]",
        do_lower_case=True,
        mask_token="[MASK]",
        model_max_length=512,
        pad_token="[PAD]",
        sep_token="[SEP]",
        tokenizer_class="BertTokenizer",
        unk_token="[UNK]",
    )


def _caption(colour: str, vocabulary: list[str]) -> list[int]:
    words = f"{PROMPT} a {colour} square".split()
    start, end = len(vocabulary), vocabulary.index("[SEP]")
    return [start, *map(vocabulary.index, words), end]


def _blip_config(vocabulary: list[str]) -> BlipConfig:
    shared = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 2}
    shared |= {"num_hidden_layers": 2}
    return BlipConfig(
        # As published: the start token has a number, but no entry in the vocabulary.
        text_config=shared
        | {
            "vocab_size": len(vocabulary) + 2,
            "bos_token_id": len(vocabulary),
            "pad_token_id": vocabulary.index("[PAD]"),
            "sep_token_id": vocabulary.index("[SEP]"),
            "eos_token_id": vocabulary.index("[SEP]"),
            "encoder_hidden_size": 32,
            "max_position_embeddings": 32,
        },
        vision_config=shared | {"image_size": SIDE, "patch_size": 8},
    )


def _smolvlm_config(vocabulary: dict[str, int]) -> Idefics3Config:
    shared = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 2}
    shared |= {"num_hidden_layers": 2}
    return Idefics3Config(
        image_token_id=vocabulary["<image>"],
        scale_factor=2,
        text_config=shared
        | {
            "model_type": "llama",
            "num_key_value_heads": 1,
            "vocab_size": len(vocabulary),
            "bos_token_id": vocabulary["<|im_start|>"],
            "eos_token_id": vocabulary["<end_of_utterance>"],
            "pad_token_id": vocabulary["<|im_start|>"],
        },
        vision_config=shared | {"image_size": SIDE, "patch_size": 8},
    )


def _teach(model: PreTrainedModel, steps: int, **lessons: Tensor) -> None:
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    model.train()
    for _ in range(steps):
        loss = model(**lessons).loss
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    model.eval()


def _write_json(path: Path, **content: object) -> None:
    path.write_text(json.dumps(content))
