"""The threads that send files, and those that take over from what a disk keeps."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from waitress.task import ThreadedTaskDispatcher

if TYPE_CHECKING:
    from librephotos.server.http.channel import Channel

_STUCK_AFTER_S = 3.0
"""One turn's share of a file is read in less, unless its disk is silent."""

_STUCK_OF_A_DISK = 4
"""Where so many are stuck, no other turn begins on the same disk."""


class Turns:
    """Threads that send files; one more for each that a disk keeps, while it does.

    A file that is open already can lie on a disk that has ceased to answer, and nobody
    can call a thread back from there.
    """

    def __init__(self, threads: int) -> None:
        """Start so many threads."""
        self._threads = threads
        self._under_way: dict[_Turn, float] = {}
        self._dispatcher = ThreadedTaskDispatcher()
        self._dispatcher.set_thread_count(threads)

    def add(self, channel: Channel) -> None:
        """Have a connection send a part of its file, or put that off."""
        self._dispatcher.add_task(_Turn(self, channel))

    def replace_stuck(self) -> None:
        """Have as many threads as there are to be that can do something."""
        self._dispatcher.set_thread_count(self._threads + len(self._stuck()))

    def shut_down(self, within_s: float) -> None:
        """Stop the threads, but for those that do not end in so many seconds."""
        self._dispatcher.shutdown(timeout=within_s)

    def take(self, turn: _Turn) -> None:
        """Do a turn now, unless it would only get stuck beside others."""
        if self._joins_stuck(turn.channel):
            turn.channel.put_off_turn()
            return
        self._under_way[turn] = time.monotonic()
        try:
            turn.channel.send_turn()
        finally:
            del self._under_way[turn]

    def _joins_stuck(self, channel: Channel) -> bool:
        stuck = self._stuck()
        if len(stuck) < _STUCK_OF_A_DISK:
            return False
        mount = _mount_of(channel)
        beside = [one for one in stuck if _mount_of(one.channel) == mount]
        return mount is not None and len(beside) >= _STUCK_OF_A_DISK

    def _stuck(self) -> list[_Turn]:
        latest = time.monotonic() - _STUCK_AFTER_S
        begun = list(self._under_way.items())
        return [turn for turn, since in begun if since < latest]


class _Turn:
    """A task of these threads: to send a part of a file."""

    def __init__(self, turns: Turns, channel: Channel) -> None:
        self._turns = turns
        self.channel = channel

    def service(self) -> None:
        """Do it."""
        self._turns.take(self)

    def cancel(self) -> None:
        """Give the connection up, since the server stops."""
        self.channel.cancel()


def _mount_of(channel: Channel) -> str | None:
    """Return what tells the disk of a file that is sent, which is not asked for it.

    See proc(5), mnt_id of /proc/pid/fdinfo. None where there is no such thing.
    """
    descriptor = channel.file_descriptor()
    try:
        with open(f"/proc/self/fdinfo/{descriptor}") as facts:
            return next((line for line in facts if line.startswith("mnt_id:")), None)
    except FileNotFoundError:  # it was closed meanwhile, or is no system of this kind
        return None
