"""Slows down guessing of passwords; a right password is not counted for long."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError as FormError
from rest_framework.exceptions import AuthenticationFailed, Throttled, ValidationError
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle

from librephotos.api.services.waiting import PLACES

ADDRESS_FACTOR = 5
"""How many times more failures one address may have, over all user names."""

_WRONG = (AuthenticationFailed, ValidationError, FormError)
_counting = threading.Lock()


@contextmanager
def hashing() -> Iterator[None]:
    """Hash passwords within this; raises Throttled while too many threads are kept."""
    with PLACES.take_to_hash() as found:
        if not found:
            raise Throttled(wait=1)
        yield


class LoginThrottle(SimpleRateThrottle):
    """Counts wrong passwords of one user name from one address, and of the address.

    The rate is `login` of the throttle rates; without one nothing is counted.
    """

    scope = "login"

    def __init__(self, request: Any, username: str) -> None:
        rate = api_settings.DEFAULT_THROTTLE_RATES["login"]
        limit, window_s = self.parse_rate(str(rate) if rate else None)
        self.limit, self.window_s = limit or 0, window_s or 0
        address = self.get_ident(request)
        name = hashlib.sha256(username.lower().encode()).hexdigest()
        self.allowances = {
            f"login:{address}:{name}": self.limit,
            f"login:{address}": self.limit * ADDRESS_FACTOR,
        }

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Check a password within this; what ends as wrong is counted.

        It counts from the start, or guesses that are sent at once would all be
        weighed against none. Raises Throttled before a password is hashed, after too
        many failures or while others are hashed.
        """
        with hashing():
            begun = self._count()
            try:
                yield
            except _WRONG:
                raise
            except BaseException:
                self._take_back(begun)
                raise
            self._take_back(begun)

    def _count(self) -> float:
        now = time.time()
        with _counting:
            counted = {key: self._failures(key) for key in self.allowances}
            for key, failures in counted.items():
                if self.limit and len(failures) >= self.allowances[key]:
                    raise Throttled(wait=failures[0] + self.window_s - now)
            for key, failures in counted.items():
                cache.set(key, [*failures, now], self.window_s)
        return now

    def _take_back(self, moment: float) -> None:
        with _counting:
            for key in self.allowances:
                failures = self._failures(key)
                if moment in failures:
                    failures.remove(moment)
                    cache.set(key, failures, self.window_s)

    def _failures(self, key: str) -> list[float]:
        since = time.time() - self.window_s
        return [moment for moment in cache.get(key, []) if moment > since]
