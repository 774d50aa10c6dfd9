"""Processes that begin with what this one has loaded, and share its memory.

Only a process without threads of its own, and without a connection to the database, may
fork any: they would be copied in whatever state they are.
"""

from __future__ import annotations

import ctypes
import logging
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn, TypeVar

from librephotos.parent_death import end_with_parent
from librephotos.server.errors import ServerError
from librephotos.server.locks import FolderLock
from librephotos.stopping import SIGNALS, stop_requests

Value = TypeVar("Value")

_INTERRUPTED = 130


class Forked:
    """A child of this process."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        """How it has ended: its exit code, or less than 0 the signal's number."""

    def poll(self) -> int | None:
        """Return how it has ended, None if it runs."""
        return self._reap(os.WNOHANG)

    def wait(self) -> int:
        """Return how it has ended, once it has."""
        code = self._reap(0)
        assert code is not None
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def _reap(self, options: int) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, options)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def fork(run: Callable[[], object], *, name: str = "") -> Forked:
    """Start a process that runs a function; raise OSError where there is no room.

    It shares nothing of this one's but what is open: neither locks nor who asked to
    stop. Where the system shows short names of processes (Linux), it has this one.
    """
    held = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if not pid:
            _be(run, name, held)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
    return Forked(pid)


def _be(run: Callable[[], object], name: str, held: set[Any]) -> NoReturn:
    """Run a function, and end without a way back into what the parent does."""
    code = 1
    try:
        stop_requests.begin_anew()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        FolderLock.let_go_of_all()
        _call_this_process(name)
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
        run()
        code = 0
    except KeyboardInterrupt:
        code = _INTERRUPTED
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # the end of a process, as it is without a parent's stack
        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):  # nobody reads it any more
            sys.stdout.flush()
        with suppress(OSError, ValueError):
            sys.stderr.flush()
        logging.shutdown()
        os._exit(code)


def _call_this_process(name: str) -> None:
    if name and sys.platform == "linux":
        set_name = 15  # PR_SET_NAME of linux/prctl.h, which takes 15 bytes
        ctypes.CDLL(None).prctl(set_name, name.encode()[:15], 0, 0, 0)


def in_child(work: Callable[[], Value]) -> Value:
    """Return what a function returns in a process of its own, or raise what it raises.

    The memory that it needs is free again then. It ends with this process.
    """
    receiving, sending = os.pipe()
    parent = os.getpid()

    def run() -> None:
        end_with_parent(parent)
        os.close(receiving)
        # Who is to stop waits no longer.
        with suppress(BrokenPipeError), os.fdopen(sending, "wb") as stream:
            stream.write(_outcome(work))

    child = fork(run, name="setting up")
    os.close(sending)
    try:
        with os.fdopen(receiving, "rb") as stream:
            told = stream.read()
    finally:
        child.send_signal(signal.SIGTERM)  # if this process is to end
        child.wait()
    if not told:
        raise ServerError(f"setting up was ended (exit code {child.returncode})")
    value, error, cause = pickle.loads(told)
    if error is not None:
        raise error from cause
    return value  # type: ignore[no-any-return]


def _outcome(work: Callable[[], object]) -> bytes:
    try:
        return pickle.dumps((work(), None, None))
    except Exception as error:  # raised again by who waits for it
        error.add_note(traceback.format_exc())
        return pickle.dumps((None, error, error.__cause__))
