"""One connection. No thread ever waits for its client.

The main thread reads requests and sends what is ready. Files are sent in turns by
threads of their own, since reading a disk may take long: a turn ends when the client
takes no more, and the next begins when it does again.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from io import UnsupportedOperation
from typing import TYPE_CHECKING, Any

from waitress.buffers import OverflowableBuffer, ReadOnlyFileBasedBuffer
from waitress.channel import ClientDisconnected, HTTPChannel

from librephotos.addresses import subscriber
from librephotos.server.http.growing import GrowingBuffer
from librephotos.server.http.later import Later
from librephotos.server.http.limits import Limits
from librephotos.server.http.parser import RequestParser, RequestTimeout
from librephotos.server.http.tasks import ApplicationTask, RefusalTask

if TYPE_CHECKING:
    from librephotos.server.http.server import Server

_TURN_BYTES = 4 * 2**20
_BLOCK_BYTES = 256 * 1024
_PUT_OFF_S = 1.0
_GROWS_S = 0.25
"""After so long there may be more of a file that is sent while it is written."""


class FileCutShort(OSError):
    """A file has become shorter while it was sent."""


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection with limits on what its client may hold up."""

    task_class = ApplicationTask
    error_task_class = RefusalTask
    parser_class = RequestParser
    server: Server
    request: RequestParser | None

    def __init__(self, server: Server, sock: socket.socket, *rest: Any, **more: Any):
        """Take an accepted connection."""
        now = time.monotonic()
        self.idle_since = now
        self.request_since = now
        self.progress_at = now
        self._answered_before = False
        self._refused = False
        self._lingering = False
        self._next_request_waits = False
        self._turn_is_due = False
        self._no_turn_before = now
        self._later = Later(self._answer_again)
        super().__init__(server, sock, *rest, **more)
        self.subscriber = subscriber(self.addr[0])

    # In the main thread.

    @property
    def waits_for_client(self) -> bool:
        """Whether the server has nothing to do for it."""
        return not (self.requests or self._turn_is_due)

    @property
    def is_idle(self) -> bool:
        """Whether neither a request nor an answer is under way."""
        return self.waits_for_client and not (self.request or self.total_outbufs_len)

    def readable(self) -> bool:
        """Whether to look for bytes of the client."""
        if self._next_request_waits and not self.total_outbufs_len:
            self._next_request_waits = False
            self.server.add_task(self)
        if self._lingering:
            return not self.will_close
        if self._later.is_held and len(self.requests) == 1:
            return not self.will_close  # its client may go away
        return bool(super().readable())

    def writable(self) -> bool:
        """Whether to look for room for bytes to the client."""
        if self._turn_is_due or time.monotonic() < self._no_turn_before:
            return False
        return bool(super().writable())

    def handle_read(self) -> None:
        """Take what has come; of a refused request, throw it away."""
        try:
            data = self.recv(self._wanted_bytes())
        except BlockingIOError:
            return
        except OSError:
            self.handle_close()
            return
        if data and not self._lingering:
            self.progress_at = time.monotonic()
            if self.request is None:
                self.request_since = self.progress_at
            self.received(data)

    def _wanted_bytes(self) -> int:
        """Return how much to take at once: of an upload, which is large, much."""
        uploads = self.request is not None and self.request.upload_form is not None
        return _BLOCK_BYTES if uploads else int(self.adj.recv_bytes)

    def handle_write(self) -> None:
        """Send what is ready, or let a thread do it, or end the connection."""
        if self.will_close:
            self.handle_close()
        elif self._holds_file():
            self._take_turn()
        else:
            self._flush_exception(self._flush_some_if_lockable)
            if self.close_when_flushed and not self.total_outbufs_len:
                self._end()

    def handle_close(self) -> None:
        """Close the connection, and what has come of a request."""
        request, self.request = self.request, None
        if request is not None:
            request.close()
        super().handle_close()

    def _take_turn(self) -> None:
        self._turn_is_due = True
        self.server.turns.add(self)

    def _holds_file(self) -> bool:
        return any(isinstance(part, ReadOnlyFileBasedBuffer) for part in self.outbufs)

    def _end(self) -> None:
        """Close; after a refusal only once the client has had the time to read it.

        Closing while it still sends would make its system throw the answer away.
        """
        self.close_when_flushed = False
        if not self._refused:
            self.handle_close()
            return
        self._lingering = True
        self.progress_at = time.monotonic()
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.handle_close()

    def hold_next_request(self) -> bool:
        """Say whether a request has to wait until the answer before it is taken.

        Or until what it waits for is there.
        """
        if self._later.hold():
            return True
        self._next_request_waits = bool(self.total_outbufs_len)
        return self._next_request_waits

    def close_if_overdue(self, now: float, limits: Limits) -> None:
        """End a connection whose client keeps the server waiting for too long."""
        if not self.waits_for_client:
            return
        if self.total_outbufs_len or self._lingering:
            allowed = limits.linger_s if self._lingering else limits.stalled_s
            if now - self.progress_at > allowed:
                self.handle_close()
        elif self.request is None:
            if now - self.idle_since > self._idle_allowance(limits):
                self.handle_close()
        elif now - self.request_since > _request_allowance(self.request, limits):
            self._time_out()

    def _idle_allowance(self, limits: Limits) -> float:
        return limits.idle_s if self._answered_before else limits.header_s

    def _time_out(self) -> None:
        with self.requests_lock:
            request, self.request = self.request, None
            assert request is not None
            request.error = RequestTimeout("")
            request.completed = True
            self.requests.append(request)
            self.server.add_task(self)

    # In one of the threads.

    def service(self) -> None:
        """Answer one request."""
        self._refused = self.requests[0].error is not None
        self.progress_at = time.monotonic()
        super().service()
        self._answered_before = True
        self.idle_since = time.monotonic()
        if self.total_outbufs_len:  # else what was sent last has said when
            self.progress_at = self.idle_since

    def put_off(self) -> Callable[[], None]:
        """Have the request that is being answered answered anew, and not yet.

        Not before what is returned has been called.
        """
        with self.requests_lock:
            self.requests.insert(1, self.requests[0])
        self._later.put_off()
        return self._later.resume

    def _answer_again(self) -> None:
        self.server.add_task(self)

    def write_soon(self, data: bytes | ReadOnlyFileBasedBuffer) -> int:
        """Send bytes now if the client takes them, a file in turns."""
        if not isinstance(data, ReadOnlyFileBasedBuffer):
            return int(super().write_soon(data))
        with self.outbuf_lock:
            if not self.connected:
                raise ClientDisconnected
            self.outbufs += [data, OverflowableBuffer(self.adj.outbuf_overflow)]
            self.current_outbuf_count = 0
            self.total_outbufs_len += len(data)
            self._take_turn()
        return len(data)

    def send_turn(self) -> None:
        """Send of a file what the client takes now, or one turn's share of it."""
        try:
            with self.outbuf_lock:
                self._flush_exception(self._flush_some, do_close=False)
        finally:
            self.idle_since = time.monotonic()
            self._turn_is_due = False
            self.server.pull_trigger()

    def put_off_turn(self) -> None:
        """Let others send first; its client may be given up meanwhile."""
        self._no_turn_before = time.monotonic() + _PUT_OFF_S
        self._turn_is_due = False

    def file_descriptor(self) -> int | None:
        """Return that of the file that is sent, None without one."""
        parts = [
            one for one in self.outbufs if isinstance(one, ReadOnlyFileBasedBuffer)
        ]
        try:
            return int(parts[0].file.fileno()) if parts else None
        except (AttributeError, OSError, ValueError):  # it is none of the system's
            return None

    # In either, holding outbuf_lock.

    def _flush_some(self, do_close: bool = True) -> bool:
        """Send what the client takes at once, up to one turn's share.

        Return whether it took anything.
        """
        left = _TURN_BYTES
        while left > 0 and self.total_outbufs_len:
            sent = self._send_part(self.outbufs[0], left, do_close)
            if sent is None:
                break
            left -= sent
            self.total_outbufs_len -= sent
            if not len(self.outbufs[0]) and len(self.outbufs) > 1:
                self.outbufs.pop(0).close()
        if left == _TURN_BYTES:
            return False
        self.progress_at = time.monotonic()
        return True

    def _send_part(self, part: Any, most: int, do_close: bool) -> int | None:
        """Send bytes of one buffer; return how many, None if there is no room."""
        count = min(most, len(part))
        if not count:
            return 0
        if isinstance(part, GrowingBuffer):
            return self._send_of_growing(part, count=most, do_close=do_close)
        if isinstance(part, ReadOnlyFileBasedBuffer):
            sent = self._send_of_file(part, count, do_close)
        else:
            sent = self.send(part.get(min(count, _BLOCK_BYTES))[:count], do_close)
        if not sent:
            return None
        part.skip(sent, True)
        return sent

    def _send_of_file(
        self, part: ReadOnlyFileBasedBuffer, count: int, do_close: bool
    ) -> int:
        try:
            descriptor, position, count = _piece(part.file, count)
        except (AttributeError, UnsupportedOperation):
            return self._send_block(part, count, do_close)
        try:
            sent = os.sendfile(self.socket.fileno(), descriptor, position, count)
        except BlockingIOError:
            return 0
        if not sent:
            raise FileCutShort
        return sent

    def _send_of_growing(
        self, part: GrowingBuffer, *, count: int, do_close: bool
    ) -> int | None:
        block = part.get(min(count, _BLOCK_BYTES))
        if not block:
            if not part.is_sent:
                self._no_turn_before = time.monotonic() + _GROWS_S
                return None
            self.total_outbufs_len -= len(part)
            part.remain = 0
            return 0
        sent = int(self.send(block, do_close))
        if not sent:
            return None
        part.skip(sent)
        # It keeps counting as one byte, of those that it gets nobody knows.
        self.total_outbufs_len += sent
        return sent

    def _send_block(
        self, part: ReadOnlyFileBasedBuffer, count: int, do_close: bool
    ) -> int:
        block = part.get(min(count, _BLOCK_BYTES))
        if not block:
            raise FileCutShort
        return int(self.send(block, do_close))


def _piece(file: Any, most: int) -> tuple[int, int, int]:
    """Return from which descriptor the next bytes come, from where, and how many.

    A file that is put together of others says so by `piece`. Raises AttributeError or
    UnsupportedOperation where they have to be read.
    """
    if not hasattr(file, "piece"):
        return file.fileno(), file.tell(), most
    found = file.piece()
    if found is None:
        raise UnsupportedOperation
    descriptor, position, left = found
    return descriptor, position, min(most, left)


def _request_allowance(request: RequestParser, limits: Limits) -> float:
    """Return the seconds that what has come of a request gives it."""
    if not request.headers_finished:
        return limits.header_s
    earned: float = request.body_bytes_received / limits.body_bytes_per_s
    return limits.header_s + limits.body_s + earned
