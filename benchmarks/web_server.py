"""Requests of small, middle and large answers over HTTP: rate, processor time, memory.

wrk (https://github.com/wg/wrk) asks one web process on a database of its own: for the
health check, for the list of 1,500 days without compression and with it, and for a
file of 4 MiB. `--source` takes `src` of another checkout, whose server is then the one
that is measured; rounds of two take turns.

Run: script/bench web_server [--source src] [--seconds 5] [--rounds 3] [--connections 8]
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks._temporary_server import temporary_server

_FILE_BYTES = 4 * 2**20
_DAYS = 1500
_OWN = Path(__file__).resolve().parents[1] / "src"
console = Console()


@dataclass(frozen=True)
class Request:
    """One address, and what is sent with it."""

    name: str
    path: str
    headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """What one round of one request took."""

    per_second: float
    median_ms: float
    cpu_ms: float


def requests(folder: Path) -> list[Request]:
    """Fill the database; return what is asked for."""
    from benchmarks._rows import Library, fill
    from librephotos.api.http.tokens import SignInToken
    from librephotos.api.models import File, Photo, User
    from librephotos.media.fingerprint import key64

    user = User.objects.create_user("bench")
    user.scan_directories.create(path=os.fsencode(folder / "pictures"))
    fill(user.pk, Library(photos=20_000, days=_DAYS, big_day=0))
    path = folder / "pictures" / "large.jpg"
    path.parent.mkdir()
    path.write_bytes(os.urandom(_FILE_BYTES))
    photo = Photo.objects.owned_by(user).visible().filter(video=False).earliest("id")
    facts, name = path.stat(), os.fsencode(path)
    photo.main_file = File.objects.create(
        photo=photo,
        owner=user,
        path=name,
        path_key=key64(name),
        capture_key=key64(name, 1),
        size=facts.st_size,
        mtime_ns=facts.st_mtime_ns,
        inode=facts.st_ino,
        md5=photo.image_hash[:32],
        kind="image",
        format="JPEG",
        mime="image/jpeg",
        state=File.State.READY,
    )
    photo.save(update_fields=["main_file"])
    token = SignInToken.for_user(user).access_token
    # Longer than a round of slow machines, which access tokens are not.
    token.set_exp(lifetime=24 * token.lifetime)
    signed_in = f"Authorization: Bearer {token}"
    days = "/api/albums/date/list/"
    return [
        Request("health check", "/api/healthz"),
        Request("day list", days, (signed_in,)),
        Request("day list, gzip", days, (signed_in, "Accept-Encoding: gzip")),
        Request("file, 4 MiB", f"/media/photos/{photo.image_hash}", (signed_in,)),
    ]


@contextmanager
def web_server(source: Path) -> Iterator[tuple[psutil.Process, int]]:
    """Run the web process of a source folder; yield it and its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        descriptor = listener.fileno()
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "librephotos", "web"]
            + ["--descriptor", str(descriptor)],
            env={**os.environ, "PYTHONPATH": str(source)},
            pass_fds=(descriptor,),
            stdin=subprocess.DEVNULL,
        )
        try:
            _await_answer(port)
            yield psutil.Process(process.pid), port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _await_answer(port: int) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/healthz").close()
            return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise SystemExit("The web process does not answer; its messages say why.")


def measured(
    server: psutil.Process, port: int, request: Request, chosen: argparse.Namespace
) -> Result:
    """Ask for one address for a while."""
    url = f"http://127.0.0.1:{port}{request.path}"
    command = ["wrk", "--latency", "-t1", f"-c{chosen.connections}"]
    command += [f"-d{chosen.seconds}s"]
    for header in request.headers:
        command += ["-H", header]
    before = cpu_s(server)
    done = subprocess.run([*command, url], capture_output=True, text=True, check=True)
    spent = cpu_s(server) - before
    failed = re.search(r"Socket errors.*|Non-2xx.*", done.stdout)
    if failed:
        console.print(f"{request.name}: {failed[0].strip()}")
    count = int(_found(r"(\d+) requests in", done.stdout))
    rate = float(_found(r"Requests/sec:\s+([\d.]+)", done.stdout))
    value, unit = re.findall(r"50%\s+([\d.]+)(us|ms|s)", done.stdout)[0]
    median_ms = float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
    return Result(rate, median_ms, spent * 1000 / max(1, count))


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise SystemExit(f"wrk says nothing of {pattern!r}:\n{text}")
    return match[1]


def _tree(server: psutil.Process) -> list[psutil.Process]:
    return [server, *server.children(recursive=True)]


def cpu_s(server: psutil.Process) -> float:
    """Return the processor time of the server and its children, in seconds."""
    return sum(sum(process.cpu_times()[:2]) for process in _tree(server))


def _pss_mib(server: psutil.Process) -> float:
    return sum(p.memory_full_info().pss for p in _tree(server)) / 2**20


def main() -> None:
    """Fill, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", action="append", type=Path, help="another src")
    parser.add_argument("--seconds", type=int, default=5, help="of one measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=8)
    chosen = parser.parse_args()
    results: dict[tuple[str, str], list[Result]] = defaultdict(list)
    memory: dict[str, list[float]] = defaultdict(list)
    with temporary_server() as folder:
        asked = requests(folder)
        for _ in range(chosen.rounds):
            for source in [_OWN, *(chosen.source or [])]:
                with web_server(source.resolve()) as (server, port):
                    for request in asked:
                        taken = measured(server, port, request, chosen)
                        results[request.name, str(source)].append(taken)
                    memory[str(source)].append(_pss_mib(server))
    table = Table("request", "source", "requests/s", "median ms", "CPU ms/request")
    for (name, source), rounds in sorted(results.items()):
        columns = zip(*((r.per_second, r.median_ms, r.cpu_ms) for r in rounds))
        rate, median_ms, cpu_ms = map(statistics.median, columns)
        row = f"{rate:,.0f}", f"{median_ms:.1f}", f"{cpu_ms:.2f}"
        table.add_row(name, source, *row)
    console.print(table)
    for source, sizes in memory.items():
        console.print(f"{source}: {statistics.median(sizes):.0f} MiB (PSS)")


if __name__ == "__main__":
    main()
