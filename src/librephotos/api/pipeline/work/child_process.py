"""A child process that nobody waits for without an end.

On Linux it is a fork of a nursery, a child of the worker that has loaded what decoders
need, once for all children. Elsewhere each loads that by itself: forks are not safe
there.

A process that waits for a disk which does not answer is not ended by any signal, not
even SIGKILL, before there is an answer. It is left behind then: the system ends it some
time, and it has no descriptors but those of its own pipes and the log.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import forkserver
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any
from weakref import WeakSet

if sys.platform == "linux":
    from multiprocessing.context import ForkServerContext as _Context
    from multiprocessing.context import ForkServerProcess as _Process
else:
    from multiprocessing.context import SpawnContext as _Context
    from multiprocessing.context import SpawnProcess as _Process

log = logging.getLogger(__name__)

DEATH_S = 5.0
"""What SIGKILL ends is gone within a moment, even when gigabytes are freed."""

NURSERY = "librephotos.api.pipeline.sandboxed.nursery"
forkserver.set_forkserver_preload([NURSERY])

NURSERY_ENDED = 255
"""The exit code of a child whose nursery has ended, and it with that."""


_starter = ThreadPoolExecutor(1, thread_name_prefix="children")
"""The thread that starts all children, and ends the nursery where there are none.

Linux kills a child, or the nursery and all children with it, when the thread that
started it ends: it has to live as long as this process.
"""

_looking = threading.Lock()


class Child(_Process):
    """A process that is left behind when even SIGKILL does not end it."""

    left_behind = False
    """Whether nobody waits for its end any more."""

    waited_for_disk = False
    """Whether it was in one and the same wait for a disk all the while it should end.
    """

    noted = False
    """Whether somebody knows already which file that was."""

    def start(self) -> None:
        """Start it, by the thread that starts all; raise OSError at this one's end."""
        try:
            starting = _starter.submit(self._start)
        except RuntimeError as error:
            raise OSError("This process ends.") from error
        starting.result()

    def _start(self) -> None:
        _children.add(self)
        super().start()

    def join(self, timeout: float | None = None) -> None:
        """Wait for the end; without a limit, as after SIGKILL, for DEATH_S seconds."""
        if self.left_behind:
            return
        half = (DEATH_S if timeout is None else timeout) / 2
        super().join(half)
        before = self.disk_waits()
        super().join(half)
        if not self.lives():
            return
        self.waited_for_disk = bool(before) and before == self.disk_waits()
        if timeout is None:
            self.left_behind = True
            log.warning("Process %s does not end: it is left behind", self.pid)

    def is_alive(self) -> bool:
        """Whether it has yet to end, and somebody waits for that."""
        return not self.left_behind and self.lives()

    def lives(self) -> bool:
        """Whether the system still has it, left behind or not."""
        with _looking:  # how it has ended is told once, to the first who looks
            return super().is_alive()

    def disk_waits(self) -> frozenset[tuple[str, ...]]:
        """Return what its threads do, if nothing but to wait, and one for a disk.

        The same again later is the same wait, since how often each has waited so far is
        told along. Nothing is known of it elsewhere than on Linux (proc_pid_wchan(5)).
        """
        threads, for_disk = set(), False
        for thread in Path(f"/proc/{self.pid}/task").glob("*"):
            try:
                lines = (thread / "status").read_text().splitlines()
                place = (thread / "wchan").read_text()
            except OSError:  # it has ended
                continue
            facts = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
            state, *switches = (facts.get(name, "") for name in _OF_A_WAIT)
            if state[:1] == "R":
                return frozenset()
            for_disk |= state[:1] == "D"
            for_disk |= place not in ("", "0") and not _NO_DISK.search(place)
            threads.add((thread.name, *switches))
        return frozenset(threads) if for_disk else frozenset()


_OF_A_WAIT = ("State", "voluntary_ctxt_switches", "nonvoluntary_ctxt_switches")

_NO_DISK = re.compile("futex|sleep|poll|select|pause|sigsuspend|pipe|do_wait|sock|skb")
"""What the kernel's functions are called in which a thread waits for another one, for a
process or for a time. A read of FUSE can be interrupted, and so does not wait in D."""


_children: WeakSet[Child] = WeakSet()


def rest_nursery() -> None:
    """End the nursery where it has no children left."""
    _starter.submit(_rest_nursery).result()


def _rest_nursery() -> None:
    started = [child for child in _children if child.pid]
    if any(not wait([child.sentinel], 0) for child in started):
        return
    nursery: Any = forkserver._forkserver
    if nursery._forkserver_pid is not None:
        # Whatever may hold it: the library would wait for it without an end.
        os.kill(nursery._forkserver_pid, signal.SIGKILL)
        nursery._stop()


class ChildContext(_Context):
    """Starts processes, and knows those that it has started."""

    def __init__(self) -> None:
        super().__init__()
        self._children: list[Child] = []

    def Process(self, *args: Any, **options: Any) -> Child:  # type: ignore[override]
        """Return a process that is yet to be started."""
        kept = [c for c in self._children if c.waited_for_disk and not c.noted]
        child = Child(*args, **options)
        self._children = [*self._children[-1:], *kept, child]
        return child

    @property
    def newest(self) -> Child:
        """The process that was started last."""
        return self._children[-1]

    def waited_for_disk(self) -> Child | None:
        """Return a child that has and whose file nobody knows, if there is one."""
        return next(
            (c for c in self._children if c.waited_for_disk and not c.noted), None
        )
