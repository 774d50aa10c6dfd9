"""Sending bytes of a file: whole or in part, or the news that nothing changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import IO, Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header, parse_etags

from librephotos.api.views.media.byte_ranges import UnsatisfiableRange, byte_range
from librephotos.silent_disk import let_go

BLOCK = 256 * 1024
IMMUTABLE = "private, max-age=31536000, immutable"
REVALIDATED = "private, no-cache"
_NOT_KEPT = "no-store"
_SENT_WITH_HEADER = 64 * 1024
"""Bytes. Up to so many of a file of ours leave with the header, by the thread that
answers: handing a file to another costs more than reading it."""
_GROWS_S = 0.25


@dataclass(frozen=True)
class Content:
    """An open file, or `length` bytes of it from `start` on, and how to present it.

    `etag` includes its quotes. `file_name`, for originals, is the name under which it
    is saved; `attachment` keeps a browser from showing it. `path` is where a proxy
    may read the whole file, `disk` what it lies on where that may not answer.
    """

    file: IO[bytes]
    length: int
    mime: str
    etag: str
    cache: str
    start: int = 0
    file_name: str = ""
    attachment: bool = False
    path: bytes | None = None
    disk: bytes = b""

    def closing(self) -> Callable[[], None]:
        """Return what closes the file without waiting for its disk."""
        close = self.file.close
        return partial(let_go, close, at=self.disk) if self.disk else close


@dataclass(frozen=True)
class GrowingContent:
    """A file that is written while it is sent, and how to present it.

    `read` of it returns b"" where there is no more yet, until `is_over`.
    """

    file: Any
    mime: str


class Growth:
    """Blocks of a file that grows, for servers that do not send it by themselves."""

    def __init__(self, content: GrowingContent) -> None:
        self._file = content.file
        self._close_file = content.file.close

    def __iter__(self) -> Iterator[bytes]:
        while not self._file.is_over:
            block = self._file.read(BLOCK)
            if block:
                yield block
            elif not self._file.is_over:
                time.sleep(_GROWS_S)

    def close(self) -> None:
        """Close the file; called by the server when the answer is over."""
        self._close_file()


class Window:
    """Blocks of a part of an open file, which is closed with it."""

    def __init__(self, content: Content, start: int, length: int) -> None:
        self._file = content.file
        self._left = length
        # Django has the file's `close` close the answer, and that closes this.
        self._close_file = content.closing()
        self._file.seek(start)

    def __iter__(self) -> Iterator[bytes]:
        while self._left and (block := self._file.read(min(BLOCK, self._left))):
            self._left -= len(block)
            yield block

    def close(self) -> None:
        """Close the file; called by the server when the answer is over."""
        self._close_file()


def send(request: HttpRequest, content: Content | GrowingContent) -> HttpResponseBase:
    """Return the answer that sends what the request asks for of the content.

    What still grows is sent whole whatever is asked for, and not to be kept: nobody
    could go to a place in it.
    """
    if isinstance(content, GrowingContent):
        return _growing(request, content)
    response = _answer(request, content)
    response["ETag"] = content.etag
    response["Cache-Control"] = content.cache
    response["X-Content-Type-Options"] = "nosniff"
    response["Accept-Ranges"] = "bytes"
    if content.file_name:
        _guard(response, content)
    return response


def _growing(request: HttpRequest, content: GrowingContent) -> HttpResponseBase:
    headers = {"Cache-Control": _NOT_KEPT, "X-Content-Type-Options": "nosniff"}
    if request.method == "HEAD":
        content.file.close()
        return HttpResponse(headers=headers, content_type=content.mime)
    response = StreamingHttpResponse(
        Growth(content), headers=headers, content_type=content.mime
    )
    response.file_to_stream = content.file  # type: ignore[attr-defined]
    response.block_size = BLOCK  # type: ignore[attr-defined]
    return response


def _guard(response: HttpResponseBase, content: Content) -> None:
    """Name the file, and let a browser run nothing that it may hold."""
    name = "".join(c if c.isprintable() else "_" for c in content.file_name)
    response["Content-Disposition"] = str(
        content_disposition_header(content.attachment, name)
    )
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )


def _answer(request: HttpRequest, content: Content) -> HttpResponseBase:
    if _known(request, content.etag):
        content.closing()()
        return HttpResponse(status=304)
    if settings.ACCEL_REDIRECT_PREFIX and content.path is not None:
        content.closing()()
        return _handed_over(content)
    try:
        asked = byte_range(_range_header(request, content.etag), content.length)
    except UnsatisfiableRange:
        content.closing()()
        headers = {"Content-Range": f"bytes */{content.length}"}
        return HttpResponse(status=416, headers=headers)
    return _body(request, content, asked)


def _known(request: HttpRequest, etag: str) -> bool:
    """Whether the caller has the content already."""
    tags = [
        tag.removeprefix("W/") for tag in parse_etags(_header(request, "None-Match"))
    ]
    return etag in tags or "*" in tags


def _header(request: HttpRequest, name: str) -> str:
    return str(request.headers.get(f"If-{name}", ""))


def _range_header(request: HttpRequest, etag: str) -> str | None:
    """Return the range asked for, unless it was asked of another version."""
    condition = _header(request, "Range")
    return request.headers.get("Range") if condition in ("", etag) else None


def _handed_over(content: Content) -> HttpResponse:
    """Let the proxy send the file: it answers ranges by itself."""
    target = settings.ACCEL_REDIRECT_PREFIX.rstrip("/") + quote(content.path or b"")
    return HttpResponse(content_type=content.mime, headers={"X-Accel-Redirect": target})


def _body(
    request: HttpRequest, content: Content, asked: tuple[int, int] | None
) -> HttpResponseBase:
    first, last = asked or (0, content.length - 1)
    length = last - first + 1
    headers: dict[str, Any] = {"Content-Length": str(length)}
    if asked:
        headers["Content-Range"] = f"bytes {first}-{last}/{content.length}"
    status = 206 if asked else 200
    if request.method == "HEAD":
        content.closing()()
        return HttpResponse(status=status, headers=headers, content_type=content.mime)
    is_at_hand = content.path is not None and not content.disk
    if is_at_hand and length <= _SENT_WITH_HEADER:
        whole = _read(content, content.start + first, length)
        return HttpResponse(
            whole, status=status, headers=headers, content_type=content.mime
        )
    window = Window(content, content.start + first, length)
    response = StreamingHttpResponse(
        window, status=status, headers=headers, content_type=content.mime
    )
    # Lets the server send the file by itself, from where it stands and as far as the
    # length says; Django closes the answer with it.
    response.file_to_stream = content.file  # type: ignore[attr-defined]
    response.block_size = BLOCK  # type: ignore[attr-defined]
    return response


def _read(content: Content, start: int, length: int) -> bytes:
    """Return a part of an open file, and close it.

    Raises OSError where the file has become shorter.
    """
    with closing(content.file) as file:
        file.seek(start)
        part = file.read(length)
    if len(part) < length:
        raise OSError("A file has become shorter while it was sent.")
    return part
