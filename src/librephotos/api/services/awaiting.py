"""Waiting, in a request, for what a worker makes at once.

NoResult
├── TooManyWait     the caller or others wait for much already; the task goes on
├── TaskEnded       without a result
└── TooSlow         the task goes on
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from librephotos.api.queries.health import is_under_way
from librephotos.api.services.waiting import PLACES, Caller

Result = TypeVar("Result")

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.01, 0.2


class NoResult(Exception):
    """There is no result now."""


class TooManyWait(NoResult):
    """Each wait occupies a thread of the web server, and has to leave some."""


class TaskEnded(NoResult):
    """The task has ended and left nothing."""


class TooSlow(NoResult):
    """The time was over first."""


def await_result(
    find: Callable[[], Result | None],
    *,
    lock: str,
    within_s: float,
    caller: Caller,
) -> Result:
    """Return what `find` finds once the task of this queueing lock has made it.

    Raises NoResult.
    """
    with PLACES.take(caller) as may_wait:
        if not may_wait:
            raise TooManyWait
        return _polled(find, lock, time.monotonic() + within_s)


def _polled(find: Callable[[], Result | None], lock: str, deadline: float) -> Result:
    pause = _FIRST_PAUSE_S
    while True:
        # In this order: a task that has ended has left its result.
        under_way = is_under_way(lock)
        found = find()
        if found is not None:
            return found
        if not under_way:
            raise TaskEnded
        if time.monotonic() >= deadline:
            raise TooSlow
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_S)
