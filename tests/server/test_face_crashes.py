"""Whatever dies while faces are looked for and grouped, each is there once."""

from __future__ import annotations

import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.error import URLError

import psutil
import pytest

from tests.support.server import RunningServer, wait_for

pytestmark = pytest.mark.server

OF_EACH = 6
PEOPLE = ("John_Salley", "John_Savage", "John_Schneider")
JOBS = {"Scan Photos", "Scan Faces", "Find Similar Faces", "Train Faces"}


def jobs_of(server: RunningServer) -> list[dict[str, Any]]:
    """Return the jobs, none while the server is not there."""
    try:
        found = server.get("/api/jobs/", server.sign_in())["results"]
    except (URLError, ConnectionError, TimeoutError):
        return []
    return list(found)


def is_looking_for_faces(server: RunningServer) -> bool:
    """Whether some photos have been looked at, and not all."""
    return any(
        job["job_type_str"] == "Scan Faces" and job["progress_current"]
        for job in jobs_of(server)
    )


def is_over(server: RunningServer) -> bool:
    """Whether everything that follows a scan has come to its end."""
    done = {job["job_type_str"] for job in jobs_of(server) if job["finished"]}
    return done >= JOBS and all(job["finished"] for job in jobs_of(server))


def strike(server: RunningServer, chance: random.Random) -> None:
    """Kill -9 a worker or one of its children, at a random moment."""
    time.sleep(chance.uniform(0.05, 0.6))  # the moment is what the test is about
    workers = server.children("worker")
    children = [kid for worker in workers for kid in worker.children(recursive=True)]
    try:
        chance.choice(workers + children).send_signal(signal.SIGKILL)
    except (IndexError, psutil.NoSuchProcess):
        pass  # it was about to be started again


def grouped(server: RunningServer) -> Counter[str]:
    """Return how many faces of each photo are in the three groups that there are."""
    token = server.sign_in()
    rows = server.get("/api/faces/incomplete/?inferred=true", token)
    groups = [row["id"] for row in rows if row["kind"] == "CLUSTER"]
    assert len(groups) == len(PEOPLE)
    found: Counter[str] = Counter()
    for group in groups:
        address = f"/api/faces/?person={group}&inferred=true"
        found.update(face["photo"] for face in server.get(address, token)["results"])
    return found


def test_killed_processes_lose_and_double_no_face(corpus: Path) -> None:
    chance = random.Random(3)
    with tempfile.TemporaryDirectory(prefix="librephotos-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL becomes another user if we are root
        pictures = Path(folder) / "pictures"
        pictures.mkdir()
        for person in PEOPLE:
            for path in sorted(corpus.glob(f"faces/{person}/*.jpg"))[:OF_EACH]:
                shutil.copy(path, pictures)
        with RunningServer(Path(folder) / "data", pictures, workers=2) as server:
            wait_for(lambda: is_looking_for_faces(server), "the first faces")
            for _ in range(3):
                strike(server, chance)
            wait_for(lambda: is_over(server), "the end of all jobs")
            failed = server.get("/api/files/failed/", server.sign_in())["results"]
            assert not failed, server.output
            pictured = len(list(pictures.rglob("*.jpg")))
            before = grouped(server)
            assert len(before) == pictured and set(before.values()) == {1}
            assert not any(job["failed"] for job in jobs_of(server))

            # What was there twice would be found once now.
            token = server.sign_in()
            faces = server.get("/api/stats/", token)["num_faces"]
            server.post("/api/scanfaces", {}, token)
            wait_for(lambda: is_over(server), "another look at faces")
            assert server.get("/api/stats/", server.sign_in())["num_faces"] == faces
            assert grouped(server) == before
