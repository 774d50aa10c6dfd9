"""Signals that ask a process to end: the first one unwinds it, no other disturbs that.

What a process has started it stops again while it unwinds. A second signal that raised
there would cut this short and leave processes behind, so that it is only counted.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_AGAIN_S = 0.01


class StopRequests:
    """How often this process was asked to end; to be used in its main thread."""

    def __init__(self) -> None:
        """Nobody has asked yet, and `install` was not called."""
        self.count = 0
        self._first = signal.SIGTERM
        self._holders = 0
        self._tell: Callable[[], object] = lambda: None
        self._raised: BaseException | None = None

    @property
    def impatient(self) -> bool:
        """Whether somebody has asked twice."""
        return self.count > 1

    def install(self) -> None:
        """Have signals unwind the main thread, as KeyboardInterrupt or SystemExit.

        What `nohup` has switched off stays so.
        """
        for number in SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self.received)
        sys.unraisablehook = self._unraisable

    def received(self, number: int, frame: FrameType | None = None) -> None:
        """Take a signal, as its handler."""
        self.count += 1
        if self.count == 1:
            self._first = signal.Signals(number)
            self._tell()
            self.unwind_if_asked()

    def unwind_if_asked(self) -> None:
        """Unwind if somebody has asked, unless a caller holds signals and looks."""
        if not self.count or self._holders:
            return
        if self._first == signal.SIGINT:
            self._raised = KeyboardInterrupt()
        else:
            self._raised = SystemExit(128 + self._first)
        raise self._raised

    def _unraisable(self, unraisable: sys.UnraisableHookArgs) -> None:
        """Unwind a moment later where Python has dropped what was raised for that.

        It drops what a signal's handler raises during `__del__` or a weak reference's
        callback, of which an import has some.
        """
        if self._raised is None or unraisable.exc_value is not self._raised:
            sys.__unraisablehook__(unraisable)
            return
        signal.signal(signal.SIGALRM, lambda *_: self.unwind_if_asked())
        signal.setitimer(signal.ITIMER_REAL, _AGAIN_S)

    def begin_anew(self) -> None:
        """Be those of a process that was forked just now: nobody has asked it."""
        self.count = self._holders = 0
        self._tell = lambda: None
        self._raised = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Only count signals meanwhile; who holds them acts upon `count`."""
        self._holders += 1
        try:
            yield
        finally:
            self._holders -= 1

    @contextmanager
    def telling(self, tell: Callable[[], object]) -> Iterator[None]:
        """Hold signals meanwhile, and call `tell` at the first, or if one has come."""
        with self.held():
            self._tell = tell
            if self.count:
                tell()
            try:
                yield
            finally:
                self._tell = lambda: None


stop_requests = StopRequests()
"""Those of this process."""


@contextmanager
def handlers_kept() -> Iterator[None]:
    """Put back, in the end, what handles these signals and dropped errors now."""
    previous: dict[signal.Signals, Any] = {n: signal.getsignal(n) for n in SIGNALS}
    hook = sys.unraisablehook
    try:
        yield
    finally:
        sys.unraisablehook = hook
        for number, handler in previous.items():
            signal.signal(number, handler)
