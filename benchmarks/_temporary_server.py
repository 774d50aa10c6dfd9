"""A LibrePhotos of its own for one benchmark: PostgreSQL, workers, all thrown away."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WORKERS_START_S = 60
_WORKERS_STOP_S = 15


@contextmanager
def temporary_server() -> Iterator[Path]:
    """Set Django up on a new embedded PostgreSQL; yield the folder that holds it all.

    To be called once a process, before anything of Django's is imported. PostgreSQL
    runs as it does in a real server, with its settings and its fsync.
    """
    folder = Path(tempfile.mkdtemp(prefix="librephotos-bench-"))
    # PostgreSQL refuses to be root and becomes another user then.
    folder.chmod(0o711)
    os.environ.pop("DATABASE_URL", None)
    os.environ["LIBREPHOTOS_DATA"] = str(folder / "data")
    os.environ["DJANGO_SETTINGS_MODULE"] = "librephotos.settings.production"
    (folder / "data/static").mkdir(parents=True)
    try:
        import django

        django.setup()
        from librephotos.server import database, embedded

        with embedded.database_of_data_folder():
            database.migrate()
            yield folder
    finally:
        shutil.rmtree(folder)


def postgres_pid() -> int:
    """Return the process number of the running PostgreSQL."""
    from librephotos.server import embedded

    pid_file = embedded.embedded_postgres().cluster / "postmaster.pid"
    return int(pid_file.read_text().split()[0])


@contextmanager
def running_workers(count: int) -> Iterator[list[int]]:
    """Run workers as `librephotos serve` does; yield their process numbers once ready.

    They end with this process, whatever ends it.
    """
    from librephotos.server import lifeline

    reading, writing = os.pipe()
    command = [sys.executable, "-P", "-m", "librephotos", "worker"]
    workers = [
        subprocess.Popen(
            command,
            env={**os.environ, lifeline.VARIABLE: str(reading)},
            pass_fds=(reading,),
            stdin=subprocess.DEVNULL,
            process_group=0,
        )
        for _ in range(count)
    ]
    try:
        _wait_until_ready(workers)
        yield [worker.pid for worker in workers]
    finally:
        _stop(workers)
        os.close(reading)
        os.close(writing)


def _wait_until_ready(workers: list[subprocess.Popen[bytes]]) -> None:
    from django.db import connection

    deadline = time.monotonic() + _WORKERS_START_S
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_workers")
            if cursor.fetchone()[0] >= len(workers):
                return
        if time.monotonic() > deadline or any(w.poll() is not None for w in workers):
            raise SystemExit("The workers do not start; their messages say why.")
        time.sleep(0.1)


def _stop(workers: list[subprocess.Popen[bytes]]) -> None:
    for worker in workers:
        worker.terminate()
    for worker in workers:
        try:
            worker.wait(timeout=_WORKERS_STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
