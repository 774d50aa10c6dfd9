"""Keeps the processes of one machine alive, and ends them together."""

from __future__ import annotations

import logging
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from librephotos.server import lifeline
from librephotos.server.forked import Forked, fork
from librephotos.stopping import stop_requests

logger = logging.getLogger(__name__)

GRACE_S = 6.0
_FIRST_DELAY_S = 0.5
_LONGEST_DELAY_S = 30.0
_HEALTHY_AFTER_S = 60.0


@dataclass(frozen=True)
class Program:
    """One process to keep alive, or with `once` to run to its end."""

    name: str
    run: Callable[[], object]
    once: bool = False


@dataclass
class _Child:
    program: Program
    process: Forked | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    is_over: bool = False
    delay_s: float = field(default=_FIRST_DELAY_S)


class Supervisor:
    """Starts programs, restarts those that die, and stops them all.

    A child is the leader of its own process group: Ctrl-C in the terminal reaches the
    supervisor alone, and whatever a child started ends with it.
    """

    def __init__(self, programs: Sequence[Program]) -> None:
        """Take the programs; nothing runs before `run`."""
        self._children = [_Child(program) for program in programs]
        self._lifeline, self._supervisor_end = os.pipe()
        self._woken_by, self._wake = os.pipe()
        for end in (self._woken_by, self._wake):
            os.set_blocking(end, False)

    def run(self, tick: Callable[[], float | None]) -> None:
        """Supervise until told to stop; children get GRACE_S to end, then none.

        `tick` is called when something happened and after the seconds that it
        returned the last time; None means that it has nothing to do any more.
        A second signal ends the children at once.
        """
        with stop_requests.held():
            signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
            previous = signal.signal(signal.SIGCHLD, lambda *_: None)
            try:
                self._supervise(tick)
            finally:
                self._stop_children()
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, previous)

    def _supervise(self, tick: Callable[[], float | None]) -> None:
        while not stop_requests.count:
            now = time.monotonic()
            for child in self._children:
                self._revive(child, now)
            waits = [child.due_at - now for child in self._children if child.due_at]
            until_tick = tick()
            if until_tick is not None:
                waits.append(until_tick)
            self._wait(max(0.0, min(waits)) if waits else None)

    def _wait(self, seconds: float | None) -> None:
        select.select([self._woken_by], [], [], seconds)
        try:
            os.read(self._woken_by, 512)
        except BlockingIOError:
            pass

    def _revive(self, child: _Child, now: float) -> None:
        if child.process is not None and child.process.poll() is not None:
            self._mourn(child, child.process, now)
        if child.process is None and not child.is_over and child.due_at <= now:
            try:
                child.process = self._start(child.program)
                child.started_at, child.due_at = now, 0.0
            except OSError as error:  # no memory or no number left, for a while
                self._put_off(child, now, f"cannot be started ({error.strerror})")

    def _mourn(self, child: _Child, process: Forked, now: float) -> None:
        """Set the time of the next start: later each time that it dies young."""
        if now - child.started_at > _HEALTHY_AFTER_S:
            child.delay_s = _FIRST_DELAY_S
        _signal_group(process, signal.SIGKILL)
        child.process = None
        if child.program.once:
            child.is_over = True
            return
        ending = _ending(process.returncode)
        self._put_off(child, now, f"(process {process.pid}) {ending}")

    def _put_off(self, child: _Child, now: float, why: str) -> None:
        logger.warning(
            "%s %s: starting it again in %.1f s", child.program.name, why, child.delay_s
        )
        child.due_at = now + child.delay_s
        child.delay_s = min(2 * child.delay_s, _LONGEST_DELAY_S)

    def _start(self, program: Program) -> Forked:
        process = fork(partial(self._be, program), name=program.name)
        with suppress(PermissionError, ProcessLookupError):  # it is faster, or gone
            os.setpgid(process.pid, process.pid)
        return process

    def _be(self, program: Program) -> None:
        """Be the process of a program, in one that was just forked."""
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        for end in (self._supervisor_end, self._woken_by, self._wake):
            os.close(end)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, sys.stdin.fileno() if sys.stdin else 0)
        os.close(nothing)
        os.environ[lifeline.VARIABLE] = str(self._lifeline)
        program.run()

    def _stop_children(self) -> None:
        running = [child.process for child in self._children if child.process]
        for process in running:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_S
        while any(process.poll() is None for process in running):
            left = deadline - time.monotonic()
            if left <= 0 or stop_requests.impatient:
                break
            self._wait(min(left, 0.1))
        for process in running:
            _signal_group(process, signal.SIGKILL)
            process.wait()


def _signal_group(process: Forked, number: signal.Signals) -> None:
    """Reach what a child left behind too; its group outlives it as long as they do."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass


def _ending(returncode: int | None) -> str:
    if returncode is None or returncode >= 0:
        return f"ended with exit code {returncode}"
    try:
        return f"was ended by {signal.Signals(-returncode).name}"
    except ValueError:
        return f"was ended by signal {-returncode}"
