"""How long, and how often, one client may have the server wait."""

from __future__ import annotations

import contextlib
import itertools
import json
import resource
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from librephotos.addresses import plain_address, subscriber
from librephotos.full_disk import FULL
from librephotos.server.http.limits import Limits, within_descriptors
from librephotos.server.http.server import Server
from tests.support.server import PATIENCE_S, wait_for
from tests.support.web_process import (
    WAIT_S,
    Answers,
    WebProcess,
    everything,
    get,
    post,
    web_process,
)

LOOPBACK = ip_network("127.0.0.0/8")
SHORT = {
    "header_s": 0.5,
    "body_s": 0.5,
    "idle_s": 0.5,
    "stalled_s": 0.5,
    "linger_s": 0.5,
}


@pytest.fixture
def answers(tmp_path: Path) -> Iterator[Answers]:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(2**26)
    application = Answers(tmp_path)
    yield application
    application.gate.set()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", b""),
        ("\r\n\r\n", b""),
        ("GET / HTTP/1.1\r\n", b"408"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf", b"408"),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nx",
            b"408",
        ),
        (get("/", close=False), b"200"),
        ("NONSENSE\r\n\r\n", b"400"),
        (
            f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {'9' * 5000}\r\n\r\n",
            b"400",
        ),
    ],
)
def test_a_connection_ends_when_its_time_is_over(
    answers: Answers, text: str, status: bytes
) -> None:
    with web_process(answers, **SHORT) as process:
        received = process.ask(text)
    assert received.split(b" ")[1:2] == ([status] if status else [])


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_for_which_the_disk_has_no_room(
    answers: Answers, small_disk: Path, monkeypatch: pytest.MonkeyPatch, chunked: bool
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk))
    body = "x" * 2_000_000
    request = post("/bytes/7", body)
    if chunked:
        whole = f"{len(body):x}\r\n{body}\r\n0\r\n\r\n"
        request = post("/bytes/7", whole, "Transfer-Encoding: chunked")
    with web_process(answers) as process:
        head, _, told = process.ask(request).partition(b"\r\n\r\n")
        assert head.split(b" ")[1] == b"507"
        (error,) = json.loads(told)["errors"]
        assert error == {"field": "detail", "message": FULL}
        assert not list(small_disk.iterdir())
        small = process.ask(post("/bytes/7", "y" * 700_000))
        assert small.split(b" ")[1] == b"200" and small.endswith(b"\r\nxxxxxxx")


def test_a_body_for_which_there_is_no_folder(
    answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with web_process(answers) as process:
        assert process.ask(post("/bytes/7", "x" * 700_000)).split(b" ")[1] == b"507"
        assert process.ask(get("/")).split(b" ")[1] == b"200"


def test_a_download_that_nobody_takes_ends(answers: Answers) -> None:
    with web_process(answers, **SHORT) as process:
        with process.connect(get("/files/large"), buffer=4096) as client:
            assert client.recv(10)
            wait_for(lambda: not process.server.active_channels, "its end")
            # What the systems keep for it still comes, and then an end.
            with contextlib.suppress(ConnectionResetError):
                assert len(everything(client)) < 2**26


@pytest.mark.parametrize(
    "start",
    [
        "GET / HTTP/1.1\r\nX: ",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n",
    ],
)
def test_a_byte_now_and_then_does_not_prolong_it(answers: Answers, start: str) -> None:
    with web_process(answers, **SHORT) as process:
        with process.connect(start) as client:
            client.settimeout(0.1)
            for _ in range(500):
                with contextlib.suppress(TimeoutError, BrokenPipeError):
                    client.sendall(b"x")
                    received = client.recv(100)
                    break
    assert received.split(b" ")[1] == b"408"


def test_a_slow_body_that_keeps_its_pace_has_time(answers: Answers) -> None:
    limits = {**SHORT, "body_bytes_per_s": 10}
    with web_process(answers, **limits) as process:
        start = "POST / HTTP/1.0\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n"
        with process.connect(start + "x" * 999) as client:
            client.settimeout(2)
            with pytest.raises(TimeoutError):
                client.recv(100)
            client.sendall(b"x")
            assert b"200 OK" in everything(client)


def test_an_answer_may_take_longer_than_any_client(answers: Answers) -> None:
    with web_process(answers, **SHORT) as process:
        with process.connect(get("/wait")) as client:
            client.settimeout(2)
            with pytest.raises(TimeoutError):
                client.recv(100)
            client.settimeout(60)
            answers.gate.set()
            assert everything(client).endswith(b"answer")


def _are_idle(channels: dict[int, Any]) -> bool:
    return all(channel.is_idle for channel in list(channels.values()))


def test_one_more_connection_takes_the_place_of_the_one_idle_longest(
    answers: Answers,
) -> None:
    with web_process(answers, connections_per_address=20) as process:
        with ExitStack() as connections:
            clients = []
            for _ in range(20):  # one after the other, or any may be answered first
                client = process.connect(get("/", close=False))
                clients.append(connections.enter_context(client))
                assert client.recv(1000)
                channels = process.server.active_channels
                wait_for(lambda: _are_idle(channels), "the end of the answer")
            busy, first_idle, *others = clients
            busy.sendall(get("/files/large").encode())
            assert busy.recv(10)
            assert process.ask(get("/")).endswith(b"answer")
            assert first_idle.recv(10) == b""
            for client in others:
                client.sendall(get("/", close=False).encode())
                assert client.recv(1000).endswith(b"answer")


def test_five_hundred_idle_connections_of_one_address(answers: Answers) -> None:
    with web_process(answers) as process, ExitStack() as connections:
        for _ in range(500):
            client = process.connect(get("/", close=False))
            connections.enter_context(client)
        for _ in range(20):
            assert process.ask(get("/")).endswith(b"answer")
        most, server = process.server.limits.connections_per_address, process.server
        wait_for(lambda: len(server.active_channels) <= most, "fewer connections")


def test_who_is_answered_keeps_the_connection(answers: Answers) -> None:
    with web_process(answers, connections_per_address=3) as process:
        with ExitStack() as connections:
            clients = [
                connections.enter_context(process.connect(get("/wait")))
                for _ in range(3)
            ]
            wait_for(lambda: len(answers.asked) == 3, "three requests")
            with process.connect() as refused:
                assert refused.recv(10) == b""
            answers.gate.set()
            for client in clients:
                assert everything(client).endswith(b"answer")


def test_a_listed_proxy_has_any_number(answers: Answers) -> None:
    for unlimited in (None, (LOOPBACK,)):
        limits = {"connections_per_address": 2, "unlimited": unlimited}
        with web_process(answers, **limits) as process, ExitStack() as connections:
            clients = [
                connections.enter_context(process.connect(get("/", close=False)))
                for _ in range(30)
            ]
            for client in clients:
                assert client.recv(1000).endswith(b"answer")


def test_all_connections_together_are_limited(answers: Answers) -> None:
    with web_process(answers, connections=10, unlimited=None) as process:
        with ExitStack() as connections:
            for _ in range(40):
                connections.enter_context(process.connect("GET"))
            assert process.ask(get("/")).endswith(b"answer")
            # The system may have let others in since, which are counted afterwards.
            open_now = process.server.active_channels
            wait_for(lambda: len(open_now) <= 10, "fewer connections")


def test_who_asks_with_the_last_of_many_connections_is_answered(
    answers: Answers,
) -> None:
    with web_process(answers, connections=2, unlimited=None) as process:
        with ExitStack() as connections:
            for _ in range(2):
                connections.enter_context(process.connect("GET"))
            active = process.server.active_channels
            wait_for(
                lambda: [c.is_idle for c in list(active.values())] == [False, False],
                "two that have begun to ask",
            )
            # The next wait in the system's queue, to be accepted at once.
            process.server.accepting = False
            connections.enter_context(process.connect("GET"))
            asking = connections.enter_context(process.connect(get("/")))
            process.server.accepting = True
            process.server.pull_trigger()
            assert everything(asking).endswith(b"answer")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
    ],
)
def test_addresses_of_one_subscriber(one: str, other: str, same: bool) -> None:
    assert (subscriber(one) == subscriber(other)) is same


