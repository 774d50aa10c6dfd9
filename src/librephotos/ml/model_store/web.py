"""One HTTP client for hub, mirror and plain addresses, and its failures in our words.

The bytes come by httpx2, the library beneath huggingface_hub, and not by
huggingface_hub itself: the same code must serve addresses that are no hub, check each
file before it gets its name, stop when asked and go on later. It also keeps the promise
that nothing is told of the user: no token from the environment, no version of torch,
no second transport (hf-xet) that a proxy or a mirror does not know.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeVar

import httpx2

from librephotos.ml.model_store.errors import (
    DownloadStopped,
    HostUnreachable,
    NotServed,
)
from librephotos.ml.model_store.redirects import check_peer, check_redirect

logger = logging.getLogger(__name__)

Value = TypeVar("Value")

_LONGEST_PAUSE_S = 30.0
_LONGEST_NAP_S = 0.2
_MOST_REDIRECTS = 10
_LONGEST_LIST = 16 * 2**20  # bytes; a repository has some hundred for each file


@dataclass(frozen=True)
class Patience:
    """How long a server is waited for.

    `timeout_s` is for the connection and for each piece of an answer; `attempts` count
    those in a row that bring nothing; the pause between them doubles from `pause_s`. A
    server that names a pause (Retry-After) gets it, but none above `longest_wait_s`.
    """

    timeout_s: float = 30
    attempts: int = 5
    pause_s: float = 0.5
    longest_wait_s: float = 120


class TryAgain(Exception):
    """The server is there but cannot serve now, or broke off.

    `after_s` is the pause that it asked for, 0 where it did not.
    """

    def __init__(self, message: str, *, after_s: float = 0) -> None:
        super().__init__(message)
        self.after_s = after_s


@contextmanager
def open_client(patience: Patience) -> Iterator[httpx2.Client]:
    """Give a client that heeds the environment's proxies, for use by `ask`."""
    with httpx2.Client(
        timeout=patience.timeout_s,
        headers={"User-Agent": "LibrePhotos", "Accept-Encoding": "identity"},
    ) as client:
        yield client


@contextmanager
def ask(
    client: httpx2.Client,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    follow_redirects: bool = True,
) -> Iterator[httpx2.Response]:
    """Give the answer to a request, whose body can be read meanwhile.

    Redirects are followed where `check_redirect` lets them; else raises NotServed.
    """
    request = client.build_request(method, url, headers=headers)
    first = request.url
    for _ in range(_MOST_REDIRECTS):
        with closing(client.send(request, stream=True)) as answer:
            check_peer(answer, first)
            if not follow_redirects or answer.next_request is None:
                yield answer
                return
            check_redirect(first, request.url, answer.next_request.url)
            request = answer.next_request
    raise NotServed(f"{first.host} redirects again and again")


def check_answer(answer: httpx2.Response, what: str) -> None:
    """Raise TryAgain for an answer that may pass, NotServed for one that will not.

    A page is no file of a model: something stands in the server's place, such as a
    network that wants one to sign in first.
    """
    if answer.headers.get("Content-Type", "").lower().startswith("text/html"):
        if answer.is_success:
            raise NotServed(
                f"{answer.request.url.host} gives a web page instead of {what}: does "
                "the network, or a proxy, want you to sign in first?"
            )
    elif answer.is_success:
        return
    said = f"{answer.status_code} {answer.reason_phrase}".strip()
    if answer.is_server_error or answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        raise TryAgain(said, after_s=_asked_pause(answer.headers))
    raise NotServed(f"{answer.request.url.host} does not give out {what} ({said})")


def is_compressed(headers: httpx2.Headers) -> bool:
    """Whether a server compresses all the same, so that its numbers are not ours."""
    return headers.get("Content-Encoding", "identity").lower() != "identity"


def told_length(headers: httpx2.Headers) -> int | None:
    """Return the bytes that an answer will bring, None where that is not told."""
    text = headers.get("Content-Length", "")
    told = text.isascii() and text.isdecimal() and not is_compressed(headers)
    return int(text) if told else None


def read_bounded(answer: httpx2.Response) -> bytes:
    """Return the body of an answer that lists files; raise NotServed if it is huge."""
    gathered = bytearray()
    for piece in answer.iter_bytes():
        gathered += piece
        if len(gathered) > _LONGEST_LIST:
            raise NotServed(f"{answer.request.url.host} does not answer as a hub does")
    return bytes(gathered)


def insist(
    attempt: Callable[[], Value],
    url: str,
    *,
    patience: Patience,
    should_stop: Callable[[], bool],
    gathered: Callable[[], int] = lambda: 0,
) -> Value:
    """Return what an attempt gives, repeated while it raises TryAgain.

    Attempts that have `gathered` more than any before count for nothing. Raises
    HostUnreachable when patience is at its end, and DownloadStopped.
    """
    vain, asked, most = 0, 0.0, gathered()
    while True:
        try:
            with _own_words():
                return attempt()
        except TryAgain as error:
            vain = 0 if gathered() > most else vain + 1
            most = max(most, gathered())
            if vain >= patience.attempts:
                raise _unreachable(url, error) from error
            logger.info("%s: %s, trying again", host_of(url), error)
            asked = min(error.after_s, patience.longest_wait_s)
        pause = min(patience.pause_s * 2 ** max(vain - 1, 0), _LONGEST_PAUSE_S)
        _pause(max(pause, asked), should_stop)


def stop_if(should_stop: Callable[[], bool]) -> None:
    """Raise DownloadStopped if the caller wants no more."""
    if should_stop():
        raise DownloadStopped("stopped: the next download goes on from here")


def host_of(url: str) -> str:
    """Return the host of an address, which holds no password and no signature."""
    return httpx2.URL(url).host


@contextmanager
def _own_words() -> Iterator[None]:
    """Turn the library's errors into TryAgain and NotServed."""
    try:
        yield
    except httpx2.UnsupportedProtocol as error:
        raise NotServed("an address, or where it redirects to, is no http") from error
    except httpx2.InvalidURL as error:
        raise NotServed(f"an address leads nowhere ({type(error).__name__})") from error
    except httpx2.TimeoutException as error:
        raise TryAgain("no answer in time") from error
    except httpx2.RequestError as error:
        raise TryAgain(str(error) or type(error).__name__) from error


def _asked_pause(headers: httpx2.Headers) -> float:
    """Return the seconds that Retry-After names (RFC 9110, 10.2.3), 0 for none.

    A date is compared with the server's own, whatever our clock says.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdecimal():
        return float(value)
    at, now = _date(value), _date(headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (at - now).total_seconds()) if at else 0.0


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:  # raised for whatever is no date
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _pause(seconds: float, should_stop: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        stop_if(should_stop)
        time.sleep(min(left, _LONGEST_NAP_S))


def _unreachable(url: str, reason: object) -> HostUnreachable:
    return HostUnreachable(f"{host_of(url)} cannot be reached ({reason})")
