"""Jobs in the contract's shape."""

from __future__ import annotations

from typing import TypedDict

from librephotos.api.http.answer_schema import IsoTime, UuidText
from librephotos.api.http.fields import iso_utc
from librephotos.api.models import Job, JobFailure, JobStage
from librephotos.api.models.fields import readable_path
from librephotos.api.models.operations.photo_stage import stage_name
from librephotos.api.pipeline.work.kinds import Unit, unit_of
from librephotos.api.serializers.library.simple_user import SimpleUser, simple_user


class JobStageRow(TypedDict):
    """How far a stage of a job is."""

    stage: str
    done: int
    failed: int
    skipped: int
    total: int


class JobResult(TypedDict):
    """What a job has done; `unit` is what its stages count."""

    stages: list[JobStageRow]
    failures: int
    message: str
    unit: Unit


class JobRow(TypedDict):
    """A job and its progress."""

    id: int
    job_id: UuidText
    queued_at: IsoTime | None
    started_at: IsoTime | None
    finished_at: IsoTime | None
    finished: bool
    failed: bool
    cancelled: bool
    job_type: int
    job_type_str: str
    started_by: SimpleUser
    progress_current: int
    progress_target: int
    progress_step: str | None
    result: JobResult
    error: str | None


class CancelledJob(TypedDict):
    """A job as it is now that it was ended early."""

    status: bool
    job: JobRow


class JobFailureRow(TypedDict):
    """A file that a job could not process, and why."""

    path: str
    stage: str
    message: str


class WorkerAvailability(TypedDict):
    """The job that is running now, or none."""

    status: bool
    queue_can_accept_job: bool
    job_detail: JobRow | None


def job_row(job: Job) -> JobRow:
    """Return a job from `queries.operations.jobs.with_progress` as clients show it."""
    stages = list(job.stages.all())
    return {
        "id": job.pk,
        "job_id": str(job.job_id),
        "queued_at": iso_utc(job.queued_at),
        "started_at": iso_utc(job.started_at),
        "finished_at": iso_utc(job.finished_at),
        "finished": job.finished,
        "failed": job.failed,
        "cancelled": job.cancelled,
        "job_type": job.kind,
        "job_type_str": job.get_kind_display(),
        "started_by": simple_user(job.started_by),
        "progress_current": sum(map(_worked_off, stages)),
        "progress_target": sum(stage.total for stage in stages),
        "progress_step": _current_step(job, stages),
        "result": {
            "stages": [_stage(stage) for stage in stages],
            "failures": getattr(job, "failure_count", 0),
            "message": job.message,
            "unit": unit_of(Job.Kind(job.kind)),
        },
        "error": job.message if job.failed else None,
    }


def failure_row(failure: JobFailure) -> JobFailureRow:
    """Return a file that a job could not process, and why."""
    return {
        "path": readable_path(failure.path),
        "stage": stage_name(failure.stage),
        "message": failure.message,
    }


def _worked_off(stage: JobStage) -> int:
    return stage.done + stage.failed + stage.skipped


def _current_step(job: Job, stages: list[JobStage]) -> str | None:
    if job.finished:
        return None
    open_stages = (row.stage for row in stages if _worked_off(row) < row.total)
    step = next(open_stages, None)
    return None if step is None else stage_name(step)


def _stage(stage: JobStage) -> JobStageRow:
    return {
        "stage": stage_name(stage.stage),
        "done": stage.done,
        "failed": stage.failed,
        "skipped": stage.skipped,
        "total": stage.total,
    }
