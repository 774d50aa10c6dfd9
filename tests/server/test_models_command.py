"""`librephotos models`, with the models on a hub on this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from django.core.management import call_command
from safetensors.numpy import save

from librephotos.server.errors import ServerError
from tests.support.models.model_hub import ModelHub
from tests.support.server import librephotos, postgres_process

NAME = "siglip2-base-patch16-224"
FILES = {
    "config.json": b"{}",
    "preprocessor_config.json": b"{}",
    "tokenizer.json": b"{}",
    "tokenizer_config.json": b"{}",
    "model.safetensors": save({"weight": np.arange(100_000, dtype=np.float32)}),
}
Models = Callable[..., str]


@pytest.fixture
def hub() -> Iterator[ModelHub]:
    """A hub with one model."""
    with ModelHub() as server:
        server.add(f"google/{NAME}", FILES)
        yield server


@pytest.fixture
def models(
    hub: ModelHub,
    tmp_path: Path,
    settings: SimpleNamespace,
    capsys: pytest.CaptureFixture[str],
) -> Models:
    """Run the command against the hub; return what it says."""
    settings.MODELS = tmp_path / "models"
    settings.HF_ENDPOINT = hub.url

    def run(*arguments: str) -> str:
        call_command("models", *arguments)
        return capsys.readouterr().out

    return run


def row(listed: str) -> str:
    return next(line for line in listed.splitlines() if NAME in line)


def test_from_nothing_to_nothing(
    models: Models, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "models" / NAME
    assert "missing" in row(models("list"))
    assert f"{NAME} is installed in {folder}" in models("download", NAME)
    assert "installed" in row(models("list"))

    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\1")
    with pytest.raises(SystemExit, match="1"):
        models("verify")
    said = capsys.readouterr().out
    assert f"{NAME}: model.safetensors has another checksum" in said
    assert f"librephotos models download {NAME}" in said
    assert "partial" in row(models("list"))

    models("download", NAME)
    assert "all files are whole" in models("verify", NAME)
    assert f"{NAME} is removed" in models("remove", NAME)
    assert "missing" in row(models("list"))


def test_mirror(models: Models, hub: ModelHub, settings: SimpleNamespace) -> None:
    models("download", NAME)
    hub.mirrored = settings.MODELS
    hub.repositories.clear()
    settings.MODELS = settings.MODELS.with_name("others")
    settings.MODEL_MIRROR = hub.mirror
    models("download", NAME)
    assert "all files are whole" in models("verify")


def test_no_download_where_it_is_forbidden(
    models: Models, settings: SimpleNamespace
) -> None:
    settings.HF_HUB_OFFLINE = True
    with pytest.raises(ServerError, match="HF_HUB_OFFLINE .*copy"):
        models("download", NAME)


@pytest.mark.server
def test_mistake_is_one_line_and_starts_no_database(data: Path) -> None:
    finished = librephotos("models", "download", "nonsense", data=data)
    assert finished.returncode == 2
    (line,) = finished.stderr.splitlines()
    assert line.startswith("librephotos: ") and NAME in line
    assert postgres_process(data) is None


@pytest.mark.server
def test_no_database_is_needed(data: Path, hub: ModelHub) -> None:
    finished = librephotos(
        "models", "download", NAME, data=data, HF_ENDPOINT=hub.url, DATABASE_URL=""
    )
    assert finished.returncode == 0, finished.stderr
    assert (data / "models" / NAME / "model.safetensors").is_file()
    assert not (data / "postgres").exists()


def test_a_pipe_in_place_of_weights_is_no_file(models: Models, tmp_path: Path) -> None:
    models("download", NAME)
    [weights] = (tmp_path / "models").rglob("model.safetensors")
    weights.unlink()
    os.mkfifo(weights)
    with pytest.raises(ServerError, match="model.safetensors"):
        models("verify", NAME)
