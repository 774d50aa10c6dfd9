"""Repositories that have only what torch.save wrote."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from librephotos.ml.model_store import ModelState, ModelStore, Progress
from librephotos.ml.model_store.errors import (
    DownloadStopped,
    NotEnoughSpace,
    NotServed,
)
from tests.ml.model_store.conftest import NAME, REPOSITORY, MakeStore
from tests.support.models.model_hub import ModelHub
from tests.support.mounts import fill, mounted_memory


def legacy(state: dict[str, Any], *, zipped: bool = True) -> bytes:
    buffer = io.BytesIO()
    torch.save(state, buffer, _use_new_zipfile_serialization=zipped)
    return buffer.getvalue()


@pytest.fixture
def publish(hub: ModelHub, files: dict[str, bytes]) -> Any:
    """Publish a model whose weights are a legacy file."""

    def with_weights(weights: bytes) -> None:
        del files["model.safetensors"]
        hub.add(REPOSITORY, {**files, "pytorch_model.bin": weights})

    return with_weights


@pytest.mark.parametrize("zipped", [True, False])
def test_weights_become_safetensors(
    store: ModelStore, hub: ModelHub, publish: Any, zipped: bool
) -> None:
    matrix = torch.arange(12.0).reshape(3, 4)
    # Two names for one memory, and a view that is not contiguous.
    publish(legacy({"a": matrix, "tied": matrix, "turned": matrix.T}, zipped=zipped))
    folder = store.download(NAME)
    tensors = load_file(folder / "model.safetensors")
    assert torch.equal(tensors["a"], matrix)
    assert torch.equal(tensors["tied"], matrix)
    assert torch.equal(tensors["turned"], matrix.T)
    assert not (folder / "pytorch_model.bin").exists()
    assert store.verify(NAME) == []

    (folder / "config.json").write_bytes(b"{ }")
    assert store.verify(NAME) != []
    hub.requests.clear()
    store.download(NAME)
    assert hub.sent("pytorch_model.bin") == 0


class Malicious:
    """Runs a command when it is unpickled."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (self.command,)


def test_weights_that_would_run_code(
    store: ModelStore, publish: Any, tmp_path: Any
) -> None:
    mark = tmp_path / "was_run"
    publish(legacy({"a": Malicious(f"touch {mark}")}))
    with pytest.raises(NotServed, match="pytorch_model.bin cannot be made") as caught:
        store.download(NAME)
    assert "\n" not in str(caught.value)
    assert not mark.exists()
    assert store.state(NAME) is ModelState.PARTIAL


MEASURED = """
import sys
import tempfile
from pathlib import Path
import librephotos.ml.model_store.conversion_program as program

def peak():
    status = Path("/proc/self/status")
    if not status.exists():  # no Linux
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Not getrusage, which begins with what the parent had.
    (line,) = (row for row in status.read_text().splitlines() if "VmHWM" in row)
    return int(line.split()[1]) * 1024

before = peak()
program.main(*sys.argv[1:])
print(peak() - before)
"""


@pytest.mark.parametrize("zipped", [True, False])
def test_a_conversion_takes_the_memory_of_about_one_copy(
    tmp_path: Path, zipped: bool
) -> None:
    size = 128 * 2**20
    matrices = {f"layer {n}": torch.randn(size // 32) for n in range(8)}
    weights = tmp_path / "pytorch_model.bin"
    weights.write_bytes(legacy(matrices, zipped=zipped))
    target = tmp_path / "model.safetensors"
    command = [sys.executable, "-c", MEASURED, str(weights), str(target)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert target.stat().st_size > size
    assert int(told.stdout) < 1.5 * size


def test_a_conversion_can_be_stopped(
    make_store: MakeStore, hub: ModelHub, publish: Any
) -> None:
    publish(legacy({"a": torch.randn(1000)}))
    store = make_store()
    legacy_file = store.folder / NAME / "pytorch_model.bin"
    with pytest.raises(DownloadStopped):
        store.download(NAME, should_stop=legacy_file.exists)
    assert legacy_file.exists()
    store.download(NAME)
    assert store.verify(NAME) == []


def test_a_disk_that_is_full_while_weights_are_converted(
    make_store: MakeStore, publish: Any
) -> None:
    publish(legacy({"a": torch.randn(2**20)}))
    with tempfile.TemporaryDirectory() as name, mounted_memory(Path(name), size="80m"):
        fillers: list[Path] = []

        def fill_once(progress: Progress) -> None:
            if progress.done == progress.total and not fillers:
                fillers.append(fill(Path(name), but=2**20))

        store = make_store(Path(name))
        with pytest.raises(NotEnoughSpace, match="too full"):
            store.download(NAME, progress=fill_once)
        fillers[0].unlink()
        store.download(NAME)
        assert store.verify(NAME) == []
