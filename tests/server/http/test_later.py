"""Requests that are put off cost no thread, and are answered when it is time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from librephotos.api.http.putting_off import PUT_OFF, WAITS_SINCE
from tests.support.server import wait_for
from tests.support.web_process import (
    THREADS,
    Answers,
    WebProcess,
    everything,
    get,
    web_process,
)


class Later(Answers):
    """Puts off what is asked for below /later/ until it is resumed by the test."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.waiting: dict[str, Callable[[], None]] = {}
        self.ready: set[str] = set()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith("/later/") and path not in self.ready:
            assert (environ[WAITS_SINCE] is None) == (path not in self.asked)
            self.asked.append(path)
            self.waiting[path] = environ[PUT_OFF]()
            if path == "/later/at-once":
                self.resume(path)
            start_response("503 Service Unavailable", [("Content-Length", "4")])
            return [b"none"]
        return super().__call__(environ, start_response)

    def resume(self, path: str) -> None:
        """Have a request answered that was put off."""
        self.ready.add(path)
        self.waiting[path]()


@pytest.fixture
def answers(tmp_path: Path) -> Later:
    return Later(tmp_path)


@pytest.fixture
def process(answers: Later) -> Iterator[WebProcess]:
    with web_process(answers) as running:
        yield running


def test_who_waits_holds_up_nobody_and_is_answered_in_the_end(
    process: WebProcess, answers: Later
) -> None:
    paths = [f"/later/{number}" for number in range(3 * THREADS)]
    with ExitStack() as connections:
        clients = [connections.enter_context(process.connect(get(p))) for p in paths]
        wait_for(lambda: len(answers.waiting) == len(paths), "all wait")
        for _ in range(2 * THREADS):
            assert process.ask(get("/")).endswith(b"answer")
        for path, client in zip(reversed(paths), reversed(clients), strict=True):
            answers.resume(path)
            received = everything(client)
            assert received.startswith(b"HTTP/1.1 200 OK")
            assert received.endswith(b"answer") and b"none" not in received


def test_it_may_be_time_before_the_thread_has_ended(process: WebProcess) -> None:
    assert process.ask(get("/later/at-once")).endswith(b"answer")


def test_requests_behind_one_that_waits_keep_their_order(
    process: WebProcess, answers: Later
) -> None:
    behind = get("/bytes/3", close=False) + get("/last")
    with process.connect(get("/later/a", close=False) + behind) as client:
        wait_for(lambda: answers.waiting, "the first waits")
        assert process.ask(get("/")).endswith(b"answer")
        assert "/last" not in answers.asked
        answers.resume("/later/a")
        received = everything(client)
    first, second, third = received.split(b"HTTP/1.1 200 OK")[1:]
    assert first.endswith(b"answer") and second.endswith(b"xxx")
    assert third.endswith(b"answer")


def test_a_client_that_goes_away_waits_no_more(
    process: WebProcess, answers: Later
) -> None:
    with process.connect(get("/later/gone", close=False)):
        wait_for(lambda: answers.waiting, "it waits")
        connected = len(process.server.active_channels)
        assert connected
    wait_for(lambda: not process.server.active_channels, "the connection is closed")
    asked = list(answers.asked)
    answers.resume("/later/gone")
    assert process.ask(get("/")).endswith(b"answer")
    assert answers.asked == [*asked, "/"]
