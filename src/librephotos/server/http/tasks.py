"""Answering requests in a thread."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from waitress.task import ErrorTask, WSGITask

from librephotos.api.http.putting_off import PUT_OFF, WAITS_SINCE
from librephotos.api.http.upload_form import ENVIRON_KEY
from librephotos.server.http.growing import NAME as GROWING
from librephotos.server.http.growing import GrowingBuffer

_SENTENCES = {
    408: "The request took too long to arrive.",
    431: "The header of the request is too long.",
    500: "The server made an error. Its log says what happened.",
    501: "The body is encoded in a way that this server does not know.",
    505: "This server speaks HTTP/1.1 and HTTP/1.0.",
}
_JOINED = 256 * 1024


class ApplicationTask(WSGITask):  # type: ignore[misc]
    """Asks the application; sends header and body in one piece if they are small."""

    wrote_header: bool
    _is_put_off = False

    def get_environment(self) -> dict[str, Any]:
        """Return the WSGI environment, with the form of an upload."""
        environ: dict[str, Any] = super().get_environment()
        form = self.request.upload_form
        if form is not None:
            environ[ENVIRON_KEY] = form
        if self.request.body_rcv is None:  # else it cannot be read again
            environ[PUT_OFF] = self._put_off
            environ[WAITS_SINCE] = self.request.waits_since
        return environ

    def _put_off(self) -> Callable[[], None]:
        self._is_put_off = True
        if self.request.waits_since is None:
            self.request.waits_since = time.monotonic()
        return self.channel.put_off()  # type: ignore[no-any-return]

    def write(self, data: bytes) -> None:
        """Send a part of the answer, or nothing but the header."""
        if self._is_put_off:
            self.content_bytes_written += len(data)
            return
        most = self.content_length
        separate = self.wrote_header or not self.complete or not self.has_body
        if separate or most is None or not 0 < len(data) <= min(most, _JOINED):
            super().write(data)
            return
        header = self.build_response_header()
        self.wrote_header = True
        self.content_bytes_written += len(data)
        self.channel.write_soon(header + data)

    def finish(self) -> None:
        """Send what is still to be sent: a file that grows, after the header."""
        if self._is_put_off:
            return
        growing: GrowingBuffer | None = (self.environ or {}).get(GROWING)
        if growing is None:
            super().finish()
            return
        if not self.wrote_header:
            self.write(b"")
        growing.in_chunks = self.chunked_response
        self.channel.write_soon(growing)


class RefusalTask(ErrorTask):  # type: ignore[misc]
    """Answers, in the form of the API, a request that the application does not see."""

    def execute(self) -> None:
        """Write status, header and body."""
        error = self.request.error
        self.status = f"{error.code} {error.reason}"
        message = _SENTENCES.get(error.code) or str(error.body)
        body = refusal(message)
        self.response_headers.append(("Content-Type", "application/json"))
        self.response_headers.append(("X-Content-Type-Options", "nosniff"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(b"" if self.request_is_head else body)

    @property
    def request_is_head(self) -> bool:
        """Whether only the header of the answer was asked for."""
        return getattr(self.request, "command", "") == "HEAD"


def refusal(message: str) -> bytes:
    """Return the body of an error."""
    answer: dict[str, Any] = {"errors": [{"field": "detail", "message": message}]}
    return json.dumps(answer).encode()
