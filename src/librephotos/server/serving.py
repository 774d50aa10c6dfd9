"""A whole server on one machine: everything that `librephotos serve` does."""

from __future__ import annotations

import http.client
import logging
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError as DatabaseLost
from django.db import InterfaceError, close_old_connections

from librephotos.api.models import Job, ScanDirectory, User
from librephotos.api.pipeline.work.queue import ALL_QUEUES, CPU, IO
from librephotos.api.writes.jobs import presume_workers_dead
from librephotos.logs.formatter import LineFormatter
from librephotos.logs.log_file import write_log_file
from librephotos.server import (
    accounts,
    database,
    embedded,
    lifeline,
    processes,
    progress,
)
from librephotos.server.errors import DatabaseError, DataFolderError
from librephotos.server.forked import in_child
from librephotos.server.http import gunicorn
from librephotos.server.locks import FolderLock
from librephotos.server.postgres import Postgres
from librephotos.server.supervisor import Program, Supervisor

_POSTGRES_CHECK_S = 5.0
_ANSWER_S = 120

Say = Callable[[str], None]


@dataclass(frozen=True)
class Address:
    """Where the server listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The address as a browser on this machine takes it."""
        return f"http://{self._reachable}:{self.port}"

    @property
    def _reachable(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(
            self.host, self.host
        )
        return f"[{host}]" if ":" in host else host

    def answers(self) -> bool:
        """Wait for the answer of the health check; return whether it was good."""
        connection = http.client.HTTPConnection(
            self._reachable, self.port, timeout=_ANSWER_S
        )
        try:
            connection.request("GET", "/api/healthz", headers={"Host": "localhost"})
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


def serve(
    folders: Sequence[str], *, host: str, port: int, workers: int, say: Say
) -> None:
    """Run the server until it is told to stop.

    All that can be wrong with the arguments is found before anything is started; then
    ServerError says what.
    """
    roots = [accounts.existing_folder(folder) for folder in folders]
    with _alone_on_data_folder(), gunicorn.listen(host, port) as listener:
        write_log_file(settings.DATA / "logs")
        with _running_postgres() as postgres:
            library = in_child(partial(_set_up, roots, postgres=postgres, say=say))
            _offer(library.scan_roots)
            processes.load()
            tell = partial(_tell, Address(host, listener.getsockname()[1]), say=say)
            programs = [
                *_programs(listener, workers=workers),
                Program("terminal", partial(tell, job=library.scan), once=True),
            ]
            Supervisor(programs).run(_PostgresWatch(postgres, say).tick)
            # A web process that a silent disk keeps for now keeps its copy as well.
            with suppress(OSError):  # macOS shuts down no socket that only listens
                listener.shutdown(socket.SHUT_RDWR)
            say("Stopping.")


@contextmanager
def _alone_on_data_folder() -> Iterator[None]:
    lock = FolderLock(settings.DATA / "serve.lock")
    try:
        if not lock.try_take():
            raise DataFolderError(
                f"LibrePhotos is already running on {settings.DATA}: stop it first, or "
                "give another data folder with --data"
            )
        yield
    finally:
        lock.release()


@contextmanager
def _running_postgres() -> Iterator[Postgres | None]:
    if settings.EMBEDDED_POSTGRES:
        with embedded.database_of_data_folder() as postgres:
            yield postgres
    else:
        yield None


@dataclass(frozen=True)
class _Library:
    """What the server begins with: the number of a scan, folders to choose from."""

    scan: int | None
    scan_roots: list[Path]


def _set_up(folders: list[Path], *, postgres: Postgres | None, say: Say) -> _Library:
    """Migrate the database, have an administrator, and start a scan."""
    database.require_fit_server()
    if postgres:
        say(f"PostgreSQL is running in {postgres.cluster}")
    database.migrate()
    if postgres:
        # Those of an earlier run did not outlive it.
        presume_workers_dead()
    admin = _admin(say)
    accounts.add_scan_directories(admin, folders)
    registered = ScanDirectory.objects.values_list("path", flat=True)
    roots = [*settings.SCAN_ROOTS, *(Path(os.fsdecode(path)) for path in registered)]
    job = _scan(admin)
    return _Library(job.pk if job else None, list(dict.fromkeys(roots)))


def _admin(say: Say) -> User:
    admin, password = accounts.first_admin()
    if password:
        say(
            f"The administrator is {admin.username} with the password {password}\n"
            "It is shown this once: note it down, or set another one with "
            f"`librephotos changepassword {admin.username}`."
        )
    return admin


def _scan(admin: User) -> Job | None:
    """Start the scan of what is registered; the workers take it up."""
    if not (admin.is_active and admin.scan_directories.exists()):
        return None
    from librephotos.api.pipeline.work import jobs

    return jobs.start_scan(user=admin)


def _offer(roots: list[Path]) -> None:
    """Let the children offer all registered folders, those of earlier runs too."""
    settings.SCAN_ROOTS = roots
    os.environ["LIBREPHOTOS_SCAN_ROOTS"] = os.pathsep.join(map(str, roots))
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, LineFormatter):
            handler.formatter.keep_private(roots)


def _programs(listener: socket.socket, *, workers: int) -> list[Program]:
    def work(queues: Sequence[str]) -> None:
        listener.close()
        processes.work(queues=queues)

    # Learning uses all cores or the GPU by itself, so one worker a machine does it.
    return [Program("web server", partial(processes.answer, listener.fileno()))] + [
        Program(f"worker {n}", partial(work, (IO, CPU) if n > 1 else ALL_QUEUES))
        for n in range(1, workers + 1)
    ]


def _tell(address: Address, *, job: int | None, say: Say) -> None:
    """Say where the server is once it answers, then show how far its scan is."""
    lifeline.hold_lifeline()
    while not address.answers():
        time.sleep(0.5)
    say(f"LibrePhotos is at {address.url}")
    found = _found(job) if job else None
    if found is None:
        return
    bars = progress.LibraryProgress(found)
    # Where nobody reads it, or its disk is full, the server goes on without.
    with suppress(OSError):
        try:
            while not bars.refresh():
                time.sleep(progress.INTERVAL_S)
        finally:
            bars.close()


def _found(job: int) -> Job | None:
    """Return a job, None if it is deleted; wait for the database as long as it takes.

    It may be started again just now.
    """
    while True:
        try:
            return Job.objects.filter(pk=job).first()
        except (DatabaseLost, InterfaceError):
            close_old_connections()
            time.sleep(progress.INTERVAL_S)


class _PostgresWatch:
    """Starts PostgreSQL again if something ended it."""

    def __init__(self, postgres: Postgres | None, say: Say) -> None:
        self._postgres = postgres
        self._due = 0.0
        self._complaint = ""
        self._say = say

    def tick(self) -> float | None:
        """Look if it is time to; return the seconds until it is."""
        if self._postgres is None:
            return None
        now = time.monotonic()
        if now >= self._due:
            self._due = now + _POSTGRES_CHECK_S
            if self._postgres.running() and self._postgres.reachable():
                self._complaint = ""
            else:
                self._start_again(self._postgres)
        return self._due - now

    def _start_again(self, postgres: Postgres) -> None:
        """Start PostgreSQL; say once what is in the way, and try again later."""
        if not self._complaint:
            lost = "has lost its socket" if postgres.running() else "is gone"
            self._say(f"PostgreSQL {lost}: starting it again")
        try:
            postgres.start()
        except DatabaseError as error:
            if str(error) != self._complaint:
                self._say(str(error))
            self._complaint = str(error)
