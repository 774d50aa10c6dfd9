"""`librephotos web` on the database of the tests, as a process of its own."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from tests.support.server import environment, free_port, wait_for

WAIT_S = 120


@dataclass
class Answer:
    """What came of a request."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class OwnWeb:
    """A web server on a port of 127.0.0.1."""

    port: int

    def ask(
        self, path: str, token: str = "", *, method: str = "GET", body: str = ""
    ) -> Answer:
        """Send one request on a connection of its own, and wait for the answer."""
        headers = {"Content-Type": "application/json"} if body else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        sent = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
        try:
            sent.request(method, path, body or None, headers)
            answer = sent.getresponse()
            received = answer.read()
            return Answer(answer.status, dict(answer.getheaders()), received)
        finally:
            sent.close()

    def answers(self) -> bool:
        """Whether the health check is answered now."""
        try:
            return self.ask("/api/healthz").status == 200
        except OSError:
            return False


@contextmanager
def own_web(
    data: Path, *, threads: int = 8, options: str = "", **more: str
) -> Iterator[OwnWeb]:
    """Run the server, which is one process if `more` says nothing else, meanwhile.

    `options` are those of its sessions in PostgreSQL, `more` is for its environment.
    """
    port = free_port()
    command = [sys.executable, "-P", "-m", "librephotos", "web", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--threads", str(threads)],
        env=environment(
            data,
            DATABASE_URL=f"{address_of_database()}?options={quote(options)}",
            LIBREPHOTOS_SECRET_KEY=settings.SECRET_KEY,
            LIBREPHOTOS_MODELS=str(settings.MODELS),
            **{"LIBREPHOTOS_WEB_PROCESSES": "1", **more},
        ),
        stdin=subprocess.DEVNULL,
    )
    try:
        web = OwnWeb(port)
        wait_for(web.answers, "the web server answers")
        yield web
    finally:
        process.terminate()
        process.wait(WAIT_S)


def address_of_database() -> str:
    """Return the address of the database of the tests."""
    facts: dict[str, Any] = connection.settings_dict
    given = os.environ.get("DATABASE_URL")
    if given:
        return f"{given.rpartition('/')[0]}/{facts['NAME']}"
    host = quote(facts["HOST"], safe="")
    return f"postgresql://{facts['USER']}@{host}/{facts['NAME']}"
