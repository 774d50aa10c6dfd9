"""Reading requests: a limit on the body that depends on the address."""

from __future__ import annotations

import copy
import logging
import re
from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from typing import Any

from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import Error, RequestEntityTooLarge

from librephotos.api.http.upload_form import FROM_ANYBODY, UploadForm
from librephotos.full_disk import FULL, is_full
from librephotos.logs.printable import printable
from librephotos.server.http.chunks import ChunkedBody
from librephotos.server.http.limits import BodyLimit
from librephotos.server.http.uploads import UploadBody, form_of, is_for_uploads

log = logging.getLogger(__name__)

_VERSION = re.compile(rb".* HTTP/([0-9.]+)[ \t]*")
_SPOKEN = (b"1.0", b"1.1")
_FIRST_LINE = re.compile(rb"[^ ]+ [^ ]+(?: HTTP/[0-9]\.[0-9])?")
_FOLDED = re.compile(rb"\r\n[ \t]")
_BLANKS_BEFORE_VALUE = re.compile(rb"(\r\n[^:\r\n]*:)[ \t]+")
_CODINGS = re.compile(rb"(?i)\r\ntransfer-encoding:([^\r\n]*)")


class RequestTimeout(Error):  # type: ignore[misc]
    """The request did not arrive in the time that it had."""

    code = 408
    reason = "Request Timeout"


class BodyNotKept(Error):  # type: ignore[misc]
    """The body has no room in the server's temporary folder."""

    code = 507
    reason = "Insufficient Storage"


class VersionNotSupported(Error):  # type: ignore[misc]
    """The request is of another version of HTTP."""

    code = 505
    reason = "HTTP Version Not Supported"


class Settings(Adjustments):  # type: ignore[misc]
    """waitress' own settings, and the limit of bodies."""

    def __init__(self, *, body_limit: BodyLimit, **options: Any) -> None:
        super().__init__(**options)
        self.body_limit = body_limit
        self.with_largest_body = lru_cache(64)(self._with_largest_body)

    def _with_largest_body(self, size: int) -> Settings:
        settings = copy.copy(self)
        # waitress refuses from this size on.
        settings.max_request_body_size = size + 1
        return settings


class RequestParser(HTTPRequestParser):  # type: ignore[misc]
    """A request of which no more is read than its address takes."""

    adj: Settings
    body_rcv: Any
    waits_since: float | None = None

    def parse_header(self, header_plus: bytes) -> None:
        """Read the header, and from it the limit of the body.

        What waitress would read in quadratic time, in the thread that all connections
        share, never gets to it: blanks before a value, which mean nothing, and a first
        line of more than three parts. All expressions here take linear time.

        Raises ParsingError for what waitress stumbles over, for a request without a
        version (HTTP/0.9) or, in HTTP/1.1, a host, and for a body whose end a proxy in
        front may see elsewhere: lines that go on in the next one, and codings but one
        `chunked`; RFC 9112, 3.2, 5.2 and 6.1.
        """
        stated = _VERSION.fullmatch(header_plus.partition(b"\r\n")[0])
        if stated and stated[1] not in _SPOKEN:
            # Nothing of it is believed, the length of a body neither.
            super().parse_header(b"GET / HTTP/1.0\r\n")
            self.error = VersionNotSupported("")
            return
        if _FOLDED.search(header_plus):
            raise ParsingError("A line of the header goes on in the next one")
        if not _FIRST_LINE.fullmatch(header_plus.partition(b"\r\n")[0].rstrip()):
            raise ParsingError("Start line is invalid")
        header_plus = _BLANKS_BEFORE_VALUE.sub(rb"\1", header_plus)
        try:
            super().parse_header(header_plus)
        except ValueError as error:
            # An address with half a bracket, a length of thousands of digits.
            raise ParsingError("The header of the request is invalid") from error
        self._check(header_plus)
        length = None if self.chunked else self.content_length
        form = form_of(self.command, self.path, self.headers, length)
        if self.chunked:
            self.body_rcv = ChunkedBody(self.adj.inbuf_overflow, form)
        elif form:
            self.body_rcv = UploadBody(self.content_length, form)
        content_type = self.headers.get("CONTENT_TYPE", "")
        most = self.adj.body_limit(self.path, content_type)
        if form is None and is_for_uploads(self.path):
            # Nobody is asked who sends it before all of it lies in a temporary file.
            most = min(most, FROM_ANYBODY)
        self.adj = self.adj.with_largest_body(most)

    def _check(self, header_plus: bytes) -> None:
        """Raise ParsingError for what parse_header refuses and waitress does not."""
        if not self.version:
            raise ParsingError("The request states no version of HTTP")
        if self.version == "1.1" and "HOST" not in self.headers:
            raise ParsingError("The request names no host")
        codings = _CODINGS.findall(header_plus)
        if codings and self.version == "1.0":
            raise ParsingError("Transfer-Encoding needs HTTP/1.1")
        if codings and [one.strip(b" \t").lower() for one in codings] != [b"chunked"]:
            raise ParsingError("The body is encoded otherwise than once in chunks")
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("The length of the body is stated in two ways")

    def received(self, data: bytes) -> int:
        """Take bytes of the request; return how many belong to it."""
        try:
            taken = super().received(data)
        except OSError as error:
            self._give_up_body(error)
            taken = len(data)
        if isinstance(self.error, RequestEntityTooLarge):
            self.error.body = (
                f"More than {self.adj.max_request_body_size - 1:,} bytes cannot be "
                "sent to this address."
            )
            # "100 Continue" would call for what is refused.
            self.expect_continue = False
        return int(taken)

    def get_body_stream(self) -> Any:
        """Return the body; that of an upload was taken apart, and is empty here."""
        return BytesIO() if self.upload_form else super().get_body_stream()

    @property
    def upload_form(self) -> UploadForm | None:
        """The form of an upload, None if the request is none."""
        if isinstance(self.body_rcv, UploadBody | ChunkedBody):
            return self.body_rcv.form
        return None

    def _give_up_body(self, error: OSError) -> None:
        """Refuse a request whose body cannot be put into a temporary file.

        Python finds no folder for such files (FileNotFoundError) where each is full.
        """
        full = is_full(error) or isinstance(error, FileNotFoundError)
        reason = FULL if full else f"The server cannot keep it: {error.strerror}."
        log.warning("A request is refused: %s", printable(str(error)))
        receiver, self.body_rcv = self.body_rcv, None
        with suppress(OSError):  # what is not written yet
            receiver.getbuf().close()
        self.error = BodyNotKept(reason)
        self.completed = True
        self.expect_continue = False
