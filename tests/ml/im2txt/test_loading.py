"""Files that do not fit are refused by name; nothing in them is executed."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from librephotos.ml.im2txt.captioners import CAPTIONERS, Captioner, load_captioner
from librephotos.ml.im2txt.errors import CaptionerUnusable, UnknownCaptioner
from tests.ml.im2txt import tiny_models
from tests.ml.im2txt.conftest import BLIP, SMOLVLM
from tests.ml.im2txt.tiny_models import square
from tests.support.server import PATIENCE_S

Folders = dict[str, Path]

WEIGHTS = "model.safetensors"


def load(name: str, folder: Path) -> Captioner:
    return load_captioner(name, folder, device=torch.device("cpu"), dtype=torch.float32)


@pytest.fixture
def copied(folders: Folders, tmp_path: Path) -> Callable[..., Path]:
    """Make a folder with the captioner's files, save one that the test makes."""

    def copy(name: str, *, without: str) -> Path:
        for file in folders[name].iterdir():
            if file.name != without:
                (tmp_path / file.name).write_bytes(file.read_bytes())
        return tmp_path

    return copy


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownCaptioner, match=f"'im2txt'.*{BLIP}, {SMOLVLM}"):
        load("im2txt", tmp_path)


@pytest.mark.parametrize("name", CAPTIONERS)
@pytest.mark.parametrize(
    "file", [WEIGHTS, "config.json", "tokenizer.json", "preprocessor_config.json"]
)
@pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"[1]"], ids=repr)
def test_a_damaged_file_is_refused(
    name: str, file: str, content: bytes, copied: Callable[..., Path]
) -> None:
    folder = copied(name, without=file)
    (folder / file).write_bytes(content)

    with pytest.raises(CaptionerUnusable, match=f"{folder}.*download the model again"):
        load(name, folder)


@pytest.mark.parametrize("name", CAPTIONERS)
@pytest.mark.parametrize("file", [WEIGHTS, "config.json", "preprocessor_config.json"])
def test_a_missing_file_is_refused(
    name: str, file: str, copied: Callable[..., Path]
) -> None:
    folder = copied(name, without=file)

    with pytest.raises(CaptionerUnusable, match=str(folder)):
        load(name, folder)


@pytest.mark.parametrize("name", CAPTIONERS)
def test_a_pickle_instead_of_safetensors_is_not_read(
    name: str, folders: Folders, copied: Callable[..., Path]
) -> None:
    folder = copied(name, without=WEIGHTS)
    torch.save(load_file(folders[name] / WEIGHTS), folder / "pytorch_model.bin")

    with pytest.raises(CaptionerUnusable, match=f"lacks {WEIGHTS}"):
        load(name, folder)


@pytest.mark.parametrize("name", CAPTIONERS)
def test_a_missing_tensor_is_not_made_up(
    name: str, folders: Folders, copied: Callable[..., Path]
) -> None:
    folder = copied(name, without=WEIGHTS)
    tensors = load_file(folders[name] / WEIGHTS)
    del tensors[next(key for key in tensors if key.endswith("norm1.weight"))]
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})

    with pytest.raises(CaptionerUnusable, match="incomplete weights"):
        load(name, folder)


@pytest.mark.parametrize("cut", [100, 5_000, 100_000])
def test_weights_cut_short_are_refused(
    cut: int, folders: Folders, copied: Callable[..., Path]
) -> None:
    folder = copied(BLIP, without=WEIGHTS)
    whole = (folders[BLIP] / WEIGHTS).read_bytes()
    assert len(whole) > cut
    (folder / WEIGHTS).write_bytes(whole[:cut])

    with pytest.raises(CaptionerUnusable):
        load(BLIP, folder)


def test_the_files_of_another_captioner_are_refused(folders: Folders) -> None:
    with pytest.raises(CaptionerUnusable):
        load(BLIP, folders[SMOLVLM])


@pytest.mark.parametrize("name", CAPTIONERS)
def test_code_beside_the_model_is_not_executed(
    name: str, folders: Folders, copied: Callable[..., Path]
) -> None:
    folder = copied(name, without="config.json")
    config = json.loads((folders[name] / "config.json").read_text())
    classes = ("AutoConfig", "AutoModel", "AutoTokenizer", "AutoProcessor")
    config["auto_map"] = {kind: f"trap.{kind}" for kind in classes}
    (folder / "config.json").write_text(json.dumps(config))
    trace = folder / "trace"
    (folder / "trap.py").write_text(f"open({str(trace)!r}, 'w')")

    captioner = load(name, folder)

    assert captioner.caption([square("blue", 100)]) == ["A blue square"]
    assert not trace.exists()


def test_weights_that_the_published_file_has_too_many_do_not_matter(
    folders: Folders, copied: Callable[..., Path]
) -> None:
    """The published BLIP still carries the positions that older versions stored."""
    folder = copied(BLIP, without=WEIGHTS)
    tensors = load_file(folders[BLIP] / WEIGHTS)
    tensors["text_decoder.bert.embeddings.position_ids"] = torch.arange(32)[None]
    tensors["vision_model.embeddings.position_ids"] = torch.arange(17)[None]
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})

    assert load(BLIP, folder).caption([square("red", 100)]) == ["A red square"]


def test_names_are_had_without_torch() -> None:
    program = (
        "import sys; from librephotos.ml.im2txt import captioners, errors;"
        "assert captioners.CAPTIONERS;"
        "sys.exit(bool({'torch', 'transformers'} & sys.modules.keys()))"
    )

    assert (
        subprocess.run([sys.executable, "-c", program], timeout=PATIENCE_S).returncode
        == 0
    )


def test_smolvlm_computes_in_float32_where_there_is_no_bfloat16(tmp_path: Path) -> None:
    tiny_models.write_smolvlm(tmp_path, steps=1)
    captioner: Any = load_captioner(
        SMOLVLM, tmp_path, device=torch.device("cpu"), dtype=torch.float16
    )
    found = {value.dtype for value in captioner._model.parameters()}
    assert found == {torch.float32}
