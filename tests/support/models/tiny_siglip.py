"""An untrained SigLIP of a few kilobytes, as google/siglip2-base-patch16-224 lies.

Its tokenizer is built like Gemma's: spaces become "▁", and nothing is lower-cased.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

SPECIAL = ("<pad>", "<eos>", "<bos>", "<unk>")
LETTERS = "▁abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,äöü"
SIDE = 32


def tiny_siglip(folder: Path) -> transformers.SiglipModel:
    """Save a model with weights from a fixed seed into `folder` and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = _save_tokenizer(folder)
    _save_preprocessor(folder)
    size = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }
    config = transformers.SiglipConfig(
        text_config={
            **size,
            "vocab_size": vocabulary,
            "pad_token_id": 0,
            "bos_token_id": 2,
            "eos_token_id": 1,
        },
        vision_config={**size, "image_size": SIDE, "patch_size": 8},
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(11)
        model = transformers.SiglipModel(config).eval()
        torch.nn.init.constant_(model.logit_scale, 4.7)  # about what SigLIP learns
        torch.nn.init.constant_(model.logit_bias, -16.0)
    model.save_pretrained(folder)
    return model


def _save_tokenizer(folder: Path) -> int:
    words = (*SPECIAL, *LETTERS)
    tokenizer = Tokenizer(
        models.BPE(
            vocab={word: number for number, word in enumerate(words)},
            merges=[],
            unk_token="<unk>",
            fuse_unk=True,
        )
    )
    tokenizer.add_special_tokens(list(SPECIAL))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = decoders.Replace("▁", " ")
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "GemmaTokenizer",
        "add_bos_token": False,
        "add_eos_token": True,
        "bos_token": "<bos>",
        "eos_token": "<eos>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return len(words)


def _save_preprocessor(folder: Path) -> None:
    config = {
        "do_convert_rgb": None,
        "do_normalize": True,
        "do_rescale": True,
        "do_resize": True,
        "image_mean": [0.5, 0.5, 0.5],
        "image_processor_type": "SiglipImageProcessor",
        "image_std": [0.5, 0.5, 0.5],
        "processor_class": "SiglipProcessor",
        "resample": 2,
        "rescale_factor": 1 / 255,
        "size": {"height": SIDE, "width": SIDE},
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(config))
