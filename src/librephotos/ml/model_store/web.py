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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

import httpx2

from librephotos.ml.model_store.errors import (
    DownloadStopped,
    HostUnreachable,
    NotServed,
)

logger = logging.getLogger(__name__)

Value = TypeVar("Value")

_LONGEST_PAUSE_S = 30.0
_LONGEST_NAP_S = 0.2


@dataclass(frozen=True)
class Patience:
    """How long a server is waited for.

    `timeout_s` is for the connection and for each piece of an answer; `attempts` count
    those in a row that bring nothing; the pause between them doubles from `pause_s`.
    """

    timeout_s: float = 30
    attempts: int = 5
    pause_s: float = 0.5


class TryAgain(Exception):
    """The server is there but cannot serve now, or broke off."""


@contextmanager
def open_client(patience: Patience) -> Iterator[httpx2.Client]:
    """Give a client that follows redirects and the environment's proxies.

    Redirects to other than http and https are refused by the library.
    """
    with httpx2.Client(
        follow_redirects=True,
        timeout=patience.timeout_s,
        headers={"User-Agent": "LibrePhotos", "Accept-Encoding": "identity"},
    ) as client:
        yield client


def check_answer(answer: httpx2.Response, what: str) -> None:
    """Raise TryAgain for an answer that may pass, NotServed for one that will not."""
    if answer.is_success:
        return
    said = f"{answer.status_code} {answer.reason_phrase}".strip()
    if answer.is_server_error or answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        raise TryAgain(said)
    raise NotServed(f"{answer.request.url.host} does not give out {what} ({said})")


def insist(
    attempt: Callable[[], Value],
    url: str,
    *,
    patience: Patience,
    should_stop: Callable[[], bool],
    gathered: Callable[[], int] = lambda: 0,
) -> Value:
    """Return what an attempt gives, repeated while it raises TryAgain.

    Attempts that have `gathered` more count for nothing. Raises HostUnreachable when
    patience is at its end, and DownloadStopped.
    """
    vain = 0
    while True:
        before = gathered()
        try:
            with _own_words():
                return attempt()
        except TryAgain as error:
            vain = 0 if gathered() > before else vain + 1
            if vain >= patience.attempts:
                raise _unreachable(url, error) from error
            logger.info("%s: %s, trying again", host_of(url), error)
        _pause(
            min(patience.pause_s * 2 ** max(vain - 1, 0), _LONGEST_PAUSE_S),
            should_stop,
        )


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
    except (httpx2.TooManyRedirects, httpx2.InvalidURL) as error:
        raise NotServed(f"an address leads nowhere ({type(error).__name__})") from error
    except httpx2.TimeoutException as error:
        raise TryAgain("no answer in time") from error
    except httpx2.RequestError as error:
        raise TryAgain(str(error) or type(error).__name__) from error


def _pause(seconds: float, should_stop: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        stop_if(should_stop)
        time.sleep(min(left, _LONGEST_NAP_S))


def _unreachable(url: str, reason: object) -> HostUnreachable:
    return HostUnreachable(f"{host_of(url)} cannot be reached ({reason})")
