"""Whatever signals come, in whatever order and at whatever moment: nothing stays."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import pytest

from tests.support.server import (
    PATIENCE_S,
    RunningServer,
    environment,
    librephotos,
    postgres_process,
    wait_for,
    write_pictures,
)

pytestmark = pytest.mark.server

INT, TERM, HUP = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
GAP_S = 0.02


def of_data_folder(data: Path) -> list[psutil.Process]:
    """Return the processes that work on a data folder, PostgreSQL's included."""
    return [process for process in psutil.process_iter() if _works_on(process, data)]


def _works_on(process: psutil.Process, data: Path) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if Path(process.cwd()).is_relative_to(data):
            return True
        return process.environ().get("LIBREPHOTOS_DATA") == str(data)
    except (psutil.Error, OSError):
        return False


def storm(process: subprocess.Popen[bytes], numbers: Sequence[signal.Signals]) -> None:
    """Send signals again and again until the process has ended."""
    deadline = time.monotonic() + PATIENCE_S
    count = 0
    while process.poll() is None and time.monotonic() < deadline:
        process.send_signal(numbers[count % len(numbers)])
        count += 1
        time.sleep(GAP_S)
    process.wait(PATIENCE_S)


def nothing_left(data: Path) -> bool:
    """Wait for the end of what was told to end but is not waited for."""
    return bool(wait_for(lambda: not of_data_folder(data), "the end of all processes"))


@pytest.mark.parametrize(
    "numbers", [(TERM,), (INT, TERM), (TERM, HUP, INT), (HUP,)], ids=str
)
@pytest.mark.usefixtures("with_tables")
def test_a_storm_of_signals_leaves_no_process(
    data: Path, tmp_path: Path, numbers: Sequence[signal.Signals]
) -> None:
    with RunningServer(data, write_pictures(tmp_path / "pictures", 40)) as server:
        wait_for(lambda: server.children("worker"), "a worker")
        storm(server.process, numbers)
        assert nothing_left(data)
        assert "Traceback" not in server.output, server.output


@pytest.mark.parametrize(
    "moment",
    [
        lambda server: server.data.exists(),
        lambda server: (server.data / "postgres.new").exists(),
        lambda server: (server.data / "postgres" / "PG_VERSION").exists(),
        lambda server: postgres_process(server.data),
        lambda server: "PostgreSQL is running" in server.output,
    ],
    ids=["data folder", "initdb", "cluster", "PostgreSQL starts", "migrations"],
)
@pytest.mark.parametrize("numbers", [(TERM,), (INT, HUP)], ids=str)
def test_signals_while_it_starts_leave_no_process(
    data: Path,
    moment: Callable[[RunningServer], object],
    numbers: Sequence[signal.Signals],
) -> None:
    server = RunningServer(data)
    wait_for(lambda: moment(server), "the moment")
    storm(server.process, numbers)
    assert nothing_left(data)
    # Python's own end gives the signals back to the system.
    assert server.process.returncode in (130, 128 + TERM, *(-n for n in numbers))
    assert "Traceback" not in server.output, server.output
    with RunningServer(data) as again:
        assert again.answers()


@pytest.mark.parametrize("number, code", [(INT, 130), (TERM, 128 + TERM)])
@pytest.mark.usefixtures("with_tables")
def test_an_error_that_follows_from_a_signal_is_none(
    data: Path, number: signal.Signals, code: int
) -> None:
    interrupted = (
        "import os\n"
        "try:\n"
        f"    os.kill(os.getpid(), {int(number)})\n"
        "finally:\n"
        "    raise RuntimeError('cannot be cleaned up now')\n"
    )
    ended = librephotos("shell", "--no-imports", "--command", interrupted, data=data)
    assert ended.returncode == code
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("number, code", [(INT, 130), (TERM, 128 + TERM)])
@pytest.mark.usefixtures("with_tables")
def test_a_signal_while_python_drops_errors_ends_it_too(
    data: Path, number: signal.Signals, code: int
) -> None:
    """Every import has moments like this one."""
    interrupted = (
        "import os, time, weakref\n"
        f"end = lambda _: os.kill(os.getpid(), {int(number)})\n"
        "kept = weakref.ref(type('Object', (), {})(), end)\n"
        "time.sleep(60)\n"
    )
    ended = librephotos("shell", "--no-imports", "--command", interrupted, data=data)
    assert ended.returncode in (code, -number)
    assert "Exception ignored" not in ended.stderr


@pytest.mark.parametrize("numbers", [(TERM,), (INT, TERM), (HUP,)], ids=str)
@pytest.mark.usefixtures("with_tables")
def test_a_worker_of_its_own_leaves_no_process(
    data: Path, numbers: Sequence[signal.Signals]
) -> None:
    """It has started PostgreSQL, and ends it with itself."""
    worker = subprocess.Popen(
        [sys.executable, "-P", "-m", "librephotos", "worker"],
        env=environment(data),
        process_group=0,
    )
    wait_for(lambda: postgres_process(data), "its PostgreSQL")
    storm(worker, numbers)
    assert nothing_left(data)


@pytest.mark.usefixtures("with_tables")
def test_a_hangup_that_nohup_ignores_ends_nothing(data: Path) -> None:
    previous = signal.signal(HUP, signal.SIG_IGN)
    try:
        server = RunningServer(data)
    finally:
        signal.signal(HUP, previous)
    with server:
        server.process.send_signal(HUP)
        assert server.answers()
        assert server.interrupt() == 0
