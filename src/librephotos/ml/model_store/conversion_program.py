"""The program that `conversion` runs; nothing imports it, for it loads torch."""

from __future__ import annotations

import sys
import zipfile

import torch
from safetensors.torch import save_file

from librephotos.parent_death import end_with_parent


def main(legacy: str, target: str) -> None:
    """Write the tensors of a legacy file as safetensors.

    They are read from the file as they are written: that takes memory for one copy,
    which the system may take back. A file of before PyTorch 1.6 is loaded whole.
    """
    state: dict[str, object] = torch.load(
        legacy, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(legacy)
    )
    # transformers refuses a file that does not say so.
    save_file(_apart(state), target, metadata={"format": "pt"})


def _apart(state: dict[str, object]) -> dict[str, torch.Tensor]:
    """Return the tensors of a state so that no two share memory.

    Tied weights do, which safetensors does not know: the later ones are copied.
    """
    seen: set[int] = set()
    tensors = {}
    for name, value in state.items():
        if isinstance(value, torch.Tensor):
            storage = value.untyped_storage().data_ptr()
            whole = value.untyped_storage().nbytes() == value.nbytes
            lone = storage not in seen and whole and value.is_contiguous()
            tensors[name] = value if lone else _copy(value)
            seen.add(storage)
    return tensors


def _copy(value: torch.Tensor) -> torch.Tensor:
    return value.clone(memory_format=torch.contiguous_format)


if __name__ == "__main__":
    end_with_parent(int(sys.argv[1]))
    main(*sys.argv[2:])
