"""Models from a hub to what they learn, by a job."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job as QueuedTask

from librephotos.api.models import Job, JobStage, PhotoEmbedding
from librephotos.api.pipeline.ml_models import download
from librephotos.api.pipeline.work import jobs
from librephotos.api.pipeline.work.queue import Task
from librephotos.api.pipeline.worker import loop
from librephotos.api.pipeline.worker.tasks import RETRY
from librephotos.ml.model_store import Progress
from tests.factories import UserFactory
from tests.support.models.model_folders import CLIP, configure
from tests.support.models.model_hub import ModelHub
from tests.support.models.tiny_clip import tiny_clip_folder  # noqa: F401
from tests.support.scanning import Library, work_until_idle, write_jpeg
from tests.support.workers import disturbed_by, wait_until

REPOSITORY = "openai/clip-vit-base-patch32"


@pytest.fixture
def hub(
    settings: Any, models: Path, tiny_clip_folder: Path  # noqa: F811
) -> Iterator[ModelHub]:
    """A hub that publishes a small CLIP under the name of a well-known one."""
    with ModelHub() as server:
        server.add(REPOSITORY, tiny_clip_folder)
        settings.HF_ENDPOINT = server.url
        yield server


def rows(client: Any) -> dict[str, dict[str, Any]]:
    """Return what the API says of each model."""
    return {row["name"]: row for row in client.get("/api/models/").json()["results"]}


def test_a_download_over_the_api_ends_with_the_photos_embedded(
    photos: Library, hub: ModelHub, client_of: Any
) -> None:
    configure(semantic_search_model=CLIP)
    write_jpeg(photos.root / "a.jpg")
    photos.scan()
    assert hub.requests == []  # nobody has asked for a model
    staff = client_of(UserFactory(staff=True))
    assert rows(staff)[CLIP]["state"] == "missing" and rows(staff)[CLIP]["active"]

    answer = staff.post(f"/api/models/{REPOSITORY}/download/").json()
    again = staff.post(f"/api/models/{CLIP}/download/").json()
    assert answer["status"] is True and again["job_id"] == answer["job_id"]
    assert rows(staff)[CLIP]["job_id"] == answer["job_id"]
    work_until_idle()

    row = rows(staff)[CLIP]
    assert (row["state"], row["job_id"]) == ("installed", None)
    assert row["licence"] == "MIT" and "semantic_search" in row["purposes"]
    job = staff.get(f"/api/jobs/{answer['job_id']}/").json()
    assert (job["job_type"], job["job_type_str"]) == (10, "Download Models")
    assert job["finished"] and not job["failed"]
    kib = -(-row["size"] // 1024)
    assert job["progress_current"] == job["progress_target"] == kib
    assert PhotoEmbedding.objects.filter(owner=photos.owner, model=CLIP).count() == 1

    assert staff.delete(f"/api/models/{CLIP}/").status_code == 204
    assert rows(staff)[CLIP]["state"] == "missing"
    assert PhotoEmbedding.objects.count() == 1


def test_a_download_that_cannot_be_done_says_why(
    photos: Library, hub: ModelHub, client_of: Any
) -> None:
    hub.repositories.clear()
    staff = client_of(UserFactory(staff=True))
    answer = staff.post(f"/api/models/{CLIP}/download/").json()
    work_until_idle()
    job = staff.get(f"/api/jobs/{answer['job_id']}/").json()
    assert job["finished"] and job["failed"]
    assert CLIP in job["error"] or REPOSITORY in job["error"]
    assert staff.post("/api/models/no-such-model/download/").status_code == 404
    assert staff.delete("/api/models/no-such-model/").status_code == 404


def test_what_is_not_wanted_any_more_stops_and_a_later_download_goes_on(
    photos: Library, hub: ModelHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "PROGRESS_EVERY_S", 0)
    hub.misbehave("model.safetensors", cut_after=70_000)
    seen: list[tuple[int, int]] = []

    def cancel_half_way(self: Any, progress: Progress) -> None:
        reported(self, progress)
        stage = JobStage.objects.get()
        seen.append((stage.done, stage.total))
        if progress.file == "model.safetensors" and progress.done > 60_000:
            jobs.cancel(job)

    reported = download._Report.progress
    monkeypatch.setattr(download._Report, "progress", cancel_half_way)
    job = download.start_download(user=photos.owner, model=CLIP)
    work_until_idle()
    job.refresh_from_db()
    assert job.cancelled and job.finished
    assert seen == sorted(seen) and 0 < seen[-1][0] < seen[-1][1]

    monkeypatch.undo()
    before = hub.sent("model.safetensors")
    whole = len(hub.repositories[REPOSITORY].files["model.safetensors"])
    second = download.start_download(user=photos.owner, model=CLIP)
    work_until_idle()
    second.refresh_from_db()
    assert second.finished and not second.failed
    # The last chunk before the stop may have been on its way.
    assert 0 < hub.sent("model.safetensors") - before < whole


def test_a_worker_that_stops_leaves_the_download_to_the_next(
    photos: Library, hub: ModelHub
) -> None:
    job = download.start_download(user=photos.owner, model=CLIP)
    with pytest.raises(JobAborted):
        download.download(job.pk, CLIP, should_abort=lambda: True)
    job.refresh_from_db()
    assert not job.finished
    assert ProcrastinateJob.objects.filter(status="todo").count() == 1
    work_until_idle()
    job.refresh_from_db()
    assert job.finished and not job.failed


def test_a_worker_that_is_told_to_end_costs_a_download_no_try(
    photos: Library, hub: ModelHub
) -> None:
    hub.misbehave("config.json", status=503, retry_after="3600", times=3)
    job = download.start_download(user=photos.owner, model=CLIP)
    with disturbed_by(lambda: wait_until(lambda: asked_for(hub, "config.json"))):
        loop.run(wait=True)
    hub.misbehave("config.json", times=0)
    # The worker may have asked for other work as well.
    left = ProcrastinateJob.objects.get(task_name=Task.DOWNLOAD.in_queue)
    assert (left.status, left.attempts) == ("todo", 1)
    assert tries_after_errors(left) == tries_after_errors()
    work_until_idle()
    job.refresh_from_db()
    assert job.finished and not job.failed


def asked_for(hub: ModelHub, name: str) -> bool:
    """Whether somebody has asked for a file."""
    return any(request.name == name for request in hub.requests)


def tries_after_errors(left: ProcrastinateJob | None = None) -> int:
    """How often a task, by default one that was never begun, is tried yet."""
    begun, notes = (left.attempts, left.args) if left else (0, {})
    task = QueuedTask(
        queue="", lock=None, queueing_lock=None, task_name="", task_kwargs=notes
    )
    return sum(
        RETRY.get_retry_decision(
            exception=OSError(), job=task.evolve(attempts=begun + errors)
        )
        is not None
        for errors in range(20)
    )


def test_a_model_that_is_downloaded_is_not_removed(
    photos: Library, hub: ModelHub, client_of: Any
) -> None:
    staff = client_of(UserFactory(staff=True))
    staff.post(f"/api/models/{CLIP}/download/")
    assert staff.delete(f"/api/models/{CLIP}/").status_code == 400
    work_until_idle()
    assert Job.objects.get(kind=Job.Kind.DOWNLOAD_MODELS).finished
    assert staff.delete(f"/api/models/{CLIP}/").status_code == 204


def test_a_revision_that_is_withdrawn_is_made_up_for_by_the_newest(
    photos: Library, hub: ModelHub, client_of: Any
) -> None:
    configure(semantic_search_model=CLIP)
    hub.withdraw(REPOSITORY)
    staff = client_of(UserFactory(staff=True))
    asked = staff.post(f"/api/models/{CLIP}/download/").json()
    work_until_idle()
    job = staff.get(f"/api/jobs/{asked['job_id']}/").json()
    assert job["failed"] and "no revision 3d74acf9a28c" in job["result"]["message"]
    newest = {"newest": True}
    staff.post(f"/api/models/{CLIP}/download/", newest, format="json")
    work_until_idle()
    assert rows(staff)[CLIP]["state"] == "installed"
