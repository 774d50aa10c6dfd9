"""Uploads over HTTP, in chunks of 1 MB and as one body, beside the disk alone.

The floor writes the same bytes to the disk of the data folder in the same blocks and
synchronises them; rounds of both take turns. Each upload is completed: its MD5 is
checked, and it lies in the user's folder, on the same disk, when its time ends. The
processor time is the web server's, without PostgreSQL.

Run: script/bench uploads [--mib 1024] [--rounds 3]
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks._temporary_server import temporary_server
from benchmarks.web_server import cpu_s, web_server

_MB = 1_000_000
_OWN = Path(__file__).resolve().parents[1] / "src"
_BOUNDARY = "benchmark"
console = Console()


def blocks(size: int, seed: int) -> Iterator[bytes]:
    """Yield a file that begins as a JPEG, a MB at a time."""
    noise = os.urandom(_MB)
    head = b"\xff\xd8\xff\xe0" + seed.to_bytes(8, "big")
    yield head + noise[len(head) : min(size, _MB)]
    for at in range(_MB, size, _MB):
        yield noise[: min(size - at, _MB)]


def disk_alone(folder: Path, parts: list[bytes]) -> float:
    """Return the seconds that it takes to write and synchronise the bytes."""
    path = folder / "floor"
    began = time.perf_counter()
    with open(path, "wb", buffering=0) as file:
        for part in parts:
            file.write(part)
        os.fsync(file.fileno())
    taken = time.perf_counter() - began
    path.unlink()
    return taken


class Uploader:
    """A client on one connection."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self._token = token

    def chunk(self, parts: list[bytes], fields: dict[str, str], where: str) -> str:
        """Send a chunk made of parts; return the id of the upload."""
        head = b"".join(_field(name, value) for name, value in fields.items())
        head += (
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; '
            'filename="blob"\r\n\r\n'
        ).encode()
        tail = f"\r\n--{_BOUNDARY}--\r\n".encode()
        length = len(head) + sum(map(len, parts)) + len(tail)
        self._connection.putrequest("POST", "/api/upload/")
        self._headers(length, {"Content-Range": where})
        for part in (head, *parts, tail):
            self._connection.send(part)
        return str(self._answer()["upload_id"])

    def complete(self, upload: str, md5: str, name: str) -> None:
        """Say that everything was sent."""
        said = {"upload_id": upload, "md5": md5, "filename": name}
        body = b"".join(_field(key, value) for key, value in said.items())
        body += f"--{_BOUNDARY}--\r\n".encode()
        self._connection.putrequest("POST", "/api/upload/complete/")
        self._headers(len(body), {})
        self._connection.send(body)
        self._answer()

    def _headers(self, length: int, more: dict[str, str]) -> None:
        form = f"multipart/form-data; boundary={_BOUNDARY}"
        sent = {"Content-Type": form, "Content-Length": str(length), **more}
        sent["Authorization"] = f"Bearer {self._token}"
        for name, value in sent.items():
            self._connection.putheader(name, value)
        self._connection.endheaders()

    def _answer(self) -> dict[str, str]:
        answer = self._connection.getresponse()
        body = json.loads(answer.read())
        if answer.status != 200:
            raise SystemExit(f"The server refuses: {body}")
        return dict(body)


def _field(name: str, value: str) -> bytes:
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
    return f"{head}{value}\r\n".encode()


def in_chunks(client: Uploader, parts: list[bytes], md5: str, name: str) -> None:
    """Upload a file a MB at a time."""
    upload, offset = "", 0
    for part in parts:
        fields = {"upload_id": upload} if upload else {}
        end = offset + len(part)
        where = f"bytes {offset}-{end - 1}/{len(part)}"
        upload = client.chunk([part], fields, where)
        offset = end
    client.complete(upload, md5, name)


def as_one(client: Uploader, parts: list[bytes], md5: str, name: str) -> None:
    """Upload a file as one body."""
    size = sum(map(len, parts))
    upload = client.chunk(parts, {}, f"bytes 0-{size - 1}/{size}")
    client.complete(upload, md5, name)


def main() -> None:
    """Upload, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mib", type=int, default=1024, help="size of the file")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    taken: dict[str, list[float]] = defaultdict(list)
    cpu: dict[str, list[float]] = defaultdict(list)
    with temporary_server() as folder:
        from librephotos.api.http.tokens import SignInToken
        from librephotos.api.models import User

        user = User.objects.create_user("uploader")
        (folder / "pictures").mkdir()
        user.scan_directories.create(path=os.fsencode(folder / "pictures"))
        token = SignInToken.for_user(user).access_token
        token.set_exp(lifetime=24 * token.lifetime)
        with web_server(_OWN) as (server, port):
            before = _largest_mib(server)
            for number in range(chosen.rounds):
                for way in (in_chunks, as_one):
                    parts = list(blocks(chosen.mib * 2**20, time.time_ns() % 2**60))
                    md5 = hashlib.md5(b"".join(parts)).hexdigest()
                    taken["write and fsync alone"].append(disk_alone(folder, parts))
                    name = way.__name__.replace("_", " ")
                    client = Uploader(port, str(token))
                    began, spent = time.perf_counter(), cpu_s(server)
                    way(client, parts, md5, f"{name}-{number}.jpg")
                    taken[f"uploaded {name}"].append(time.perf_counter() - began)
                    cpu[f"uploaded {name}"].append(cpu_s(server) - spent)
                    for path in (folder / "pictures").rglob("*.jpg"):
                        path.unlink()
            grown = _largest_mib(server) - before
    floor = statistics.median(taken["write and fsync alone"])
    table = Table("way", "s", "MiB/s", "of the floor", "CPU ms/MiB")
    for name, times in taken.items():
        middle = statistics.median(times)
        rate = f"{chosen.mib / middle:,.0f}"
        own = cpu.get(name)
        each = f"{statistics.median(own) * 1000 / chosen.mib:.1f}" if own else ""
        table.add_row(name, f"{middle:.2f}", rate, f"{floor / middle:.2f}", each)
    console.print(table)
    console.print(f"The web process has grown by {grown:.0f} MiB at the most.")


def _largest_mib(server: psutil.Process) -> float:
    tree = [server, *server.children(recursive=True)]
    peaks = []
    for process in tree:
        status = Path(f"/proc/{process.pid}/status").read_text()
        line = next(one for one in status.splitlines() if one.startswith("VmHWM"))
        peaks.append(int(line.split()[1]) / 1024)
    return sum(peaks)


if __name__ == "__main__":
    main()
