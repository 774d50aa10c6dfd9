"""Which requests may keep a thread of the web server, so that they do not stop it.

Those that wait for a worker keep one, and those that hash a password, which takes a
core and 100 MiB besides and is to be had by everybody. Both together leave threads to
all others: pages, pictures, health. Whoever finds no place is answered at once, and
asks again.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


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
        self._hashing = 0
        self.share(threads)

    def share(self, threads: int) -> None:
        """Have all threads but two kept at the most, and one where there are so few.

        Four of them may hash. Three of eight threads may wait, a quarter for one
        caller; callers who have not signed in have that quarter together, and an
        address half of it. Of fewer than three threads, none may wait.
        """
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
            found = self._one_is_free() and self._hashing < HASHED_AT_ONCE
            self._hashing += found
        try:
            yield found
        finally:
            with self._lock:
                self._hashing -= found

    def _one_is_free(self) -> bool:
        return self._waiting.total() + self._hashing < self._kept

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
"""Those of this process; a web server says how many threads it has."""
