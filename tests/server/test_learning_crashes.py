"""A worker that is killed while it downloads and learns loses and repeats nothing."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from tests.support.models.model_folders import CLIP
from tests.support.models.model_hub import ModelHub
from tests.support.models.tiny_clip import tiny_clip_folder  # noqa: F401
from tests.support.scanning import write_jpeg
from tests.support.server import RunningServer, wait_for

pytestmark = [pytest.mark.server, pytest.mark.usefixtures("with_tables")]

PICTURES = 200
WEIGHTS = "model.safetensors"


@pytest.fixture
def hub(
    monkeypatch: pytest.MonkeyPatch, tiny_clip_folder: Path  # noqa: F811
) -> Iterator[ModelHub]:
    """A hub that gets stuck in the middle of the weights, once."""
    with ModelHub() as server:
        server.add("openai/clip-vit-base-patch32", tiny_clip_folder)
        server.misbehave(WEIGHTS, cut_after=70_000, stall=True)
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


@pytest.fixture
def server(hub: ModelHub, data: Path, tmp_path: Path) -> Iterator[RunningServer]:
    """A server over a folder of pictures, with one worker."""
    for number in range(PICTURES):
        write_jpeg(tmp_path / "pictures" / f"{number}.jpg", seed=number)
    with RunningServer(data, tmp_path / "pictures") as running:
        yield running


def kill_worker(server: RunningServer) -> None:
    """Kill -9 the worker, at whatever it is."""
    for worker in server.children("worker"):
        try:
            worker.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            pass


def vectors(server: RunningServer) -> dict[str, int]:
    """Return the rows of vectors, by photo."""
    place = {"host": str(server.data / "postgres"), "user": "postgres"}
    with psycopg.connect(**place, dbname="librephotos") as connection:
        rows = connection.execute("SELECT photo_id, id FROM api_photoembedding")
        found = [(str(photo), number) for photo, number in rows]
    assert len(dict(found)) == len(found)
    return dict(found)


def jobs(server: RunningServer, kind: int) -> list[dict[str, Any]]:
    """Return the jobs of a kind."""
    rows = server.get("/api/jobs/", server.sign_in())["results"]
    return [row for row in rows if row["job_type"] == kind]


def learning(server: RunningServer) -> bool:
    """Whether photos are handed out to be embedded."""
    return any(row["progress_target"] for row in jobs(server, 6))


def settled(server: RunningServer) -> bool:
    """Whether every job has come to its end and every photo has its vector."""
    rows = server.get("/api/jobs/", server.sign_in())["results"]
    done = all(row["finished"] for row in rows)
    return done and len(vectors(server)) == PICTURES


def test_a_killed_worker_loses_and_repeats_nothing(
    server: RunningServer, hub: ModelHub
) -> None:
    token = server.sign_in()
    answer = server.post("/api/sitesettings/", {"semantic_search_model": CLIP}, token)
    assert CLIP in answer["missing_models"]
    server.post(f"/api/models/{CLIP}/download/", {}, token)
    wait_for(hub.stalling.is_set, "the download is under way")
    kill_worker(server)
    hub.released.set()

    wait_for(lambda: learning(server), "photos are handed out")
    (download,) = jobs(server, 10)
    assert download["finished"] and not download["failed"]
    whole = len(next(iter(hub.repositories.values())).files[WEIGHTS])
    assert hub.sent(WEIGHTS) <= whole + 70_000
    early = wait_for(lambda: vectors(server), "the first vectors")
    kill_worker(server)

    wait_for(lambda: settled(server), "everything is embedded")
    assert early.items() <= vectors(server).items()
    rows = jobs(server, 6)
    assert sum(row["progress_current"] for row in rows) == PICTURES
    assert not any(row["failed"] for row in rows)
