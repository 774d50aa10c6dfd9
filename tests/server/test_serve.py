"""`librephotos serve` from the first start to the last."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.error
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.support.scanning import write_jpeg
from tests.support.server import (
    PATIENCE_S,
    RunningServer,
    librephotos,
    postgres_process,
    wait_for,
    write_pictures,
)

pytestmark = [pytest.mark.server, pytest.mark.usefixtures("with_tables")]

SLOW = 72


@pytest.fixture
def server(data: Path, tmp_path: Path) -> Iterator[RunningServer]:
    with RunningServer(data, write_pictures(tmp_path / "pictures")) as running:
        yield running


def photos(server: RunningServer) -> int:
    """How many photos the timeline has."""
    days = server.get("/api/albums/date/list/", server.sign_in())["results"]
    return sum(day["numberOfItems"] for day in days)


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return those that run; a corpse that nobody has reaped yet does not."""
    return [
        process
        for process in processes
        if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    ]


def test_scans_the_folder_and_stops_cleanly(server: RunningServer, data: Path) -> None:
    wait_for(lambda: photos(server) == 3, "three photos in the timeline")
    wait_for(lambda: "finished" in server.output, "the end of the scan is shown")
    below = server.processes()
    assert server.interrupt() == 0
    assert not alive(below)
    assert postgres_process(data) is None
    assert "database system is shut down" in (data / "postgres/log").read_text()


def test_second_start_continues(data: Path, tmp_path: Path) -> None:
    pictures = write_pictures(tmp_path / "pictures")
    with RunningServer(data, pictures) as first:
        wait_for(lambda: photos(first) == 3, "three photos in the timeline")
    write_pictures(pictures, 5)
    with RunningServer(data) as second:
        wait_for(lambda: photos(second) == 5, "the new photos too")


def test_second_server_on_the_same_data_is_refused(
    server: RunningServer, data: Path
) -> None:
    refused = librephotos("serve", "--port", "0", data=data)
    assert refused.returncode == 2
    assert "already running" in refused.stderr
    assert server.answers()


@pytest.mark.parametrize("command", ["worker", "web"])
def test_killed_child_is_started_again(server: RunningServer, command: str) -> None:
    (killed,) = server.children(command)
    killed.kill()
    wait_for(
        lambda: [c for c in server.children(command) if c.pid != killed.pid],
        f"a new {command}",
    )
    wait_for(server.answers, "an answer")
    assert "was ended by SIGKILL" in server.output


