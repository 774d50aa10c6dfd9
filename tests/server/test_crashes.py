"""Whatever dies while a library is scanned, the library comes out the same."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.error import URLError

import psutil
import pytest

from tests.support.scanning import write_jpeg
from tests.support.server import PATIENCE_S, RunningServer, postgres_process, wait_for

pytestmark = [pytest.mark.server, pytest.mark.usefixtures("with_tables")]

PICTURES = 80
FIRST_DAY = datetime(2020, 1, 1, 12)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pictures that take a while to read, with two bad ones."""
    folder = tmp_path_factory.mktemp("crashes") / "pictures"
    for number in range(PICTURES):
        write_jpeg(
            folder / f"{number % 7}" / f"{number}.jpg",
            seed=number,
            size=(1600, 1200),
            taken_at=FIRST_DAY + timedelta(days=number % 40),
        )
    for name in ("bad1.jpg", "bad2.jpg"):
        (folder / name).write_bytes(b"\xff\xd8\xff\xe0 no picture " + name.encode())
    return folder


def expected(pictures: Path) -> dict[str, str]:
    """Return what an undisturbed scan gives: the day of each image hash."""
    days = {}
    for path in pictures.rglob("[0-9]*.jpg"):
        digest = hashlib.md5(path.read_bytes()).hexdigest()
        day = FIRST_DAY + timedelta(days=int(path.stem) % 40)
        days[f"{digest}1"] = f"{day:%Y-%m-%d}"
    return days


def shown(server: RunningServer) -> dict[str, str]:
    """Return what the timeline shows: the day of each image hash, once."""
    token = server.sign_in()
    found: list[tuple[str, str]] = []
    for day in server.get("/api/albums/date/list/", token)["results"]:
        page = server.get(f"/api/albums/date/{day['id']}/", token)["results"]
        found += [(item["image_hash"], page["date"]) for item in page["items"]]
        counts = {page["numberOfItems"], len(page["items"]), day["numberOfItems"]}
        assert len(counts) == 1, (day, page, server.get("/api/jobs/", token))
    assert len(dict(found)) == len(found)
    return dict(found)


def scan_is_over(server: RunningServer) -> bool:
    """Whether all jobs have come to their end."""
    try:
        jobs = server.get("/api/jobs/", server.sign_in())["results"]
    except (URLError, ConnectionError, TimeoutError):
        return False
    return bool(jobs) and all(job["finished"] for job in jobs)


def failures(server: RunningServer) -> int:
    """Return how many files failed, over all jobs."""
    jobs = server.get("/api/jobs/", server.sign_in())["results"]
    return sum(job["result"]["failures"] for job in jobs)


@pytest.fixture
def server(data: Path, pictures: Path) -> Iterator[RunningServer]:
    with RunningServer(data, pictures, workers=2, faces=False) as running:
        yield running


def strike(server: RunningServer, victim: str, chance: random.Random) -> None:
    """Kill -9 one process of a kind, if there is one, at a random moment."""
    time.sleep(chance.uniform(0.05, 0.8))  # the moment is what the test is about
    found = {
        "worker": lambda: server.children("worker"),
        "web": lambda: server.children("web"),
        "decoder": lambda: [
            child
            for worker in server.children("worker")
            for child in worker.children(recursive=True)
        ],
    }[victim]()
    if found:
        try:
            chance.choice(found).send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            pass


def test_killed_processes_lose_and_double_nothing(
    server: RunningServer, pictures: Path
) -> None:
    chance = random.Random(1)
    for victim in ("decoder", "worker", "web", "worker", "decoder"):
        strike(server, victim, chance)
    wait_for(lambda: scan_is_over(server), "the end of the scan")
    token = server.sign_in()
    for job in server.get("/api/jobs/", token)["results"]:
        for stage in job["result"]["stages"]:
            settled = stage["done"] + stage["failed"] + stage["skipped"]
            assert settled == stage["total"]
    # A decoder that is killed takes the file with it that it was at.
    lost = failures(server) - 2
    assert 0 <= lost <= 2
    days = expected(pictures)
    found = shown(server)
    assert found.items() <= days.items()
    assert len(found) == len(days) - lost


def test_killing_everything_and_starting_again_gives_the_same_library(
    data: Path, pictures: Path
) -> None:
    chance = random.Random(3)
    for _ in range(2):
        server = RunningServer(data, pictures, workers=2, faces=False).ready()
        time.sleep(chance.uniform(0.2, 1.5))  # the moment is what the test is about
        doomed = [psutil.Process(server.process.pid), *server.processes()]
        postgres = postgres_process(data)
        if postgres:
            doomed += [postgres, *postgres.children(recursive=True)]
        for process in doomed:
            try:
                process.send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                pass
        server.process.wait(PATIENCE_S)
    with RunningServer(data, pictures, workers=2, faces=False) as server:
        wait_for(lambda: scan_is_over(server), "the end of the scan")
        assert shown(server) == expected(pictures)
        assert failures(server) == 2


def test_postgresql_may_restart_during_a_scan(
    server: RunningServer, pictures: Path, data: Path
) -> None:
    postgres = postgres_process(data)
    assert postgres
    os.kill(postgres.pid, signal.SIGINT)  # PostgreSQL's fast shutdown
    postgres.wait(PATIENCE_S)
    wait_for(lambda: scan_is_over(server), "the end of the scan")
    assert shown(server) == expected(pictures)
    wait_for(lambda: "finished" in server.output, "the terminal shows the end")
