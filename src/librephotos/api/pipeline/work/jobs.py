"""What the machine does for a user: starting, finishing and cancelling jobs."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from librephotos.api.models import Job, JobStage, User
from librephotos.api.pipeline.work import queue
from librephotos.api.pipeline.work.kinds import KINDS
from librephotos.api.writes import jobs as job_queries

log = logging.getLogger(__name__)


def start(kind: Job.Kind, *, user: User, join: bool = True, **arguments: Any) -> Job:
    """Start a job of this kind for a user; `arguments` are those of its first task.

    Returns one that will do as well if there is one, unless `join` is false.
    """
    with transaction.atomic():
        # Whoever has been deactivated since gets as many jobs as who has been deleted.
        User.objects.select_for_update().get(pk=user.pk, is_active=True)
        joined = _that_will_do(kind, user) if join else None
        return joined or create(kind, user=user, lock=f"user-{user.pk}", **arguments)


def create(kind: Job.Kind, *, user: User, lock: str, **arguments: Any) -> Job:
    """Write down a job and its first task, within a transaction; see `start`."""
    job = Job.objects.create(kind=kind, started_by=user)
    queue.enqueue(
        KINDS[kind].task, priority=queue.FIRST, lock=lock, job=job.pk, **arguments
    )
    return job


def ended(kind: Job.Kind, *, user: User, message: str) -> Job:
    """Write down a job that had nothing to do, and why."""
    now = timezone.now()
    return Job.objects.create(
        kind=kind,
        started_by=user,
        started_at=now,
        finished_at=now,
        enumerated=True,
        message=message,
    )


def _that_will_do(kind: Job.Kind, user: User) -> Job | None:
    same = Job.objects.unfinished().filter(
        KINDS[kind].joins.value, started_by=user, kind=kind
    )
    # Locked, so that it does not begin before this transaction is seen.
    return same.select_for_update().first()


def start_scan(*, user: User, full: bool = False) -> Job:
    """Start a scan of the user's directories; `full` reads unchanged files too.

    Returns one that has not walked all directories yet, if there is one and no full
    scan is asked for.
    """
    return start(Job.Kind.SCAN_PHOTOS, user=user, join=not full, full=full)


def begin(job_id: int) -> Job | None:
    """Return the job, marked as started, or None if it is to do nothing any more."""
    Job.objects.filter(pk=job_id, started_at=None).update(started_at=timezone.now())
    return (
        Job.objects.select_related("started_by")
        .filter(pk=job_id, finished_at=None)
        .first()
    )


def note(job_id: int, message: str) -> None:
    """Add a line to what the job tells its user, unless it was deleted or has ended.

    One that was cancelled takes it: what its task has done by then stays, and what it
    has found is so. A job that ended otherwise has said everything.
    """
    listens = Q(finished_at=None) | Q(cancelled=True)
    with transaction.atomic():
        for job in Job.objects.select_for_update().filter(listens, pk=job_id):
            _say(job, message)


def _say(job: Job, message: str) -> None:
    if message not in job.message:
        job.message = f"{job.message}\n{message}".strip()
        job.save(update_fields=["message"])


def count_done(job_id: int, *, stage: str, total: int) -> None:
    """Record that the whole work of a job, of one stage, is done."""
    JobStage.objects.update_or_create(
        job_id=job_id, stage=stage, defaults={"total": total, "done": total}
    )
    Job.objects.filter(pk=job_id).update(enumerated=True)


def finish_if_complete(job_id: int) -> None:
    """Finish the job if everything that it has to do is known and settled."""
    incomplete = Q(
        stages__total__gt=F("stages__done") + F("stages__failed") + F("stages__skipped")
    )
    with transaction.atomic():
        finished = (
            Job.objects.filter(pk=job_id, finished_at=None, enumerated=True)
            .exclude(pk__in=Job.objects.filter(incomplete, pk=job_id).values("pk"))
            .update(finished_at=timezone.now())
        )
        if finished:
            _follow_up(job_id)


def _follow_up(job_id: int) -> None:
    """Have a worker start what comes after a job that has finished just now."""
    queue.enqueue(queue.Task.FOLLOW_UP, priority=queue.FIRST, job=None, finished=job_id)


def fail(job_id: int, message: str) -> None:
    """Finish the job as failed, and say why, unless it has ended or was cancelled."""
    with transaction.atomic():
        unfinished = Job.objects.unfinished().filter(pk=job_id)
        for job in unfinished.select_for_update():
            _say(job, message)
            unfinished.update(finished_at=timezone.now(), failed=True)


def again(job_id: int) -> str:
    """Return how that which a job has left is done, in the words of `KINDS`."""
    kinds = Job.objects.filter(pk=job_id).values_list("kind", flat=True)
    rows = {int(kind): row for kind, row in KINDS.items()}
    return next((rows[kind].again for kind in kinds if kind in rows), "try again")


def cancel(job: Job) -> None:
    """End a job early; what it has done stays, the rest is left to the next scan."""
    now = timezone.now()
    Job.objects.filter(pk=job.pk, finished_at=None).update(
        cancelled=True, finished_at=now, started_at=job.started_at or now
    )


def cancel_all(user: User) -> None:
    """End all unfinished jobs of a user early, as `cancel` does."""
    now = timezone.now()
    Job.objects.unfinished().filter(started_by=user).update(
        cancelled=True, finished_at=now, started_at=Coalesce("started_at", now)
    )


def remove(job: Job) -> None:
    """Delete a job; one that runs comes to its end, and a scan takes up the rest."""
    cancel(job)
    try:
        _remove(job.pk)
    except OperationalError as error:
        if not isinstance(error.__cause__, DeadlockDetected):
            raise
        # With a worker that began before the job was cancelled; no other will begin.
        _remove(job.pk)


@transaction.atomic
def _remove(job_id: int) -> None:
    job_queries.release_work(job_id)
    job_queries.hold(job_id)
    Job.objects.filter(pk=job_id).delete()


def settle_abandoned() -> None:
    """Finish unfinished jobs for which no task is waiting or running any more.

    One that cannot be finished now keeps no other from it.
    """
    for job_id in job_queries.abandoned():
        try:
            _settle(job_id)
        except (DatabaseError, InterfaceError) as error:
            log.warning("Job %d is settled later: %s", job_id, error)


def _settle(job_id: int) -> None:
    with transaction.atomic():
        finished = job_queries.finish_if_nothing_is_pending(job_id)
        if finished:
            _follow_up(job_id)
    if not finished:
        fail(job_id, f"Not everything could be done: {again(job_id)}.")
