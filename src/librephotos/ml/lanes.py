"""Several batches at once, side by side."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from typing import Final, TypeVar

import torch

Item = TypeVar("Item")
Prepared = TypeVar("Prepared")
Result = TypeVar("Result")

MOST: Final = 8
"""More lanes than this only wait for Python's lock, which each layer takes."""


def computed(
    prepare: Callable[[Item], Prepared],
    compute: Callable[[Sequence[Prepared]], Result],
    items: Sequence[Item],
    *,
    size: int,
    device: torch.device,
) -> list[Result]:
    """Return what `compute` makes of each batch of prepared items, in order.

    A batch has at most `size` items. On the processor each lane prepares and computes
    batches of its own, smaller ones where few items are to go round. Another device
    takes one batch after the other, in the calling thread, and lanes only prepare.
    """
    if device.type == "cpu":
        return in_lanes(lambda part: compute(_each(prepare, part)), items, size=size)
    lists = in_lanes(partial(_each, prepare), items, size=size)
    prepared = list(chain.from_iterable(lists))
    return [compute(part) for part in _parts(prepared, size)]


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
    try:
        with ThreadPoolExecutor(lanes, "lane", initializer=fewer) as pool:
            return list(pool.map(compute, _parts(items, each)))
    finally:
        # The number of one thread is what all threads begin with from then on.
        torch.set_num_threads(threads)


def lanes_on(device: torch.device) -> int:
    """Return how many batches are computed at once when items suffice."""
    return min(torch.get_num_threads(), MOST) if device.type == "cpu" else 1


def _each(
    prepare: Callable[[Item], Prepared], items: Sequence[Item]
) -> Sequence[Prepared]:
    return list(map(prepare, items))


def _parts(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
