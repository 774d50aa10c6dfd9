"""Decoding in a process of its own, so that a bad file costs only itself.

Native decoders crash, hang and eat memory on hostile files. Each item is a task of its
own for a child process under a watchdog: whatever kills or stalls the child is known
at once as this one item, which is recorded as failed, and a new child goes on with the
rest. One that a disk does not answer is stopped, too, and left behind if it does not
end; that is not the file's fault. The child knows no database and no settings.
"""

from __future__ import annotations

import errno
import logging
import math
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Future
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures import wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pebble import ProcessExpired, ProcessPool

from librephotos import silent_disk
from librephotos.api.pipeline.work import silent_folders
from librephotos.api.pipeline.work.child_process import (
    NURSERY,
    NURSERY_ENDED,
    Child,
    ChildContext,
)
from librephotos.full_disk import FULL, is_full
from librephotos.media.errors import (
    MediaError,
    UnavailableFile,
    UnsupportedFormat,
    unreadable_because,
)
from librephotos.ml.errors import MlError, ModelUnusable
from librephotos.parent_death import end_with_parent

log = logging.getLogger(__name__)

Input = TypeVar("Input")
Output = TypeVar("Output")

_FROM_OUTSIDE = {
    *(-signal.SIGTERM, -signal.SIGHUP, -signal.SIGKILL),
    int(signal.SIGTERM),  # which pebble answers by leaving with its number
    NURSERY_ENDED,
}
"""How a child ends by what no decoder does: it is told to, or the system kills it, as
Linux does where memory runs out, whoever has taken it."""

_LOOK_EVERY_S = 2.0
"""A child that takes longer over an item is looked at so often."""

_OOM_SCORE = 500
"""As if half of the machine's memory were taken by the child besides."""

GIVES_WAY_S = 0.25
"""So long an item waits for what somebody looks at: the pictures of a screen are made
before those of the background go on, and these go on while somebody scrolls."""

GUILTY_AFTER = 3
"""So many ends of the child from outside during one item are its own fault. A new child
loads models for seconds within its first item, and may meet its end there again."""

TASKS_PER_CHILD = 5000
"""A child is replaced now and then, since decoders leak."""


class _EndedFromOutside(BrokenExecutor):
    """The child has ended by a signal that no decoder sends."""


@dataclass(frozen=True)
class Outcome(Generic[Output]):
    """What became of one item: a value, or an error in one sentence.

    `unsupported` tells files that are sound but no business of ours from bad ones,
    `for_now` those that may be there the next time; `unusable` that the model is at
    fault, not the item; `disk_full` that there was no room to work; `abrupt` that the
    work came to no end of its own.
    """

    value: Output | None = None
    error: str = ""
    unsupported: bool = False
    for_now: bool = False
    unusable: bool = False
    disk_full: bool = False
    abrupt: bool = False

    @property
    def is_final(self) -> bool:
        """Whether the item itself is to blame, as it will be the next time."""
        return bool(self.error) and not (self.unsupported or self.for_now)


_SILENT: Outcome[Any] = Outcome(
    error=str(unreadable_because(OSError(errno.ETIMEDOUT, silent_disk.SILENT))),
    for_now=True,
)


