"""Several batches at once, side by side."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from threading import Lock
from typing import Final, TypeVar

import torch

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST: Final = 8
"""More lanes than this only wait for Python's lock, which each layer takes."""


def in_lanes(
    compute: Callable[[Sequence[Item]], Result], items: Sequence[Item], *, size: int
) -> list[Result]:
    """Return what `compute` makes of each part of the items, in order.

    Parts have at most `size` items, and there is one for each lane if the items
    suffice. A lane decodes and computes in one thread: if all threads share a batch,
    they wait for each other after each layer, and for decoding besides. The lanes
    share the threads that PyTorch uses here. What `compute` raises is raised.
    """
    threads = torch.get_num_threads()
    lanes = min(threads, MOST, len(items))
    if lanes <= 1:
        return [compute(part) for part in _parts(items, size)]
    each = min(size, -(-len(items) // lanes))
    fewer = partial(torch.set_num_threads, threads // lanes)
    with ThreadPoolExecutor(lanes, "lane", initializer=fewer) as pool:
        try:
            return list(pool.map(compute, _parts(items, each)))
        finally:
            # The number of one thread is what all threads begin with from then on.
            torch.set_num_threads(threads)


def lanes_now() -> int:
    """Return how many lanes there are when items suffice."""
    return min(torch.get_num_threads(), MOST)


def turns(device: torch.device) -> AbstractContextManager[object]:
    """Return what lanes hold while they compute: a lock, but for the processor itself.

    Another device takes one batch after the other anyway, and not all of PyTorch's
    bear several threads; the lanes then only decode side by side.
    """
    return nullcontext() if device.type == "cpu" else Lock()


def _parts(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
