"""Decoding in a process of its own, so that a bad file costs only itself.

Native decoders crash, hang and eat memory on hostile files. Each item is a task of its
own for a child process under a watchdog: whatever kills or stalls the child is known
at once as this one item, which is recorded as failed, and a new child goes on with the
rest. The child knows no database and no settings.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pebble import ProcessExpired, ProcessPool

from librephotos.full_disk import FULL, is_full
from librephotos.media.errors import MediaError, UnavailableFile, UnsupportedFormat
from librephotos.ml.errors import MlError, ModelUnusable
from librephotos.parent_death import end_with_parent

log = logging.getLogger(__name__)

Input = TypeVar("Input")
Output = TypeVar("Output")

_TOLD_TO_END = {-signal.SIGTERM, -signal.SIGHUP, int(signal.SIGTERM)}
"""How a child ends that is told to: pebble answers SIGTERM by leaving with its number.
"""

TASKS_PER_CHILD = 5000
"""A child is replaced now and then, since decoders leak."""


class _ToldToEnd(BrokenExecutor):
    """The child has ended by a signal that no decoder sends: somebody ended us all."""


@dataclass(frozen=True)
class Outcome(Generic[Output]):
    """What became of one item: a value, or an error in one sentence.

    `unsupported` tells files that are sound but no business of ours from bad ones,
    `for_now` those that may be there the next time; `unusable` that the model is at
    fault, not the item; `disk_full` that there was no room to work.
    """

    value: Output | None = None
    error: str = ""
    unsupported: bool = False
    for_now: bool = False
    unusable: bool = False
    disk_full: bool = False


class Sandbox:
    """A child process that maps functions over items; safe to share by threads.

    `timeout_s` bounds one item. The child starts with the first item and ends when
    `rest` finds it idle.
    """

    def __init__(self, *, timeout_s: float, memory_bytes: int) -> None:
        self.timeout_s = timeout_s
        self._memory_bytes = memory_bytes
        self._pool: ProcessPool | None = None
        self._busy = threading.Lock()
        self._idle_since = time.monotonic()
        # Linux kills the child when the thread that started it ends, so that one has
        # to live as long as this process.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="sandbox")

    def map(
        self, function: Callable[[Input], Output], items: Sequence[Input]
    ) -> list[Outcome[Output]]:
        """Return the outcome of `function`, a module-level one, for each item.

        Only one batch is in the child at a time. A full disk is told in the log.
        """
        outcomes: list[Outcome[Output]] = []
        broken_at = -1
        with self._busy:
            while len(outcomes) < len(items):
                try:
                    self._run(function, items[len(outcomes) :], outcomes)
                except BrokenExecutor as error:
                    # The child died before it could tell which item it was at, or was
                    # told to, as by who stops a service with all its processes. Items
                    # run in order: the next one is guilty if it does so twice.
                    self.stop()
                    if broken_at == len(outcomes):
                        how = str(error) if isinstance(error, _ToldToEnd) else "at once"
                        outcomes.append(Outcome(error=_crashed(how)))
                    broken_at = len(outcomes)
            self._idle_since = time.monotonic()
        if any(outcome.disk_full for outcome in outcomes):
            log.error(FULL)
        return outcomes

    def map_batch(
        self, function: Callable[[Sequence[Input]], Sequence[Output]], items: Any
    ) -> list[Outcome[Output]]:
        """Return the outcome of each item of a batch that `function` takes as a whole.

        A batch that fails or kills the child is halved until the items that do so are
        alone. Raises ModelUnusable where no item is to blame.
        """
        if not items:
            return []
        [whole] = self.map(function, [items])
        if whole.unusable:
            raise ModelUnusable(whole.error)
        if whole.value is not None:
            return [Outcome(value) for value in whole.value]
        if len(items) == 1 or whole.disk_full:
            failed: Outcome[Output] = Outcome(
                error=whole.error, for_now=whole.for_now, disk_full=whole.disk_full
            )
            return [failed] * len(items)
        half = len(items) // 2
        return self.map_batch(function, items[:half]) + self.map_batch(
            function, items[half:]
        )

    def rest(self, *, after_s: float) -> None:
        """End the child if it has had nothing to do for `after_s` seconds."""
        if not self._busy.acquire(blocking=False):
            return
        try:
            if time.monotonic() - self._idle_since >= after_s:
                self.stop()
        finally:
            self._busy.release()

    def stop(self) -> None:
        """End the child at once."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()

    def _run(
        self,
        function: Callable[[Input], Output],
        items: Sequence[Input],
        outcomes: list[Outcome[Output]],
    ) -> None:
        if self._pool is None or not self._pool.active:
            self._pool = self._starter.submit(self._new_pool).result()
        results = self._pool.map(
            _Guarded(function), items, timeout=self.timeout_s, chunksize=1
        ).result()
        for _ in items:
            outcomes.append(self._outcome(results))

    def _new_pool(self) -> ProcessPool:
        pool = ProcessPool(
            max_workers=1,
            max_tasks=TASKS_PER_CHILD,
            initializer=_prepare_child,
            initargs=(os.getpid(), self._memory_bytes),
            context=multiprocessing.get_context("spawn"),
        )
        assert pool.active  # asking for it starts the child
        return pool

    def _outcome(self, results: Iterator[Outcome[Output]]) -> Outcome[Output]:
        try:
            return next(results)
        except FutureTimeout:
            return Outcome(
                error=f"Processing took more than {self.timeout_s:g} seconds; it was "
                "stopped. The file may be damaged."
            )
        except ProcessExpired as expired:
            if expired.exitcode in _TOLD_TO_END:
                raise _ToldToEnd(_cause(-abs(expired.exitcode))) from expired
            return Outcome(error=_crashed(_cause(expired.exitcode)))


class _Guarded(Generic[Input, Output]):
    """Runs a function in the child and turns its errors into outcomes."""

    def __init__(self, function: Callable[[Input], Output]) -> None:
        self.function = function

    def __call__(self, item: Input) -> Outcome[Output]:
        try:
            return self._outcome(item)
        # The item boundary: whatever a decoder's binding raises concerns one file.
        except Exception as error:
            if is_full(error):
                return Outcome(error=FULL, for_now=True, disk_full=True)
            log.exception("Unexpected error in %s", self.function)
            name = type(error).__name__
            return Outcome(error=f"The file could not be processed ({name}: {error}).")

    def _outcome(self, item: Input) -> Outcome[Output]:
        try:
            return Outcome(self.function(item))
        except MediaError as error:
            if is_full(error):
                raise
            unsupported = isinstance(error, UnsupportedFormat)
            for_now = isinstance(error, UnavailableFile)
            return Outcome(error=str(error), unsupported=unsupported, for_now=for_now)
        except ModelUnusable as error:
            return Outcome(error=str(error), unusable=True)
        except MlError as error:
            return Outcome(error=str(error))
        except MemoryError:
            return Outcome(
                error="Processing the file needs more memory than is allowed."
            )


def _crashed(how: str) -> str:
    return (
        f"The program crashed on this file ({how}). It may be damaged, or need more "
        "memory than is allowed."
    )


def _cause(exitcode: Any) -> str:
    if isinstance(exitcode, int) and exitcode < 0:
        try:
            return signal.Signals(-exitcode).name
        except ValueError:
            return f"signal {-exitcode}"
    return f"exit code {exitcode}"


def _prepare_child(parent: int, memory_bytes: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if memory_bytes and hasattr(resource, "RLIMIT_AS"):
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # libvips warns of every oddity of a file; what matters becomes an outcome.
    logging.getLogger("pyvips").setLevel(logging.ERROR)
    end_with_parent(parent)
