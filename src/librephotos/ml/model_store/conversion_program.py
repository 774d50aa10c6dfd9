"""The program that `conversion` runs; nothing imports it, for it loads torch."""

from __future__ import annotations

import sys

import torch
from safetensors.torch import save_file


def main(legacy: str, target: str) -> None:
    """Write the tensors of a legacy file as safetensors."""
    state = torch.load(legacy, map_location="cpu", weights_only=True)
    tensors = {
        # Tied weights share their memory, which safetensors does not know.
        name: value.clone(memory_format=torch.contiguous_format)
        for name, value in state.items()
        if isinstance(value, torch.Tensor)
    }
    # transformers refuses a file that does not say so.
    save_file(tensors, target, metadata={"format": "pt"})


if __name__ == "__main__":
    main(*sys.argv[1:])