def test_an_ipv4_address_in_the_form_of_ipv6_is_found_in_its_network() -> None:
    limits = Limits(unlimited=(LOOPBACK,))
    assert limits.is_unlimited("::ffff:127.0.0.1")
    assert not limits.is_unlimited("::1")
    assert str(plain_address("::ffff:10.0.0.1")) == "10.0.0.1"


def test_connections_fit_the_open_files_that_are_allowed() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        assert within_descriptors(Limits(connections=50)).connections == 50
        wanted = Limits(connections=before[1])
        assert within_descriptors(wanted).connections < before[1] / 2
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_stopping_ends_what_is_under_way_and_nothing_else(answers: Answers) -> None:
    with ExitStack() as connections:
        with web_process(answers) as process:
            idle = connections.enter_context(process.connect(get("/", close=False)))
            assert idle.recv(1000)
            waiting = connections.enter_context(process.connect("GET"))
            stalled = process.connect(get("/files/large"), buffer=4096)
            connections.enter_context(stalled)
            assert stalled.recv(10)
            answered = connections.enter_context(process.connect(get("/wait")))
            wait_for(lambda: "/wait" in answers.asked, "the last request")
            threading.Timer(0.2, answers.gate.set).start()
        assert everything(answered).endswith(b"answer")
        for client in (idle, waiting):
            with contextlib.suppress(ConnectionResetError):
                assert client.recv(10) == b""


def test_a_request_that_comes_as_the_answer_before_it_ends_is_under_way() -> None:
    ends, may_end = threading.Event(), threading.Event()

    class Answer:
        def __iter__(self) -> Iterator[bytes]:
            yield b"answer"

        def close(self) -> None:  # its client has all of it
            ends.set()
            assert may_end.wait(WAIT_S)

    def application(environ: dict[str, Any], start_response: Any) -> Answer:
        start_response("200 OK", [("Content-Length", "6")])
        return Answer()

    process = WebProcess(application)
    with process.connect(get("/", close=False)) as client:
        assert ends.wait(WAIT_S)
        client.sendall(get("/again").encode())
        stopping = threading.Thread(target=process.stop)
        stopping.start()
        wait_for(lambda: not process.server.accepting, "the server ends")
        may_end.set()
        assert everything(client).count(b"200 OK") == 2
    stopping.join(WAIT_S)


def test_connections_that_come_while_nobody_serves_wait(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        for _ in range(2):
            client = socket.create_connection(address, timeout=PATIENCE_S)
            client.sendall(get("/").encode())
            serve_once(listener.dup(), Answers(tmp_path), client)


def serve_once(
    listener: socket.socket, application: Answers, client: socket.socket
) -> None:
    """Answer one request with a server that ends afterwards."""
    server = Server(
        application,
        listener,
        threads=1,
        limits=Limits(),
        body_limit=lambda path, kind: 0,
        after_file=lambda: None,
    )
    for _ in itertools.takewhile(lambda _: not application.asked, itertools.count()):
        server.serve_events()
    server.finish(10)
    with client:
        assert everything(client).endswith(b"answer")
