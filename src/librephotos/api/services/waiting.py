"""Waiting, in a request, for what a worker makes at once.

So many may wait, and no more, so that they do not stop the server.
"""

from __future__ import annotations

import fcntl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TypeVar

from librephotos.api.queries.operations.health import is_under_way

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


@dataclass(frozen=True)
class Caller:
    """Who waits: an account, or an address from which nobody has signed in."""

    name: str
    signed_in: bool

    @classmethod
    def account(cls, user_id: int) -> Caller:
        """Return the caller that an account is."""
        return cls(f"account {user_id}", signed_in=True)

    @classmethod
    def address(cls, address: str) -> Caller:
        """Return the caller that an address is."""
        return cls(f"address {address}", signed_in=False)


LEFT_FREE = 2
"""Threads that nobody may keep."""

HASHED_AT_ONCE = 4


class Places:
    """The threads of one process that may be kept."""

    def __init__(self, threads: int) -> None:
        self._lock = threading.Lock()
        self._waiting: Counter[Caller] = Counter()
        self._hashing: set[int] = set()
        self._turns: IO[bytes] | None = None
        self.share(threads)

    def share(self, threads: int, *, turns: IO[bytes] | None = None) -> None:
        """Have all threads but two kept at the most, and one where there are so few.

        Four of them may hash. Three of eight threads may wait, a quarter for one
        caller; callers who have not signed in have that quarter together, and an
        address half of it. Of fewer than three threads, none may wait.

        Processes that are forked from this one and hash take turns by locks on the file
        `turns`, so that all of them together hash no more than one alone: each password
        takes 100 MiB.
        """
        self._turns = turns
        self._kept = max(1, threads - LEFT_FREE)
        self._may_wait = 3 * threads // 8
        self._of_account = self._anonymous = max(1, threads // 4)
        self._of_address = max(1, threads // 8)

    @contextmanager
    def take(self, caller: Caller) -> Iterator[bool]:
        """Say whether the caller may wait, for as long as the context lasts."""
        with self._lock:
            found = self._one_is_free() and self._has_place_for(caller)
            self._waiting[caller] += found
        try:
            yield found
        finally:
            with self._lock:
                self._waiting[caller] -= found
                self._waiting += Counter()  # forgets those who do not wait

    @contextmanager
    def take_to_hash(self) -> Iterator[bool]:
        """Say whether passwords may be hashed, for as long as the context lasts."""
        with self._lock:
            turn = next(self._free_turns(), None) if self._one_is_free() else None
            if turn is not None:
                self._hashing.add(turn)
        try:
            yield turn is not None
        finally:
            if turn is not None:
                self._end_turn(turn)

    def _free_turns(self) -> Iterator[int]:
        """Take turns that nobody has, one after the other."""
        for turn in set(range(HASHED_AT_ONCE)) - self._hashing:
            try:
                if self._turns:
                    fcntl.lockf(self._turns, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, turn)
            except (BlockingIOError, PermissionError):  # fcntl(2) names both
                continue
            yield turn

    def _end_turn(self, turn: int) -> None:
        with self._lock:
            self._hashing.remove(turn)
            if self._turns:
                fcntl.lockf(self._turns, fcntl.LOCK_UN, 1, turn)

    def _one_is_free(self) -> bool:
        return self._waiting.total() + len(self._hashing) < self._kept

    def _has_place_for(self, caller: Caller) -> bool:
        most = self._of_account if caller.signed_in else self._of_address
        return (
            self._waiting.total() < self._may_wait
            and self._waiting[caller] < most
            and (caller.signed_in or self._anonymous_waiting() < self._anonymous)
        )

    def _anonymous_waiting(self) -> int:
        return sum(n for caller, n in self._waiting.items() if not caller.signed_in)


PLACES = Places(threads=8)
"""Those of this process; a web server says how many threads it has, and each of its
processes has as many."""