def test_output_that_nobody_takes_ends_nothing(data: Path, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    pictures = write_pictures(tmp_path / "pictures")
    with RunningServer(data, pictures, faces=False, output=writer) as server:
        os.close(writer)
        wait_for(server.answers, "an answer")
        wait_for(lambda: photos(server) == 3, "three photos in the timeline")
        assert server.process.poll() is None


SUPERVISOR = """
import os, sys, time
from librephotos.server.supervisor import Program, Supervisor
from librephotos.stopping import stop_requests

def begin():
    print(os.getpid(), flush=True)
    time.sleep(600)

stop_requests.install()
ending = Program("ending", lambda: sys.exit(7))
once = Program("once", lambda: print("once", flush=True), once=True)
Supervisor([ending, Program("other", begin), once]).run(lambda: None)
"""


def test_a_program_that_ends_is_started_again_beside_the_others() -> None:
    with subprocess.Popen(
        [sys.executable, "-P", "-c", SUPERVISOR],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as supervisor:
        assert supervisor.stdout and supervisor.stderr
        for _ in range(2):
            assert "ended with exit code 7" in supervisor.stderr.readline()
        number, once = sorted(supervisor.stdout.readline() for _ in range(2))
        assert supervisor.poll() is None and psutil.pid_exists(int(number))
        supervisor.terminate()
        supervisor.communicate()  # or its last words meet a closed pipe
    assert supervisor.returncode == 0
    assert once == "once\n" and not psutil.pid_exists(int(number))


def test_killed_postgres_is_started_again(server: RunningServer, data: Path) -> None:
    killed = postgres_process(data)
    assert killed is not None
    killed.kill()

    def revived() -> bool:
        found = postgres_process(data)
        return found is not None and found != killed and found.is_running()

    wait_for(revived, "a new PostgreSQL")
    wait_for(lambda: answers_from_database(server), "an answer with rows")


def test_postgres_without_its_socket_is_started_again(
    server: RunningServer, data: Path
) -> None:
    socket = data / "postgres" / ".s.PGSQL.5432"
    wait_for(socket.exists, "the socket")
    socket.unlink()
    wait_for(socket.exists, "a new socket")
    assert "PostgreSQL has lost its socket: starting it again" in server.output
    wait_for(lambda: answers_from_database(server), "an answer with rows")


def answers_from_database(server: RunningServer) -> bool:
    """Whether the readiness check, which asks the database, is well."""
    try:
        return bool(server.get("/api/healthz/postgresql"))
    except urllib.error.URLError:
        return False


def test_names_of_files_do_not_steer_the_terminal(data: Path, tmp_path: Path) -> None:
    pictures = write_pictures(tmp_path / "pictures", 1)
    name = "\x1b]0;owned\x07\u202egpj\nScan Photos: forged.jpg"
    (pictures / name).write_bytes(b"\xff\xd8\xff\xe0 no picture")
    with RunningServer(data, pictures) as server:
        wait_for(lambda: "finished" in server.output, "the end of the scan is shown")
        text = server.output
    assert r"\x1b]0;owned\x07\u202egpj\nScan Photos: forged.jpg" in text
    assert not {"\x1b", "\x07", "\u202e"}.intersection(text)
    assert "\nScan Photos: forged" not in text


def slow_pictures(folder: Path) -> Path:
    """Make pictures that are not read within a moment."""
    for number in range(SLOW):
        write_jpeg(folder / "slow" / f"{number}.jpg", seed=number, size=(1600, 1200))
    return folder / "slow"


def test_deleting_the_job_that_is_followed_ends_nothing(
    data: Path, tmp_path: Path
) -> None:
    with RunningServer(data, slow_pictures(tmp_path), faces=False) as server:
        token = server.sign_in()
        (job,) = server.get("/api/jobs/", token)["results"]
        server.delete(f"/api/jobs/{job['id']}/", token)
        wait_for(lambda: tells_of_removal(server.output), "its end is shown")
        scanned = librephotos("scan", data=data)
        assert scanned.returncode == 0, scanned.stderr
        assert photos(server) == SLOW
        assert server.process.poll() is None
        assert "Traceback" not in server.output


def test_a_scan_whose_job_is_deleted_says_so(data: Path, tmp_path: Path) -> None:
    pictures = slow_pictures(tmp_path)
    with RunningServer(data) as server, ThreadPoolExecutor(1) as beside:
        token = server.sign_in()
        wait_for(lambda: queue_is_worked_on(server), "a worker")
        scan = beside.submit(librephotos, "scan", str(pictures), data=data)
        jobs = wait_for(lambda: server.get("/api/jobs/", token)["results"], "a job")
        server.delete(f"/api/jobs/{jobs[0]['job_id']}/", token)
        ended = scan.result(60)
        assert ended.returncode == 1 and "Traceback" not in ended.stderr
        assert tells_of_removal(ended.stdout)


def tells_of_removal(output: str) -> bool:
    """Whether a followed job ended so; it is cancelled a moment before."""
    return any(f"Scan Photos: {how}" in output for how in ("removed", "cancelled"))


def queue_is_worked_on(server: RunningServer) -> bool:
    """Whether a worker is at work."""
    try:
        return bool(server.get("/api/healthz/queue"))
    except urllib.error.URLError:
        return False


def test_kill_of_the_supervisor_leaves_no_orphan(
    server: RunningServer, data: Path
) -> None:
    below = server.processes()
    server.process.kill()
    server.process.wait()
    wait_for(lambda: not alive(below), "the end of all children")
    with RunningServer(data) as again:
        assert again.answers()
    assert postgres_process(data) is None


def test_terminal_closed_is_a_clean_end(server: RunningServer, data: Path) -> None:
    server.process.send_signal(signal.SIGHUP)
    assert server.process.wait(PATIENCE_S) == 0
    assert postgres_process(data) is None


def test_generated_password_is_shown_once(data: Path, tmp_path: Path) -> None:
    with RunningServer(data, password="") as first:
        found = re.search(r"password (\S+)", first.output)
        assert found
        assert first.sign_in(password=found[1])
    with RunningServer(data, password="") as second:
        assert found[1] not in second.output
        assert second.sign_in(password=found[1])