class Sandbox:
    """A child process that maps functions over items; safe to share by threads.

    `timeout_s` bounds one item; by `nice` (see nice(2)) it leaves the cores to others,
    and between items to the child that is `ahead` of it, for GIVES_WAY_S.
    The child starts with the first item and ends when `rest` finds it idle.
    """

    def __init__(
        self,
        *,
        timeout_s: float,
        memory_bytes: int,
        nice: int = 0,
        ahead: Callable[[], Sandbox] | None = None,
    ) -> None:
        self.timeout_s = timeout_s
        self._ahead = ahead
        self._nice = nice
        self._memory_bytes = memory_bytes
        self._pool: ProcessPool | None = None
        self._context = ChildContext()
        self._busy = threading.Lock()
        self._idle_since = -math.inf

    def map(
        self,
        function: Callable[[Input], Output],
        items: Sequence[Input],
        *,
        patience: float = 1.0,
    ) -> list[Outcome[Output]]:
        """Return the outcome of `function`, a module-level one, for each item.

        Only one item is in the child at a time, for `patience` times its usual limit.
        A full disk is told in the log.
        """
        outcomes: list[Outcome[Output]] = []
        ends = 0
        if not items:  # nothing to wait for the child for
            return outcomes
        with self._busy:
            while len(outcomes) < len(items):
                item = items[len(outcomes)]
                self._give_way()
                try:
                    outcomes.append(
                        self._outcome(function, item, patience * self.timeout_s)
                    )
                    ends = 0
                except BrokenExecutor as error:
                    # The child died before it could tell which item it was at, or was
                    # ended: by who stops a service with all its processes, or where
                    # memory ran out.
                    self.stop()
                    ends += 1
                    if ends == GUILTY_AFTER:
                        how = (
                            str(error)
                            if isinstance(error, _EndedFromOutside)
                            else "at once"
                        )
                        outcomes.append(Outcome(error=_crashed(how), abrupt=True))
                        ends = 0
            self._idle_since = time.monotonic()
        if any(outcome.disk_full for outcome in outcomes):
            log.error(FULL)
        return outcomes

    def is_wanted(self) -> bool:
        """Whether the child is at work, or was just now."""
        busy = self._busy.locked()
        return busy or time.monotonic() - self._idle_since < GIVES_WAY_S

    def _give_way(self) -> None:
        if self._ahead is None:
            return
        other, until = self._ahead(), time.monotonic() + GIVES_WAY_S
        while other.is_wanted() and time.monotonic() < until:
            time.sleep(GIVES_WAY_S / 10)

    def map_batch(
        self,
        function: Callable[[Sequence[Input]], Sequence[Output]],
        items: Sequence[Input],
        *,
        at_once: int | None = None,
    ) -> list[Outcome[Output]]:
        """Return the outcome of each item of a batch.

        `function` is given `at_once` of them at a time, or all. What fails or kills
        the child is halved until the items that do so are alone. Raises ModelUnusable
        where no item is to blame.
        """
        if not items:
            return []
        size = at_once or len(items)
        batches = [items[start : start + size] for start in range(0, len(items), size)]
        wholes = self.map(function, batches)
        for whole in wholes:
            if whole.unusable:
                raise ModelUnusable(whole.error)
        return [
            outcome
            for batch, whole in zip(batches, wholes, strict=True)
            for outcome in self._apart(function, batch, whole)
        ]

    def _apart(
        self,
        function: Callable[[Sequence[Input]], Sequence[Output]],
        items: Sequence[Input],
        whole: Outcome[Sequence[Output]],
    ) -> list[Outcome[Output]]:
        """Return the outcome of each item from that of all of them."""
        if whole.value is not None:
            return [Outcome(value) for value in whole.value]
        if len(items) == 1 or whole.disk_full or whole.error == _SILENT.error:
            failed: Outcome[Output] = Outcome(
                error=whole.error, for_now=whole.for_now, disk_full=whole.disk_full
            )
            return [failed] * len(items)
        half = len(items) // 2
        return self.map_batch(function, items[:half]) + self.map_batch(
            function, items[half:]
        )

    def answer(self, function: Callable[[Input], Output], work: Input) -> Output:
        """Return what the child makes of the work; raise ModelUnusable if it cannot."""
        (outcome,) = self.map(function, [work])
        if outcome.error or outcome.value is None:
            raise ModelUnusable(outcome.error)
        return outcome.value

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
        if child := self._context.waited_for_disk():
            silent_folders.note(None, child)

    def _outcome(
        self, function: Callable[[Input], Output], item: Input, limit_s: float
    ) -> Outcome[Output]:
        folder = silent_folders.folder_of(item)
        if silent_folders.is_silent(folder):
            return _SILENT
        if self._pool is None or not self._pool.active:
            self._pool = self._new_pool()
        future = self._pool.schedule(_Guarded(function), args=(item,), timeout=limit_s)
        try:
            if child := self._silenced_during(future):
                silent_folders.note(folder, child)
                return _SILENT
            return future.result()
        except FutureTimeout:
            if child := self._context.waited_for_disk():
                silent_folders.note(folder, child)
                return _SILENT
            return Outcome(
                error=f"Processing took more than {limit_s:g} seconds; it was "
                "stopped. The file may be damaged.",
                abrupt=True,
            )
        except ProcessExpired as expired:
            if expired.exitcode in _FROM_OUTSIDE:
                raise _EndedFromOutside(_cause(-abs(expired.exitcode))) from expired
            return Outcome(error=_crashed(_cause(expired.exitcode)), abrupt=True)

    def _silenced_during(self, future: Future[Any]) -> Child | None:
        """Wait for an end; stop and return the child if a disk does not answer it.

        Raises BrokenExecutor if there is nobody any more who would tell of an end.
        """
        waits: frozenset[tuple[str, ...]] = frozenset()
        waited_s = 0.0
        while not wait([future], _LOOK_EVERY_S).done:
            if not (self._pool and self._pool.active):
                # It broke while the item was handed over, which then nobody aborts.
                if not wait([future], _LOOK_EVERY_S).done:
                    raise BrokenExecutor
                break
            child = self._context.newest
            found = child.disk_waits()
            waited_s = waited_s + _LOOK_EVERY_S if found and found == waits else 0.0
            waits = found
            if waited_s >= silent_disk.PATIENCE_S and future.cancel():
                # If it is answered after all, it must not take the next item along.
                while child.is_alive() and self._pool and self._pool.active:
                    time.sleep(_LOOK_EVERY_S / 10)
                return child
        return None

    def _new_pool(self) -> ProcessPool:
        pool = ProcessPool(
            max_workers=1,
            max_tasks=TASKS_PER_CHILD,
            initializer=_prepare_child,
            initargs=(os.getpid(), self._memory_bytes, self._nice),
            context=self._context,
        )
        assert pool.active  # asking for it starts the child
        return pool


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
            return Outcome(
                error=f"The file could not be processed ({name}: {error}).", abrupt=True
            )

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
                error="Processing the file needs more memory than is allowed.",
                abrupt=True,
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


def _prepare_child(worker: int, memory_bytes: int, nice: int) -> None:
    os.nice(nice)
    silent_disk.leave_to_watchdog()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if memory_bytes and hasattr(resource, "RLIMIT_AS"):
        _limit_memory(memory_bytes)
    _die_first_where_memory_runs_out()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # libvips warns of every oddity of a file; what matters becomes an outcome.
    logging.getLogger("pyvips").setLevel(logging.ERROR)
    end_with_parent(_parent(worker))


def _parent(worker: int) -> int:
    """Return the id of the process that has started this one."""
    if sys.platform != "linux":
        return worker
    nursery = sys.modules.get(NURSERY)  # unless it could not be loaded
    return getattr(nursery, "PID", 0) or os.getppid()


def _limit_memory(wanted: int) -> None:
    _, allowed = resource.getrlimit(resource.RLIMIT_AS)
    limit = wanted if allowed == resource.RLIM_INFINITY else min(wanted, allowed)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _die_first_where_memory_runs_out() -> None:
    """Have Linux end this process before the server; see proc_pid_oom_score_adj(5)."""
    score = Path("/proc/self/oom_score_adj")
    with suppress(OSError):  # elsewhere, or where it may not be said
        score.write_text(str(max(_OOM_SCORE, int(score.read_text()))))
