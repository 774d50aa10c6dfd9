"""A file that ends each worker that comes to it is found, and named under Problems."""

from __future__ import annotations

import signal
import urllib.error
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from librephotos.api.pipeline.work.runner import ENDS_WORKERS
from tests.support.scanning import write_jpeg
from tests.support.server import RunningServer, wait_for

pytestmark = [pytest.mark.server, pytest.mark.usefixtures("with_tables")]

HELD = 4711
"""The advisory lock for which a worker waits that has come to the deadly file."""

STORING = "BEFORE UPDATE ON api_file FOR EACH ROW WHEN (NEW.photo_id IS NOT NULL)"
READING = (
    "BEFORE UPDATE ON api_photostage FOR EACH ROW"
    " WHEN (NEW.stage = 'metadata' AND NEW.state = 'done')"
)
WAIT = f"""
CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (
        SELECT FROM api_file WHERE path LIKE '%deadly%'
        AND (path = to_jsonb(NEW) ->> 'path' OR photo_id = NEW.photo_id)
    ) THEN
        PERFORM pg_advisory_xact_lock({HELD});
    END IF;
    RETURN NEW;
END $$
"""


LONG = """
CREATE TABLE busy ();
INSERT INTO busy DEFAULT VALUES;
CREATE FUNCTION take_long() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    WHILE EXISTS (SELECT FROM busy) LOOP PERFORM pg_sleep(0.1); END LOOP;
    RETURN NEW;
END $$
"""


@pytest.fixture
def database(server: RunningServer) -> Iterator[psycopg.Connection[Any]]:
    """The server's database, with the lock held."""
    place = {"host": str(server.data / "postgres"), "user": "postgres"}
    with psycopg.connect(**place, dbname="librephotos", autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [HELD])
        yield connection


@pytest.fixture
def server(data: Path, tmp_path: Path) -> Iterator[RunningServer]:
    """A server over a folder that is still empty."""
    (tmp_path / "pictures").mkdir()
    with RunningServer(data, tmp_path / "pictures", faces=False) as running:
        token = running.sign_in()
        wait_for(lambda: all_finished(running, token), "the first scan")
        yield running


def all_finished(server: RunningServer, token: str) -> bool:
    """Whether there are jobs, and all have come to their end."""
    jobs = server.get("/api/jobs/", token)["results"]
    return bool(jobs) and all(job["finished"] for job in jobs)


def kill_those_who_wait(server: RunningServer, database: Any) -> int:
    """Kill -9 the worker if it has come to the deadly file; return how often."""
    waiting = database.execute(
        "SELECT pid FROM pg_locks"
        " WHERE locktype = 'advisory' AND objid = %s AND NOT granted",
        [HELD],
    ).fetchall()
    if not waiting:
        return 0
    for worker in server.children("worker"):
        with suppress(psutil.NoSuchProcess):
            worker.send_signal(signal.SIGKILL)
    for row in waiting:
        database.execute("SELECT pg_terminate_backend(%s)", row)
    return 1


@pytest.mark.parametrize(
    ("moment", "others"), [(STORING, 1), (READING, 0)], ids=["stored", "read"]
)
def test_a_file_that_ends_workers_fails_alone(
    server: RunningServer, database: Any, tmp_path: Path, moment: str, others: int
) -> None:
    for number in range(others):
        write_jpeg(tmp_path / "pictures" / f"{number}.jpg", seed=number)
    write_jpeg(tmp_path / "pictures" / "deadly.jpg", seed=99)
    database.execute(WAIT)
    database.execute(f"CREATE TRIGGER deadly {moment} EXECUTE FUNCTION wait()")
    token = server.sign_in()
    server.post("/api/scanphotos/", {}, token)
    deaths = 0

    def ended() -> bool:
        nonlocal deaths
        deaths += kill_those_who_wait(server, database)
        with suppress(urllib.error.URLError):
            return all_finished(server, token)
        return False

    wait_for(ended, "the end of the scan")
    assert 2 <= deaths <= 12  # more where others were under way too
    jobs = server.get("/api/jobs/", token)["results"]
    assert not any(job["failed"] for job in jobs)
    (problem,) = server.get("/api/files/failed/", token)["results"]
    assert Path(problem["path"]).name == "deadly.jpg"
    assert problem["message"] == ENDS_WORKERS


def ask(server: RunningServer, statement: str) -> list[tuple[Any, ...]]:
    """Return what the server's database answers, [] if nothing."""
    place = {"host": str(server.data / "postgres"), "user": "postgres"}
    with psycopg.connect(**place, dbname="librephotos", autocommit=True) as database:
        answer = database.execute(statement)
        return answer.fetchall() if answer.description else []


def test_a_file_that_takes_long_survives_restarts(data: Path, tmp_path: Path) -> None:
    """However often the server is ended in an orderly way while it is read."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    with RunningServer(data, folder, faces=False) as server:
        token = server.sign_in()
        wait_for(lambda: all_finished(server, token), "the first scan")
        ask(server, LONG)
        ask(server, f"CREATE TRIGGER long {READING} EXECUTE FUNCTION take_long()")
    write_jpeg(folder / "long.jpg", seed=1)
    sleeping = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    for _ in range(3):
        with RunningServer(data, folder, faces=False) as server:
            wait_for(lambda: ask(server, sleeping), "the file is being read")
    with RunningServer(data, folder, faces=False) as server:
        wait_for(lambda: ask(server, sleeping), "the file is being read")
        ask(server, "DELETE FROM busy")
        token = server.sign_in()
        wait_for(lambda: all_finished(server, token), "the end of the scan")
        jobs = server.get("/api/jobs/", token)["results"]
        assert not any(job["failed"] for job in jobs)
        assert not server.get("/api/files/failed/", token)["results"]
        assert server.get("/api/photos/", token)["count"] == 1
