"""The threads that send files, and those that take over from what a disk keeps."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from waitress.task import ThreadedTaskDispatcher

if TYPE_CHECKING:
    from librephotos.server.http.channel import Channel

_STUCK_AFTER_S = 3.0
"""One turn's share of a file is read in less, unless its disk is silent."""


class Turns:
    """Threads that send files; one more for each that a disk keeps, while it does.

    A file that is open already can lie on a disk that has ceased to answer, and nobody
    can call a thread back from there. Each of those has a connection of its own, of
    which there are limits.
    """

    def __init__(self, threads: int) -> None:
        """Start so many threads."""
        self._threads = threads
        self._under_way: dict[_Turn, float] = {}
        self._dispatcher = ThreadedTaskDispatcher()
        self._dispatcher.set_thread_count(threads)

    def add(self, channel: Channel) -> None:
        """Have a connection send a part of its file."""
        self._dispatcher.add_task(_Turn(channel, self._under_way))

    def replace_stuck(self) -> None:
        """Have as many threads as there are to be that can do something."""
        now = time.monotonic()
        begun = list(self._under_way.values())
        stuck = sum(now - since > _STUCK_AFTER_S for since in begun)
        self._dispatcher.set_thread_count(self._threads + stuck)

    def shut_down(self, within_s: float) -> None:
        """Stop the threads, but for those that do not end in so many seconds."""
        self._dispatcher.shutdown(timeout=within_s)


class _Turn:
    """A task of these threads: to send a part of a file."""

    def __init__(self, channel: Channel, under_way: dict[_Turn, float]) -> None:
        self._channel = channel
        self._under_way = under_way

    def service(self) -> None:
        """Do it."""
        self._under_way[self] = time.monotonic()
        try:
            self._channel.send_turn()
        finally:
            del self._under_way[self]

    def cancel(self) -> None:
        """Give the connection up, since the server stops."""
        self._channel.cancel()
