"""Slows down guessing of passwords, and signing up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError as FormError
from rest_framework.exceptions import AuthenticationFailed, Throttled, ValidationError
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle

from librephotos.addresses import subscriber
from librephotos.api.models.accounts.user_name import canonical_name
from librephotos.api.services.waiting import PLACES
from librephotos.api.writes import throttle_history

ADDRESS_FACTOR = 5
"""How many times more failures one address may have, over all user names."""

ALL_FACTOR = 10
"""How many times more accounts all addresses together may ask for."""

_WRONG = (AuthenticationFailed, ValidationError, FormError)


@contextmanager
def hashing() -> Iterator[None]:
    """Hash passwords within this; raises Throttled while too many threads are kept."""
    with PLACES.take_to_hash() as found:
        if not found:
            raise Throttled(wait=1)
        yield


def subscriber_of(request: Any) -> str:
    """Return what all addresses of the caller have in common, as far as it is known."""
    address = str(BaseThrottle().get_ident(request))
    try:
        return subscriber(address)
    except ValueError:  # a proxy has told it, or nobody
        return address


class _Counter(SimpleRateThrottle):
    """Counts under several keys at once; what one of them allows no more is refused.

    The rate is that of the scope in the throttle rates; without one nothing is counted.
    """

    scope: str

    def __init__(self, allowances: dict[str, int]) -> None:
        """Take the keys, and how many times the rate each of them allows."""
        rate = api_settings.DEFAULT_THROTTLE_RATES[self.scope]
        limit, window_s = self.parse_rate(str(rate) if rate else None)
        self.limit, self.window_s = limit or 0, window_s or 0
        self.allowances = {key: self.limit * n for key, n in allowances.items()}

    def count(self) -> float:
        """Count this moment and return it; raise Throttled if there were enough."""
        if not self.limit:
            return 0.0
        try:
            return throttle_history.count(self.allowances, window_s=self.window_s)
        except throttle_history.TooOften as error:
            raise Throttled(wait=error.wait_s) from error


class SignUpThrottle(_Counter):
    """Counts who asks for an account, by address and in all, with success or without.

    A name that is refused as taken tells something too.
    """

    scope = "sign_up"

    def __init__(self, request: Any) -> None:
        address = subscriber_of(request)
        super().__init__({f"sign_up:{address}": 1, "sign_up": ALL_FACTOR})


class _Attempts(_Counter):
    """Counts wrong passwords."""

    scope = "login"

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Check a password within this; what ends as wrong is counted.

        It counts from the start, or guesses that are sent at once would all be
        weighed against none. Raises Throttled before a password is hashed, after too
        many failures or while others are hashed.
        """
        with hashing():
            begun = self.count()
            try:
                yield
            except _WRONG:
                raise
            except BaseException:
                self._take_back(begun)
                raise
            self._take_back(begun)

    def _take_back(self, moment: float) -> None:
        if self.limit:
            throttle_history.take_back(self.allowances, moment)


class LoginThrottle(_Attempts):
    """Counts wrong passwords of one user name from one address, and of the address."""

    def __init__(self, request: Any, username: str) -> None:
        address = subscriber_of(request)
        spelling = canonical_name(username).encode("utf-8", "replace")
        name = hashlib.sha256(spelling).hexdigest()
        super().__init__(
            {f"login:{address}:{name}": 1, f"login:{address}": ADDRESS_FACTOR}
        )


class LinkThrottle(_Attempts):
    """Counts wrong passwords of one link from one address, and of the address."""

    def __init__(self, request: Any, link: int) -> None:
        address = subscriber_of(request)
        super().__init__(
            {f"login:{address}:link:{link}": 1, f"login:{address}": ADDRESS_FACTOR}
        )
