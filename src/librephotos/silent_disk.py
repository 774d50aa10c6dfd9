"""File systems that do not answer: a network drive whose server is away.

The system makes whoever looks at one wait for as long as that lasts. So a thread looks
that nobody has to wait for, and that ends when there is an answer after all.
"""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TypeVar

Found = TypeVar("Found")

Place = Callable[[], AbstractContextManager[bool]]
"""Says whether one may wait, for as long as its context lasts."""

PATIENCE_S = 30.0
"""A disk that sleeps needs about ten seconds to turn again."""

BRIEF_S = 5.0
"""Where somebody waits, who can ask again."""

UNNOTICED_S = 0.5
"""Whoever waits no longer than this needs no place for it."""

AGAIN_AFTER_S = 60
"""A folder that was silent is not waited for again so soon."""

SILENT = "its file system does not answer"

_silent_since: dict[bytes, float] = {}


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
    """Return what a look at the folder `at` returns, or raise what it raises.

    Raises TimeoutError, an OSError, when `patience_s` seconds (PATIENCE_S) have brought
    neither an end nor progress, or after UNNOTICED_S where there is no `place` to wait
    in. While that look is unanswered it raises it at once for AGAIN_AFTER_S seconds;
    then one more thread looks. What is found too late is given to `discard`.
    """
    since = _silent_since.get(at)
    if since is not None and time.monotonic() - since < AGAIN_AFTER_S:
        raise TimeoutError(errno.ETIMEDOUT, SILENT)
    outcome: Future[Found] = Future()
    seen = progress()
    # A daemon: the end of the process is not to wait for it either.
    threading.Thread(target=_settle, args=(outcome, look), daemon=True).start()
    patience_s = PATIENCE_S if patience_s is None else patience_s
    if not _is_done(outcome, within_s=min(UNNOTICED_S, patience_s)):
        with place() as may_wait:
            while not _is_done(outcome, within_s=patience_s if may_wait else 0):
                before, seen = seen, progress()
                if seen == before:
                    _silent_since[at] = time.monotonic()
                    outcome.add_done_callback(partial(_forget, at, discard))
                    raise TimeoutError(errno.ETIMEDOUT, SILENT)
    return outcome.result()


def _is_done(outcome: Future[Found], *, within_s: float) -> bool:
    return bool(wait([outcome], within_s).done)


def _forget(
    at: bytes, discard: Callable[[Found], object], outcome: Future[Found]
) -> None:
    _silent_since.pop(at, None)
    if outcome.exception() is None:
        discard(outcome.result())


def _settle(outcome: Future[Found], look: Callable[[], Found]) -> None:
    try:
        outcome.set_result(look())
    # Whatever it is, it is raised where the answer is waited for.
    except Exception as error:
        outcome.set_exception(error)
