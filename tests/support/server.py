"""The whole server as a user starts it: real processes, a data folder of its own."""

from __future__ import annotations

import base64
import io
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psutil
from PIL import Image

Value = TypeVar("Value")
PASSWORD = "correct horse battery staple"

PATIENCE_S = 600
"""What has not come by then will not, on a slow and busy machine either."""


def wait_for(condition: Callable[[], Value], what: str) -> Value:
    """Return the first true value of a condition; fail when patience is over."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {PATIENCE_S} s: {what}")


def free_port() -> int:
    """Return a port that is free and that no system gives to outgoing connections.

    Linux takes those from 32768 on (ip(7), `ip_local_port_range`), macOS from 49152.
    """
    while True:
        port = random.SystemRandom().randint(20001, 32767)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def write_pictures(folder: Path, count: int = 3) -> Path:
    """Make a folder of small, different JPEGs."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        picture = Image.new("RGB", (320, 240), (40 * number % 256, 90, 160))
        picture.save(folder / f"picture{number}.jpg")
    return folder


def environment(data: Path, **more: str) -> dict[str, str]:
    """Return the environment of a command on a data folder, without a database."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("LIBREPHOTOS_")
        and name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    return {
        **kept,
        "LIBREPHOTOS_DATA": str(data),
        "LIBREPHOTOS_ADMIN_PASSWORD": PASSWORD,
        **more,
    }


def librephotos(
    *arguments: str, data: Path, given: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "librephotos", *arguments],
        env=environment(data, **more),
        input=given,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


class RunningServer:
    """`librephotos serve` in the background."""

    def __init__(
        self,
        data: Path,
        *folders: Path,
        workers: int = 1,
        password: str = PASSWORD,
        faces: bool = True,
        output: int | None = None,
        **more: str,
    ) -> None:
        """Start it, with or without face recognition; `ready` waits for it.

        `output` is where it writes instead of its log; then nobody sees that it is
        ready. `more` is put into its environment.
        """
        self._shows = output is None
        self._signed_in: dict[str, tuple[str, str]] = {}
        self.data = data
        self.port = free_port()
        self.log = data.with_name(f"{data.name}-{self.port}.log")
        arguments = ["serve", *map(str, folders), "--port", str(self.port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "librephotos", *arguments]
                + ["--workers", str(workers)],
                env=environment(
                    data,
                    LIBREPHOTOS_ADMIN_PASSWORD=password,
                    LIBREPHOTOS_FACE_RECOGNITION=str(faces),
                    **more,
                ),
                stdin=subprocess.DEVNULL,
                stdout=log if output is None else output,
                stderr=log,
                process_group=0,
            )

    def __enter__(self) -> RunningServer:
        return self.ready() if self._shows else self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE_S)

    @property
    def output(self) -> str:
        """What it has written to the terminal."""
        return self.log.read_text(errors="replace")

    def ready(self) -> RunningServer:
        """Wait until it has printed its address."""
        wait_for(
            lambda: self.process.poll() is not None or self._address(),
            "the address is printed",
        )
        assert self.process.poll() is None, self.output
        return self

    def _address(self) -> re.Match[str] | None:
        return re.search(rf"http://127\.0\.0\.1:{self.port}", self.output)

    def get(self, path: str, token: str = "") -> Any:
        """Return the JSON that a path answers; raise HTTPError or URLError."""
        return self._call(urllib.request.Request(self._url(path)), token)

    def post(self, path: str, body: dict[str, Any], token: str = "") -> Any:
        """Send JSON and return the answer's."""
        request = urllib.request.Request(
            self._url(path),
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        return self._call(request, token)

    def delete(self, path: str, token: str = "") -> None:
        """Have what is at a path deleted."""
        request = urllib.request.Request(self._url(path), method="DELETE")
        request.add_header("Authorization", f"Bearer {self._in_force(token)}")
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            assert answer.status == 204

    def sign_in(self, username: str = "admin", password: str = PASSWORD) -> str:
        """Return an access token."""
        body = {"username": username, "password": password}
        token = str(self.post("/api/auth/token/obtain/", body)["access"])
        self._signed_in[token] = (username, password)
        return token

    def _in_force(self, token: str) -> str:
        """Return the token, or another one of the same user where it is over.

        One lasts five minutes, which a slow machine needs for less than a scan.
        """
        if token not in self._signed_in:
            return token
        claims = token.split(".")[1]
        over = json.loads(base64.urlsafe_b64decode(claims + "=="))["exp"]
        if over > time.time() + 60:
            return token
        return self.sign_in(*self._signed_in[token])

    def _url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def _call(self, request: urllib.request.Request, token: str) -> Any:
        if token:
            request.add_header("Authorization", f"Bearer {self._in_force(token)}")
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:  # or its socket stays open until somebody collects it
                body = io.BytesIO(error.read())
            raise urllib.error.HTTPError(
                error.url, error.code, error.msg, error.headers, body
            ) from None

    def answers(self) -> bool:
        """Whether the health check is answered now."""
        try:
            return bool(self.get("/api/healthz"))
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def children(self, command: str = "") -> list[psutil.Process]:
        """The direct children that run a command: "web", "worker" or any."""
        return [
            child
            for child in psutil.Process(self.process.pid).children()
            if not command or _runs(child, command)
        ]

    def processes(self) -> list[psutil.Process]:
        """All processes below it, PostgreSQL not being one of them."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def interrupt(self) -> int:
        """Press Ctrl-C; return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_S)


def _runs(process: psutil.Process, command: str) -> bool:
    try:
        return process.name().startswith(command)
    except psutil.NoSuchProcess:  # or a corpse that was not reaped yet
        return False


def postgres_process(data: Path) -> psutil.Process | None:
    """Return the PostgreSQL server of a data folder if it runs."""
    try:
        written = (data / "postgres" / "postmaster.pid").read_text().split()
        # A server that starts makes the file first, and then writes it.
        return psutil.Process(int(written[0])) if written else None
    except (FileNotFoundError, NotADirectoryError, psutil.NoSuchProcess):
        return None
