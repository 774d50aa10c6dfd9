"""The listening socket, and who may connect to it."""

from __future__ import annotations

import errno
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from waitress import wasyncore
from waitress.buffers import ReadOnlyFileBasedBuffer
from waitress.server import TcpWSGIServer

from librephotos.server.http.channel import Channel
from librephotos.server.http.growing import NAME as GROWING
from librephotos.server.http.growing import GrowingBuffer, growing_of
from librephotos.server.http.limits import BodyLimit, Limits
from librephotos.server.http.parser import Settings
from librephotos.server.http.peers import Peers
from librephotos.server.http.turns import Turns

Application = Callable[..., Iterable[bytes]]

_TICK_S = 1
_RECEIVED_AT_ONCE = 16 * 1024
_ACCEPTED_AT_ONCE = 64
_IN_MEMORY = 512 * 1024
_NO_MORE_DESCRIPTORS = (errno.EMFILE, errno.ENFILE)
_STILL_TAKING_S = 1.0
_ROUND_S = 0.1


class Server(TcpWSGIServer):  # type: ignore[misc]
    """waitress on an open socket, where waiting clients cost neither thread nor much.

    A client that has its number of connections, and another one, loses the one on
    which nothing has happened for longest.
    """

    channel_class = Channel

    def __init__(
        self,
        application: Application,
        listener: socket.socket,
        *,
        peers: Peers | None = None,
        threads: int,
        limits: Limits,
        body_limit: BodyLimit,
        after_file: Callable[[], None],
    ) -> None:
        """Take an application and a listening socket, and start the threads.

        `peers` are the processes on the same socket. `after_file` is called in the
        thread that has answered with a file, which is sent and closed later: what the
        application holds for the thread can go.
        """
        self.limits = limits
        self._after_file = after_file
        self._peers = peers or Peers()
        self._accepted_at_once = _ACCEPTED_AT_ONCE if self._peers.are_none else 1
        self._asked = application
        settings = Settings(
            body_limit=body_limit,
            threads=threads,
            connection_limit=sys.maxsize,
            cleanup_interval=_TICK_S,
            log_socket_errors=False,
            clear_untrusted_proxy_headers=False,
            max_request_header_size=limits.header_bytes,
            recv_bytes=_RECEIVED_AT_ONCE,
            inbuf_overflow=_IN_MEMORY,
            outbuf_overflow=_IN_MEMORY,
            # No thread waits until an answer is taken: what is large goes to a file.
            outbuf_high_watermark=sys.maxsize,
            ident=None,
            # What a request without a host is taken to mean.
            server_name="localhost",
        )
        self.turns = Turns(threads)
        super().__init__(
            self._answer,
            _sock=listener,
            adj=settings,
            bind_socket=False,
            sockinfo=(listener.family, listener.type, 0, listener.getsockname()),
        )

    def _answer(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        answer = self._asked(environ, start_response)
        if isinstance(answer, ReadOnlyFileBasedBuffer):
            self._after_file()
        growing = growing_of(answer)
        if growing is not None and environ["REQUEST_METHOD"] != "HEAD":
            environ[GROWING] = GrowingBuffer(growing)
            return ()
        if environ["REQUEST_METHOD"] == "HEAD":
            close = getattr(answer, "close", None)
            if close:
                close()
            return ()
        return answer

    def add_task(self, channel: Channel) -> None:
        """Have a request answered, once the answer before it has been taken."""
        if not channel.hold_next_request():
            super().add_task(channel)

    def serve_events(self) -> None:
        """Do what is to do in the main thread now; wait a second at most for it."""
        wasyncore.poll2(_TICK_S, self._map)
        self._peers.tell(len(self.active_channels))

    def handle_accept(self) -> None:
        """Take connections, in exchange for others where there are too many."""
        self._peers.go_first()
        # All before any is closed: a descriptor that is used again at once would get
        # the events that were meant for the connection before.
        newest = list(islice(iter(self._accepted, None), self._accepted_at_once))
        uncounted = set(newest)
        for channel in newest:
            if channel.connected:
                active = self.active_channels.values()
                self._make_room(channel, [c for c in active if c not in uncounted])
            uncounted.remove(channel)

    def _accepted(self) -> Channel | None:
        """Return the next connection that waits in the socket's queue."""
        try:
            accepted = self.accept()
            while accepted is not None:
                connection, address = accepted
                try:
                    self.set_socket_options(connection)
                    return Channel(self, connection, address, self.adj, map=self._map)
                except OSError:  # it is gone again
                    connection.close()
                accepted = self.accept()
        except OSError as error:
            if error.errno in _NO_MORE_DESCRIPTORS:
                self._give_up_one(self.active_channels.values())
        return None

    def _make_room(self, newest: Channel, channels: Sequence[Channel]) -> None:
        """Close one of the connections before, or the newest, where it is one too many.

        Those that came with it and later are not among them: what they ask was not
        looked at yet, so that they would pass for idle.
        """
        peers = [c for c in channels if c.subscriber == newest.subscriber]
        if len(peers) >= self.limits.connections_per_address:
            if not self.limits.is_unlimited(newest.addr[0]):
                self._give_up_one(peers, otherwise=newest)
                return
        if len(channels) >= self.limits.connections:
            most = Counter(c.subscriber for c in channels).most_common(1)[0][0]
            peers = [c for c in channels if c.subscriber == most]
            self._give_up_one(peers, otherwise=newest)

    def _give_up_one(
        self, channels: Iterable[Channel], otherwise: Channel | None = None
    ) -> None:
        """Close the idle connection, else the waiting one, that has waited longest."""
        waiting = [c for c in channels if c.waits_for_client]
        chosen = min(
            waiting, key=lambda c: (not c.is_idle, c.progress_at), default=otherwise
        )
        if chosen is not None:
            chosen.handle_close()

    def maintenance(self, now: float) -> None:
        """End the connections whose time is over, and see to stuck threads."""
        self.turns.replace_stuck()
        for channel in list(self.active_channels.values()):
            channel.close_if_overdue(time.monotonic(), self.limits)

    def finish(self, grace_s: float) -> None:
        """Take no more connections, end what is under way, and stop the threads.

        Connections that wait in the socket's queue stay there for the next process.
        """
        self.accepting = False
        deadline = time.monotonic() + grace_s
        while self._ends_later() and time.monotonic() < deadline:
            pass
        self.task_dispatcher.shutdown(timeout=max(0.0, deadline - time.monotonic()))
        self.turns.shut_down(within_s=max(0.0, deadline - time.monotonic()))
        wasyncore.close_all(self._map, ignore_all=True)

    def _ends_later(self) -> bool:
        """Go around once and close what is idle; return whether anything is left.

        A request may have arrived that was not read yet. Nobody looks for one while
        the answer before it is under way: who was busy before this is given a round.
        """
        idle = [c for c in self.active_channels.values() if _is_over(c)]
        wasyncore.poll2(0 if idle else _ROUND_S, self._map)
        for channel in idle:
            if channel.connected and _is_over(channel):
                channel.handle_close()
        return bool(self.active_channels)


def _is_over(channel: Channel) -> bool:
    """Whether neither an answer is under way, nor a client still takes one."""
    taking = time.monotonic() - channel.progress_at < _STILL_TAKING_S
    return channel.waits_for_client and not (channel.total_outbufs_len and taking)
