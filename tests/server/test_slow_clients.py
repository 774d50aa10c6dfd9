"""The whole server, with clients that neither speak nor listen."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.server import PATIENCE_S, RunningServer, wait_for
from tests.support.slow_clients import slow_clients, write_large_picture

pytestmark = [pytest.mark.server, pytest.mark.usefixtures("with_tables")]


@pytest.fixture
def server(data: Path, tmp_path: Path) -> Iterator[RunningServer]:
    write_large_picture(tmp_path / "pictures")
    with RunningServer(data, tmp_path / "pictures", faces=False) as running:
        yield running


def test_slow_clients_hold_up_neither_answers_nor_the_end(
    server: RunningServer,
) -> None:
    token = server.sign_in()
    (web,) = server.children("web")
    with slow_clients(server, token):
        for _ in range(20):
            assert server.answers()
            assert server.get("/api/photos/recentlyadded/", token)["results"]
        assert memory(web) < 400 * 2**20
        below = server.processes()
        assert server.interrupt() == 0
        gone, alive = psutil.wait_procs(below, timeout=PATIENCE_S)
        assert alive == []


def memory(process: psutil.Process) -> int:
    """Bytes of a process and those below it, shared ones counted in part."""
    processes = [process, *process.children(recursive=True)]
    return sum(one.memory_full_info().pss for one in processes)


def test_requests_that_come_between_two_web_processes_are_answered(
    server: RunningServer,
) -> None:
    (web,) = server.children("web")
    for process in [web, *web.children()]:
        process.kill()
    waiting = []
    for _ in range(5):
        client = socket.create_connection(
            ("127.0.0.1", server.port), timeout=PATIENCE_S
        )
        client.sendall(
            b"GET /api/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        waiting.append(client)
    for client in waiting:
        with client:
            answer = b"".join(iter(lambda: client.recv(1000), b""))
        assert json.loads(answer.partition(b"\r\n\r\n")[2]) == {"status": "ok"}


def test_a_web_process_that_is_told_to_end_loses_no_request(
    server: RunningServer,
) -> None:
    token = server.sign_in()
    (web,) = server.children("web")
    connections = [
        socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S)
        for _ in range(20)
    ]
    for client in connections:
        request = (
            "GET /api/photos/recentlyadded/ HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        )
        client.sendall(request.encode())
    web.terminate()
    for client in connections:
        with client:
            answer = b"".join(iter(lambda: client.recv(2**16), b""))
        assert answer.startswith(b"HTTP/1.1 200 OK")
    wait_for(server.answers, "the next web process")
