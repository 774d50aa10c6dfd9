"""The job that downloads a published model, for whoever asked for it.

Nothing is downloaded unasked. What has come stays when the job is cancelled or its
worker dies, and the next download goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db import transaction
from procrastinate.exceptions import JobAborted

from librephotos.api.models import Job, JobStage, SiteSettings, User
from librephotos.api.pipeline.ml_models.installed import in_sentence_case, model_store
from librephotos.api.pipeline.ml_models.watch import request_catch_up
from librephotos.api.pipeline.work import jobs

if TYPE_CHECKING:
    from librephotos.ml.model_store import Progress

UNIT = 1024
"""Progress is counted in KiB: the bytes of large models exceed the columns."""

PROGRESS_EVERY_S = 1.0


def stage_of(model: str) -> str:
    """Return the name of the stage in which a job downloads this model."""
    return f"download:{model}"


def unfinished_downloads() -> dict[str, Job]:
    """Return the jobs that download models, or wait for their turn, by model."""
    stages = JobStage.objects.filter(
        job__in=Job.objects.unfinished().filter(kind=Job.Kind.DOWNLOAD_MODELS)
    ).select_related("job")
    return {stage.stage.partition(":")[2]: stage.job for stage in stages}


def start_download(*, user: User, model: str, newest: bool = False) -> Job:
    """Start downloading a model, or return the job that does so already.

    With `newest` it is the publisher's newest revision, not the one that is known.
    """
    with transaction.atomic():
        SiteSettings.locked()  # or two at once would both fetch the model
        running = unfinished_downloads().get(model)
        if running is not None:
            return running
        job = jobs.create(
            Job.Kind.DOWNLOAD_MODELS,
            user=user,
            lock="download",  # one after the other
            model=model,
            newest=newest,
        )
        JobStage.objects.create(job=job, stage=stage_of(model))
    return job


def download(
    job_id: int,
    model: str,
    *,
    should_abort: Callable[[], bool],
    newest: bool = False,
) -> None:
    """Download a model under a job, and have what waited for it begin.

    Raises JobAborted once `should_abort` says so.
    """
    from librephotos.ml.model_store.errors import DownloadStopped, ModelStoreError

    if jobs.begin(job_id) is None:
        return
    report = _Report(job_id, model)
    store = model_store()
    try:
        store.download(
            model,
            newest=newest,
            progress=report.progress,
            should_stop=lambda: report.cancelled() or should_abort(),
        )
    except DownloadStopped:
        if not report.cancelled():
            raise JobAborted from None
    except ModelStoreError as error:
        jobs.fail(job_id, f"{in_sentence_case(str(error))}.")
    else:
        report.finish(store.size(model))
        jobs.finish_if_complete(job_id)
        request_catch_up()


class _Report:
    """Writes progress down and reads whether the job goes on, once in a while."""

    def __init__(self, job_id: int, model: str) -> None:
        self._job_id = job_id
        self._stages = JobStage.objects.filter(job=job_id, stage=stage_of(model))
        self._due_at = 0.0
        self._done = self._total = 0
        self._cancelled = False

    def progress(self, progress: Progress) -> None:
        self._done, self._total = progress.done, progress.total or 0
        self.cancelled()

    def cancelled(self) -> bool:
        if time.monotonic() >= self._due_at:
            self._due_at = time.monotonic() + PROGRESS_EVERY_S
            self._write(self._done, max(self._done, self._total))
            self._cancelled = jobs.begin(self._job_id) is None
        return self._cancelled

    def finish(self, size: int) -> None:
        self._write(size, size)
        Job.objects.filter(pk=self._job_id).update(enumerated=True)

    def _write(self, done: int, total: int) -> None:
        # Rounded up, so that the last byte completes the job.
        self._stages.update(done=-(-done // UNIT), total=-(-total // UNIT))
