"""Whether a request is held until it is to be answered anew; no thread waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Later:
    """Whether the first request of a connection is held until it is asked again.

    Its turn can come before the thread has come to the end of the answer that is thrown
    away; then it goes on at once.
    """

    def __init__(self, go_on: Callable[[], None]) -> None:
        """`go_on` has the request answered; it is called if `hold` has said True."""
        self._go_on = go_on
        self._lock = threading.Lock()
        self._is_put_off = False
        self.is_held = False

    def put_off(self) -> None:
        """Hold the request from the end of this answer on."""
        self._is_put_off = True

    def hold(self) -> bool:
        """Say whether the request is to be held now."""
        with self._lock:
            self.is_held = self._is_put_off
            return self.is_held

    def resume(self) -> None:
        """Hold it no longer."""
        with self._lock:
            held = self.is_held
            self._is_put_off = self.is_held = False
        if held:
            self._go_on()
