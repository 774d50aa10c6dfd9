"""What processes and all their descendants use: time, processor, memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType

import psutil

_SAMPLE_S = 0.5


class Usage:
    """Measures process trees while the `with` block runs.

    `seconds` is wall-clock time; `cpu_seconds` adds up user and system time of the
    trees, of descendants that have ended too; `peak_bytes` is the largest sum of
    their proportional set sizes (PSS), seen twice a second.
    """

    def __init__(self, roots: Sequence[int]) -> None:
        """Name the processes at the roots of the trees."""
        self._roots = [psutil.Process(pid) for pid in roots]
        self._done = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self.seconds = 0.0
        self.cpu_seconds = 0.0
        self.peak_bytes = 0

    def __enter__(self) -> Usage:
        self._cpu_before = sum(map(_cpu_seconds, self._processes()))
        self._start = time.perf_counter()
        self._sampler.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.seconds = time.perf_counter() - self._start
        after = sum(map(_cpu_seconds, self._processes()))
        self.cpu_seconds = after - self._cpu_before
        self._done.set()
        self._sampler.join()

    def _processes(self) -> Iterator[psutil.Process]:
        for root in self._roots:
            yield root
            yield from root.children(recursive=True)

    def _sample(self) -> None:
        while True:
            self.peak_bytes = max(self.peak_bytes, _pss_bytes(self._processes()))
            if self._done.wait(_SAMPLE_S):
                return


def _cpu_seconds(process: psutil.Process) -> float:
    try:
        return float(sum(process.cpu_times()[:4]))  # user, system, children's of both
    except psutil.NoSuchProcess:
        return 0.0


def _pss_bytes(processes: Iterable[psutil.Process]) -> int:
    total = 0
    for process in processes:
        try:
            total += process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total
