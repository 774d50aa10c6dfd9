"""What tests ask of a child process."""

from __future__ import annotations

import psutil


def resident_bytes(_: object) -> int:
    """Return the memory that the child occupies."""
    return int(psutil.Process().memory_info().rss)


def torch_threads(_: object) -> int:
    """Return how many threads PyTorch computes with in the child."""
    import torch

    return torch.get_num_threads()
