"""How many items to compute at once: found by trying, not by guessing."""

import logging
import time
from collections.abc import Callable, Hashable
from typing import Final

import torch

logger = logging.getLogger(__name__)

LARGEST: Final = 256
PATIENCE_S: Final = 3.0
"""A size whose measuring takes longer ends the search: larger ones take twice that."""
_WORTHWHILE: Final = 1.05  # less gain for twice the memory is not worth having

_found: dict[Hashable, int] = {}


def best_batch_size(
    run: Callable[[int], object], *, key: Hashable, largest: int = LARGEST
) -> int:
    """Return how many items `run` computes best at once, a power of two.

    Sizes are doubled until the items per second stop growing, memory runs out or
    patience does. `run` computes that many items and waits for the result. The answer
    is remembered under `key` for the life of the process.
    """
    if key not in _found:
        _found[key] = _search(run, largest)
        logger.info("batches of %d for %s", _found[key], key)
    return _found[key]


def _search(run: Callable[[int], object], largest: int) -> int:
    best, fastest, size = 1, 0.0, 1
    run(1)  # the first call pays for what is set up once
    while size <= largest:
        try:
            seconds = _seconds(run, size)
        except torch.OutOfMemoryError:
            logger.info("no memory for batches of %d", size)
            break
        if size / seconds < fastest * _WORTHWHILE and size > 2 * best:
            break
        if size / seconds >= fastest * _WORTHWHILE:
            best, fastest = size, size / seconds
        if seconds > PATIENCE_S:
            break
        size *= 2
    return best


def _seconds(run: Callable[[int], object], size: int) -> float:
    """Return the time of one batch: the better of two, so that a hiccup is no rule."""
    times = []
    for _ in range(2):
        start = time.perf_counter()
        run(size)
        times.append(time.perf_counter() - start)
        if times[-1] > PATIENCE_S:
            break
    return min(times)
