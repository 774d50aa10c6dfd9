"""Several web processes: they count together, and one does without another."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

from librephotos.server.http.limits import Limits
from librephotos.server.http.peers import Peers
from tests.support.server import PATIENCE_S, RunningServer, wait_for

pytestmark = [pytest.mark.server, pytest.mark.usefixtures("with_tables")]

OBTAIN = "/api/auth/token/obtain/"


@pytest.fixture
def server(data: Path) -> Iterator[RunningServer]:
    more = {"LIBREPHOTOS_WEB_PROCESSES": "2", "LIBREPHOTOS_LOGIN_RATE": "3/hour"}
    with RunningServer(data, **more) as running:
        yield running


def web_processes(server: RunningServer) -> list[psutil.Process]:
    (parent,) = server.children("web")
    return list(parent.children())


def connections(process: psutil.Process, port: int) -> int:
    """How many clients a process has."""
    return sum(
        one.laddr.port == port and one.status == psutil.CONN_ESTABLISHED
        for one in process.net_connections("tcp")
    )


def connect(server: RunningServer, stack: ExitStack) -> HTTPConnection:
    """Return a connection that stays open, and on which was answered."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    stack.enter_context(closing(connection))
    connection.request("GET", "/api/healthz")
    with connection.getresponse() as answer:
        assert answer.status == 200 and answer.read()
    return connection


def begin_sign_in(connection: HTTPConnection, password: str) -> None:
    body = json.dumps({"username": "admin", "password": password})
    connection.request("POST", OBTAIN, body, {"Content-Type": "application/json"})


def status_of(connection: HTTPConnection) -> int:
    with connection.getresponse() as answer:
        answer.read()
        return answer.status


def test_they_share_connections_and_count_together(server: RunningServer) -> None:
    wait_for(lambda: len(web_processes(server)) == 2, "both web processes")
    with ExitStack() as stack:
        clients = [connect(server, stack) for _ in range(8)]
        shares = [connections(one, server.port) for one in web_processes(server)]
        assert sum(shares) == 8 and min(shares) > 0
        statuses = Counter[int]()
        for client in clients:
            begin_sign_in(client, "wrong")
            statuses[status_of(client)] += 1
        assert statuses == {401: 3, 429: 5}


def test_one_that_is_killed_is_replaced_while_the_other_answers(
    server: RunningServer,
) -> None:
    processes = wait_for(
        lambda: len(found := web_processes(server)) == 2 and found, "both processes"
    )
    (parent,) = server.children("web")
    processes[0].kill()
    assert all(server.answers() for _ in range(20))
    new = wait_for(
        lambda: len(found := web_processes(server)) == 2 and {*found} - {*processes},
        "another web process",
    )
    assert len(new) == 1 and server.children("web") == [parent]


def test_all_finish_what_is_under_way(server: RunningServer) -> None:
    wait_for(lambda: len(web_processes(server)) == 2, "both web processes")
    with ExitStack() as stack:
        clients = [connect(server, stack) for _ in range(8)]
        for client in clients:
            client.request("GET", "/api/sitesettings/")
        server.process.send_signal(signal.SIGTERM)
        assert {status_of(client) for client in clients} == {200}
    assert server.process.wait(PATIENCE_S) == 0


def test_the_shares_of_the_connections_come_to_all_of_them() -> None:
    for processes in range(1, 9):
        share = Limits(connections=100, connections_per_address=20).shared_by(processes)
        assert 100 <= processes * share.connections < 100 + processes
        assert 20 <= processes * share.connections_per_address < 20 + processes


def test_who_is_started_anew_begins_with_no_connection() -> None:
    peers = Peers.of(2)
    first, second = peers.at(0), peers.at(1)
    first.tell(3)
    second.tell(5)
    assert list(peers.counts) == [3, 5]
    peers.at(1)
    assert list(peers.counts) == [3, 0] and Peers().are_none
