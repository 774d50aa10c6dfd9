"""An archive over HTTP beside `cat` of the same files: bytes a second, memory.

Files of noise are described as an archive, and sent by a web process of its own to a
client that throws them away. Before each round the files are dropped from memory; with
`--warm` they stay there.

Run: script/bench downloads [--mib 1024] [--each 8] [--rounds 3] [--warm]
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import socket
import statistics
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import django
import psutil
from django.conf import settings
from rich.console import Console
from rich.table import Table

console = Console()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--each", type=int, default=8, help="MiB of a file")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--warm", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="librephotos-bench-") as name:
        folder = Path(name)
        settings.configure(DATA=folder, INSTALLED_APPS=[])
        django.setup()
        files = written(folder / "files", asked.mib // asked.each, asked.each * 2**20)
        began = time.perf_counter()
        archive = described(files)
        console.print(f"described in {time.perf_counter() - began:.2f} s, from bytes")
        measure(files, archive, rounds=asked.rounds, warm=asked.warm)


def written(folder: Path, count: int, size: int) -> list[Path]:
    folder.mkdir()
    block = os.urandom(size)
    for number in range(count):
        (folder / f"{number:05}.jpg").write_bytes(number.to_bytes(8) + block[8:])
    os.sync()
    return sorted(folder.iterdir())


def described(files: list[Path]) -> uuid.UUID:
    from isal import isal_zlib

    from librephotos.api.storage.archives import ArchiveWriter

    archive = uuid.uuid4()
    with closing(ArchiveWriter(archive)) as writer:
        for file in files:
            stat = file.stat()
            writer.add_file(
                file.name,
                os.fsencode(file),
                size=stat.st_size,
                mtime_ns=stat.st_mtime_ns,
                crc32=isal_zlib.crc32(file.read_bytes()),
            )
        writer.keep()
    return archive


def serve(listener: socket.socket, archive: uuid.UUID, root: bytes) -> None:
    """Be a web process that answers everything with the archive."""
    from librephotos.api.storage.archives import open_archive
    from librephotos.server.http.limits import Limits
    from librephotos.server.http.server import Server

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        file = open_archive(archive, roots=[root])
        assert file is not None
        start_response("200 OK", [("Content-Length", str(file.length))])
        answer: Iterable[bytes] = environ["wsgi.file_wrapper"](file, 2**18)
        return answer

    server = Server(
        application,
        listener,
        threads=8,
        limits=Limits(),
        body_limit=lambda path, kind: 2**20,
        after_file=lambda: None,
    )
    while True:
        server.serve_events()


def measure(files: list[Path], archive: uuid.UUID, *, rounds: int, warm: bool) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    process = multiprocessing.get_context("fork").Process(
        target=serve, args=(listener, archive, os.fsencode(files[0].parent))
    )
    process.start()
    listener.close()
    total = sum(file.stat().st_size for file in files)
    before = memory(process.pid)
    most = before
    found: dict[str, list[float]] = {"cat": [], "archive": []}
    sender = psutil.Process(process.pid)
    cpu_before = sum(sender.cpu_times()[:2])
    try:
        for _ in range(rounds):
            for name, take in (
                ("cat", lambda: cat(files)),
                ("archive", lambda: fetch(port)),
            ):
                if not warm:
                    forget(files)
                began = time.perf_counter()
                take()
                found[name].append(total / 2**20 / (time.perf_counter() - began))
                most = max(most, memory(process.pid))
        cpu = sum(sender.cpu_times()[:2]) - cpu_before
    finally:
        process.terminate()
        process.join()
    table = Table("", "MiB/s (median)", "all")
    for name, rates in found.items():
        table.add_row(
            name,
            f"{statistics.median(rates):,.0f}",
            " ".join(f"{rate:,.0f}" for rate in rates),
        )
    console.print(table)
    share = statistics.median(found["archive"]) / statistics.median(found["cat"])
    console.print(f"archive: {share:.2f} of cat; {total / 2**20:,.0f} MiB")
    console.print(f"{cpu / rounds / total * 2**30:.2f} CPU seconds to send a GiB")
    console.print(f"memory of the web process: {before:,.1f} MiB, then {most:,.1f}")


def memory(pid: int | None) -> float:
    return float(psutil.Process(pid).memory_full_info().pss) / 2**20


def forget(files: list[Path]) -> None:
    for file in files:
        with file.open("rb") as opened:
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def cat(files: list[Path]) -> None:
    with open(os.devnull, "wb") as nothing:
        subprocess.run(["cat", *map(str, files)], stdout=nothing, check=True)


def fetch(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        buffer = bytearray(2**20)
        while client.recv_into(buffer):
            pass


if __name__ == "__main__":
    main()
