"""A database of its own, beside the server, that goes away while pictures are read."""

from __future__ import annotations

import urllib.error
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from librephotos.server.postgres import Postgres
from tests.support.scanning import write_jpeg
from tests.support.server import RunningServer, postgres_process, wait_for

pytestmark = pytest.mark.server

PICTURES = 60
ROLE_PASSWORD = "hush-hush"


@pytest.fixture
def postgres(data: Path) -> Iterator[Postgres]:
    """A PostgreSQL that `serve` does not start again, with an empty database."""
    (data / "beside").mkdir(parents=True)
    for folder in (data, data / "beside"):
        folder.chmod(0o711)
    cluster = data / "beside" / "postgres"
    server = Postgres(cluster, cluster)
    server.start()
    place = {"host": str(cluster), "user": "postgres", "dbname": "postgres"}
    with psycopg.connect(**place, autocommit=True) as connection:
        connection.execute("CREATE DATABASE photos")
    yield server
    server.stop()


def kill(postgres: Postgres) -> None:
    """Kill a server, and wait until nothing of it is there that hinders a start."""
    found = postgres_process(postgres.cluster.parent)
    assert found
    doomed = [*found.children(), found]
    for process in doomed:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    wait_for(lambda: not any(map(_runs, doomed)), "the end of PostgreSQL")


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def refusal(server: RunningServer) -> urllib.error.HTTPError | None:
    """Return how a request is refused that needs the database, if it is."""
    try:
        server.get("/api/healthz/postgresql")
    except urllib.error.HTTPError as error:
        return error
    except (OSError, urllib.error.URLError):
        pass
    return None


def bad_news(server: RunningServer) -> list[str]:
    """Return the lines that tell of an outage."""
    return [line for line in server.output.splitlines() if "does not answer" in line]


def stages_done(server: RunningServer, token: str) -> int:
    [job] = server.get("/api/jobs/", token)["results"]
    return sum(stage["done"] for stage in job["result"]["stages"])


def test_an_outage_is_one_line_of_each_process(
    data: Path, tmp_path: Path, postgres: Postgres
) -> None:
    for number in range(PICTURES):
        write_jpeg(tmp_path / f"{number}.jpg", seed=number, size=(1600, 1200))
    url = f"postgresql://postgres:{ROLE_PASSWORD}@/photos?host={postgres.cluster}"
    with RunningServer(
        data / "data", tmp_path, workers=2, faces=False, DATABASE_URL=url
    ) as server:
        token = server.sign_in()
        wait_for(lambda: stages_done(server, token), "the first files are read")
        kill(postgres)
        refused = wait_for(lambda: refusal(server), "a refusal")
        assert refused.code == 503 and int(refused.headers["Retry-After"]) > 0
        assert "application/json" in refused.headers["Content-Type"]
        assert server.answers()
        wait_for(lambda: len(bad_news(server)) >= 2, "web server and a worker meet it")
        postgres.start()
        wait_for(lambda: "Scan Photos: finished" in server.output, "the end")
        wait_for(
            lambda: server.output.count("database answers again") >= 2, "good news"
        )
        days = server.get("/api/albums/date/list/", server.sign_in())["results"]
        assert sum(day["numberOfItems"] for day in days) == PICTURES
        text = server.output
    assert "Traceback" not in text and "never retrieved" not in text
    assert ROLE_PASSWORD not in text
    processes = [line.split("[")[1].split("]")[0] for line in bad_news(server)]
    assert processes and len(processes) == len(set(processes))
