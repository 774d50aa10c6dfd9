"""The batch size is found by measurement."""

import time

import torch

from librephotos.ml.batching import best_batch_size


def test_stops_where_memory_ends() -> None:
    def run(size: int) -> None:
        if size > 8:
            raise torch.OutOfMemoryError("full")
        time.sleep(0.01)  # whatever the size, so that larger is better

    assert best_batch_size(run, key="memory") == 8


def test_keeps_small_batches_where_large_ones_gain_nothing() -> None:
    def run(size: int) -> None:
        time.sleep(0.004 * size)

    assert best_batch_size(run, key="no gain") <= 2


def test_measures_once() -> None:
    sizes: list[int] = []

    first = best_batch_size(sizes.append, key="once", largest=4)
    measured = len(sizes)

    assert best_batch_size(sizes.append, key="once", largest=4) == first
    assert len(sizes) == measured


def test_holds_the_limit() -> None:
    assert best_batch_size(lambda size: time.sleep(0.005), key="x", largest=4) == 4
