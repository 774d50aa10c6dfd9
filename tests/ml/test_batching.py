"""The batch size is found by measurement."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from librephotos.ml import batching
from librephotos.ml.batching import best_batch_size


class Stopwatch:
    """A clock for which only work takes time, however busy the machine is."""

    def __init__(self) -> None:
        self._now = 0.0

    def perf_counter(self) -> float:
        return self._now

    def work(self, seconds: float) -> None:
        self._now += seconds


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Take some seconds."""
    stopwatch = Stopwatch()
    monkeypatch.setattr(batching, "time", stopwatch)
    return stopwatch.work


def test_stops_where_memory_ends(work: Callable[[float], None]) -> None:
    def run(size: int) -> None:
        if size > 8:
            raise torch.OutOfMemoryError("full")
        work(0.01)  # whatever the size, so that larger is better

    assert best_batch_size(run, key="memory") == 8


def test_keeps_small_batches_where_large_ones_gain_nothing(
    work: Callable[[float], None],
) -> None:
    assert best_batch_size(lambda size: work(0.004 * size), key="no gain") == 1


def test_a_hiccup_is_no_rule(work: Callable[[float], None]) -> None:
    calls: list[int] = []

    def run(size: int) -> None:
        calls.append(size)
        work(0.01 if len(calls) % 3 else 0.5)

    assert best_batch_size(run, key="hiccup", largest=16) == 16


def test_patience_ends_the_search(work: Callable[[float], None]) -> None:
    sizes: list[int] = []

    def run(size: int) -> None:
        sizes.append(size)
        work(0.9 * size**0.5)

    assert best_batch_size(run, key="patience") == 16
    assert max(sizes) == 16


def test_measures_once(work: Callable[[float], None]) -> None:
    sizes: list[int] = []

    def run(size: int) -> None:
        sizes.append(size)
        work(0.01)

    first = best_batch_size(run, key="once", largest=4)
    measured = len(sizes)

    assert best_batch_size(run, key="once", largest=4) == first
    assert len(sizes) == measured


def test_holds_the_limit(work: Callable[[float], None]) -> None:
    assert best_batch_size(lambda size: work(0.005), key="x", largest=4) == 4
