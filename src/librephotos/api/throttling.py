"""Slows down guessing of passwords; a right password is never counted."""

from __future__ import annotations

import hashlib
import time
from typing import Any

from django.core.cache import cache
from rest_framework.exceptions import Throttled
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle

ADDRESS_FACTOR = 5
"""How many times more failures one address may have, over all user names."""


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

    def check(self) -> None:
        """Raise Throttled after too many failures, before a password is hashed."""
        if not self.limit:
            return
        for key, limit in self.allowances.items():
            failures = self._failures(key)
            if len(failures) >= limit:
                raise Throttled(wait=failures[0] + self.window_s - time.time())

    def record_failure(self) -> None:
        """Count one wrong password."""
        if not self.limit:
            return
        for key in self.allowances:
            cache.set(key, [*self._failures(key), time.time()], self.window_s)

    def _failures(self, key: str) -> list[float]:
        since = time.time() - self.window_s
        return [moment for moment in cache.get(key, []) if moment > since]
