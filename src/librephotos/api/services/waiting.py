"""Who may wait for a worker, so that those who wait do not stop the server.

A request that waits keeps a thread of the web server. Only a share of the threads may
be kept so; whoever finds no place is answered at once, and asks again.
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


class Places:
    """The places for requests that wait, in one process."""

    def __init__(self, threads: int) -> None:
        self._lock = threading.Lock()
        self._waiting: Counter[Caller] = Counter()
        self.share(threads)

    def share(self, threads: int) -> None:
        """Give three of eight threads to those who wait, a quarter to one caller.

        Callers who have not signed in have that quarter together, and an address half
        of it. Four may hash passwords meanwhile, and one is left for all others; of
        fewer than three threads, none may wait.
        """
        self._all = 3 * threads // 8
        self._of_account = self._anonymous = max(1, threads // 4)
        self._of_address = max(1, threads // 8)

    @contextmanager
    def take(self, caller: Caller) -> Iterator[bool]:
        """Say whether the caller may wait, for as long as the context lasts."""
        with self._lock:
            found = self._has_place_for(caller)
            self._waiting[caller] += found
        try:
            yield found
        finally:
            with self._lock:
                self._waiting[caller] -= found
                self._waiting += Counter()  # forgets those who do not wait

    def _has_place_for(self, caller: Caller) -> bool:
        most = self._of_account if caller.signed_in else self._of_address
        return (
            self._waiting.total() < self._all
            and self._waiting[caller] < most
            and (caller.signed_in or self._anonymous_waiting() < self._anonymous)
        )

    def _anonymous_waiting(self) -> int:
        return sum(n for caller, n in self._waiting.items() if not caller.signed_in)


PLACES = Places(threads=8)
"""Those of this process; a web server says how many threads it has."""
