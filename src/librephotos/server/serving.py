"""A whole server on one machine: everything that `librephotos serve` does."""

from __future__ import annotations

import http.client
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.conf import settings
from django.db import connections

from librephotos.api.models import Job, ScanDirectory, User
from librephotos.api.pipeline.work.queue import CPU, IO
from librephotos.api.writes.jobs import presume_workers_dead
from librephotos.logs.log_file import write_log_file
from librephotos.server import accounts, database, embedded, progress
from librephotos.server.errors import DatabaseError, DataFolderError
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
        address = Address(host, listener.getsockname()[1])
        with _ready_database(say) as postgres:
            admin = _admin(say)
            accounts.add_scan_directories(admin, roots)
            _export_scan_roots()
            supervisor = Supervisor(_programs(listener.fileno(), workers=workers))
            watch = _Watch(address, postgres=postgres, job=_scan(admin), say=say)
            connections.close_all()
            supervisor.run(watch.tick)
            watch.close()
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
def _ready_database(say: Say) -> Iterator[Postgres | None]:
    """Have a migrated database for as long as the context lasts."""
    if settings.EMBEDDED_POSTGRES:
        with embedded.database_of_data_folder() as postgres:
            database.require_fit_server()
            say(f"PostgreSQL is running in {postgres.cluster}")
            database.migrate()
            # Those of an earlier run did not outlive it.
            presume_workers_dead()
            yield postgres
    else:
        database.require_fit_server()
        database.migrate()
        yield None


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


def _export_scan_roots() -> None:
    """Let the children offer all registered folders, those of earlier runs too."""
    roots = [os.fsencode(root) for root in settings.SCAN_ROOTS]
    registered = ScanDirectory.objects.values_list("path", flat=True)
    paths = dict.fromkeys([*roots, *registered])
    os.environ["LIBREPHOTOS_SCAN_ROOTS"] = os.pathsep.join(map(os.fsdecode, paths))


def _programs(descriptor: int, *, workers: int) -> list[Program]:
    # -P: a folder that holds a file named like a module must not be imported from.
    command = [sys.executable, "-P", "-m", "librephotos"]
    web_server = Program(
        "web server", [*command, "web", "--descriptor", str(descriptor)], (descriptor,)
    )
    # Learning uses all cores or the GPU by itself, so one worker a machine does it.
    others = ["--queues", f"{IO},{CPU}"]
    return [web_server] + [
        Program(
            f"worker {number}", [*command, "worker", *(others if number > 1 else ())]
        )
        for number in range(1, workers + 1)
    ]


class _Watch:
    """What the supervisor does between events: address, bars, PostgreSQL."""

    def __init__(
        self, address: Address, *, postgres: Postgres | None, job: Job | None, say: Say
    ) -> None:
        self._address = address
        self._postgres = postgres
        self._postgres_due = 0.0
        self._complaint = ""
        self._bars = progress.LibraryProgress(job) if job else None
        self._say = say
        self._answered = threading.Event()
        self._announced = False
        threading.Thread(target=self._await_answer, daemon=True).start()

    def tick(self) -> float | None:
        """Do what is due; return the seconds until more is."""
        waits = [self._announce(), self._show_progress(), self._watch_postgres()]
        return min((wait for wait in waits if wait is not None), default=None)

    def close(self) -> None:
        """Leave the terminal as it was."""
        with suppress(OSError):
            if self._bars:
                self._bars.close()

    def _await_answer(self) -> None:
        while not self._address.answers():
            time.sleep(0.5)
        self._answered.set()

    def _announce(self) -> float | None:
        if self._announced:
            return None
        if not self._answered.is_set():
            return 0.1
        self._announced = True
        self._say(f"LibrePhotos is at {self._address.url}")
        return None

    def _show_progress(self) -> float | None:
        # The bars wait for the address, which they would otherwise scroll away.
        if self._bars is None or not self._announced:
            return None
        try:
            over = self._bars.refresh()
        except OSError:
            over = False  # nobody reads it, or its disk is full: the server goes on
        if not over:
            return progress.INTERVAL_S
        self._bars = None
        connections.close_all()
        return None

    def _watch_postgres(self) -> float | None:
        """Start PostgreSQL again if something ended it."""
        if self._postgres is None:
            return None
        now = time.monotonic()
        if now >= self._postgres_due:
            self._postgres_due = now + _POSTGRES_CHECK_S
            if self._postgres.running() and self._postgres.reachable():
                self._complaint = ""
            else:
                self._start_again(self._postgres)
        return self._postgres_due - now

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
