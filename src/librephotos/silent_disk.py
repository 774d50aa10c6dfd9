"""File systems that do not answer: a network drive whose server is away.

The system makes whoever looks at one wait for as long as that lasts. So a thread looks
that nobody has to wait for, and that ends when there is an answer after all. A process
that another one watches, and ends in such a wait, looks itself.
"""

from __future__ import annotations

import errno
import os
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, NamedTuple, TypeVar

Found = TypeVar("Found")

Place = Callable[[], AbstractContextManager[bool]]
"""Says whether one may wait, for as long as its context lasts."""

PATIENCE_S = 30.0
"""A disk that sleeps needs about ten seconds to turn again."""

BRIEF_S = 5.0
"""Where somebody waits, who can ask again."""

UNNOTICED_S = 1.0
"""Whoever waits no longer than this needs no place for it."""

AGAIN_AFTER_S = 60
"""What was silent is not waited for again so soon, and each time after twice as long:
whoever looks then may stay there for good."""

LONGEST_PAUSE_S = 3600

SILENT = "its file system does not answer"


class _Silence(NamedTuple):
    since: float
    pause_s: float


_silent: dict[bytes, _Silence] = {}
_is_watched = False
_lock = threading.Lock()

_MOUNTS = "/proc/self/mountinfo"


def leave_to_watchdog() -> None:
    """Have this process wait by itself from now on, since another one watches it.

    To start a thread takes longer than to open a file and to read what it says.
    """
    global _is_watched
    _is_watched = True


def anybody() -> AbstractContextManager[bool]:
    """Let everybody wait: the place of a process that has nothing else to do."""
    return nullcontext(True)


def answer(
    look: Callable[[], Found],
    *,
    at: bytes,
    patience_s: float | None = None,
    place: Place = anybody,
    progress: Callable[[], int] = lambda: 0,
    discard: Callable[[Found], object] = lambda found: None,
) -> Found:
    """Return what a look at the folder or disk `at` returns, or raise what it raises.

    Raises TimeoutError, an OSError, when `patience_s` seconds (PATIENCE_S) have brought
    neither an end nor progress, or after UNNOTICED_S where there is no `place` to wait
    in. While that look is unanswered it raises it at once for AGAIN_AFTER_S seconds;
    then one more thread looks. What is found too late is given to `discard`. After
    `leave_to_watchdog` it waits without an end.
    """
    if _is_watched:
        return look()
    if not _is_looked_at(at):
        raise TimeoutError(errno.ETIMEDOUT, SILENT)
    seen = progress()
    outcome = _begun(look)
    patience_s = PATIENCE_S if patience_s is None else patience_s
    if not _is_done(outcome, within_s=min(UNNOTICED_S, patience_s)):
        with place() as may_wait:
            while not _is_done(outcome, within_s=patience_s if may_wait else 0):
                before, seen = seen, progress()
                if seen == before:
                    _give_up(outcome, at)
                    outcome.add_done_callback(partial(_discard, discard))
                    raise TimeoutError(errno.ETIMEDOUT, SILENT)
    _silent.pop(at, None)
    return outcome.result()


def let_go(close: Callable[[], object], *, at: bytes) -> None:
    """Close a file on the disk `at`, which may have to be told, as by FLUSH of fuse(4).

    Waits no longer than UNNOTICED_S. An error is none: nothing was written.
    """
    outcome = _begun(close)
    if not _is_done(outcome, within_s=0 if at in _silent else UNNOTICED_S):
        _give_up(outcome, at)


def disk_of(path: bytes) -> bytes:
    """Return what names the disk that a file lies on, which is not asked for it.

    That is the point it is mounted at, by proc_pid_mountinfo(5), or the file's folder
    where that is none but the root, or unknown.
    """
    try:
        with open(_MOUNTS, "rb") as lines:
            points = [_unescaped(line.split()[4]) for line in lines]
    except OSError:  # elsewhere than on Linux
        points = []
    around = [one for one in points if one != b"/" and path.startswith(one + b"/")]
    return max(around, key=len, default=os.path.dirname(path))


def _unescaped(name: bytes) -> bytes:
    return re.sub(rb"\\([0-7]{3})", lambda match: bytes([int(match[1], 8)]), name)


def _is_looked_at(at: bytes) -> bool:
    now = time.monotonic()
    with _lock:
        silence = _silent.get(at)
        if silence is None:
            return True
        if now - silence.since < silence.pause_s:
            return False
        _silent[at] = _Silence(now, min(2 * silence.pause_s, LONGEST_PAUSE_S))
        return True


def _give_up(outcome: Future[Any], at: bytes) -> None:
    with _lock:
        _silent.setdefault(at, _Silence(time.monotonic(), AGAIN_AFTER_S))
    outcome.add_done_callback(lambda _: _silent.pop(at, None))


def _begun(look: Callable[[], Found]) -> Future[Found]:
    outcome: Future[Found] = Future()
    # A daemon: the end of the process is not to wait for it either.
    threading.Thread(target=_settle, args=(outcome, look), daemon=True).start()
    return outcome


def _is_done(outcome: Future[Any], *, within_s: float) -> bool:
    return bool(wait([outcome], within_s).done)


def _discard(discard: Callable[[Found], object], outcome: Future[Found]) -> None:
    if outcome.exception() is None:
        discard(outcome.result())


def _settle(outcome: Future[Found], look: Callable[[], Found]) -> None:
    try:
        outcome.set_result(look())
    # Whatever it is, it is raised where the answer is waited for.
    except Exception as error:
        outcome.set_exception(error)
