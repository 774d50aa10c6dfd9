"""A batch of files that two workers have at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from librephotos.api.models import File, Job, Photo, PhotoStage, User
from librephotos.api.pipeline.scanning import ingest
from librephotos.api.pipeline.work.children import sandbox
from librephotos.api.pipeline.work.jobs import start_scan
from librephotos.api.pipeline.work.queue import IO
from librephotos.api.pipeline.work.sandbox import Outcome, Sandbox
from librephotos.api.pipeline.worker import loop
from librephotos.api.writes import stage_states
from tests.support.scanning import Library, work_until_idle, write_jpeg


class SlowSandbox(Sandbox):
    """Hands its outcomes over only when another worker has done the same batch."""

    def __init__(self, job: Job, files: list[int]) -> None:
        super().__init__(timeout_s=60, memory_bytes=2**32)
        self._batch = job.pk, files
        self.overtaken = False

    def map(self, function: Any, items: Sequence[Any]) -> list[Outcome[Any]]:
        outcomes = super().map(function, items)
        if not self.overtaken:
            self.overtaken = True
            job, files = self._batch
            ingest.ingest(job, files=files, sandbox=sandbox())
            learn_of(*Photo.objects.all())
        return outcomes


def learn_of(*photos: Photo) -> None:
    """Have photos pass a stage that learns."""
    ids = [photo.pk for photo in photos]
    outcomes = [(id, PhotoStage.State.DONE, "") for id in ids]
    stage_states.record(outcomes, stage="embeddings", version=1)


def walked(user: User) -> tuple[Job, list[int]]:
    """Walk a user's folder; return the job, and the files that it has found."""
    job = start_scan(user=user)
    loop.run(wait=False, queues=[IO])
    return job, list(File.objects.filter(owner=user).values_list("pk", flat=True))


def test_the_slower_one_does_nothing_again(photos: Library) -> None:
    for number in range(3):
        write_jpeg(photos.root / f"{number}.jpg", seed=number)
    job, files = walked(photos.owner)
    slow = SlowSandbox(job, files)
    ingest.ingest(job.pk, files=files, sandbox=slow)
    slow.stop()
    assert slow.overtaken
    learnt = PhotoStage.objects.filter(stage="embeddings")
    assert list(learnt.values_list("state", flat=True)) == ["done"] * 3
    work_until_idle()
    job.refresh_from_db()
    assert {row.total for row in job.stages.all()} == {3}
    assert {row.done + row.skipped for row in job.stages.all()} == {3}
