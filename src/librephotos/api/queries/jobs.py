"""Jobs with their progress and their failures, as users look at them."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection
from django.db.models import Count, F, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from librephotos.api.models import Job, JobFailure, JobStage
from librephotos.api.models.job import JobQuerySet
from librephotos.api.numbers import whole_number


def with_progress(jobs: JobQuerySet) -> JobQuerySet:
    """Load with the jobs who started them, their stages and `failure_count`."""
    failures = JobFailure.objects.filter(job=OuterRef("pk")).order_by().values("job")
    counted = failures.annotate(n=Count("*")).values("n")
    return (
        jobs.select_related("started_by")
        .prefetch_related("stages")
        .annotate(
            failure_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0)
        )
    )


def job_list(user: Any, *, mine: bool = False) -> JobQuerySet:
    """Return the jobs that `user` may see, most recently started first."""
    jobs = Job.objects.visible_to(user)
    if mine:
        jobs = jobs.filter(started_by=user)
    return with_progress(jobs).order_by("-queued_at", "-id")


def unfinished_job(user: Any) -> Job | None:
    """Return the job that occupies the queue for `user`: a started one if any."""
    waiting = with_progress(Job.objects.visible_to(user).unfinished())
    return waiting.order_by(F("started_at").asc(nulls_last=True), "id").first()


def find_job(user: Any, name: str) -> Job | None:
    """Return the visible job with this number or UUID, None if there is none."""
    jobs = with_progress(Job.objects.visible_to(user))
    number = whole_number(name)
    if number is not None:
        return jobs.filter(pk=number).first()
    try:
        return jobs.filter(job_id=uuid.UUID(name)).first()
    except ValueError:
        return None


def presume_workers_dead() -> None:
    """Have the tasks of all known workers taken over soon by new ones.

    For when no worker can be alive; one that is after all says so with its next
    heartbeat, and what is then done twice counts once.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers"
            " SET last_heartbeat = now() - interval '1 day'"
        )


_AHEAD = (
    """
UPDATE procrastinate_workers SET last_heartbeat = now()
WHERE last_heartbeat > now() + interval '1 minute'
""",
    """
UPDATE procrastinate_jobs SET scheduled_at = now()
WHERE status = 'todo' AND scheduled_at > now() + interval '10 minutes'
""",
)


def correct_times_ahead() -> None:
    """Take times of the queue that lie ahead to be of a clock that was set back since.

    Without this a dead worker would count as alive, and a task that is to be tried
    again would wait, until the clock is there again. No pause between two tries is as
    long as ten minutes, and a worker that lives gives its next sign in seconds.
    """
    with connection.cursor() as cursor:
        for statement in _AHEAD:
            cursor.execute(statement)


_ABANDONED = """
SELECT job.id FROM api_job AS job
WHERE job.finished_at IS NULL AND NOT EXISTS (
    SELECT FROM procrastinate_jobs AS task
    WHERE task.status IN ('todo', 'doing') AND task.args ->> 'job' = job.id::text
)
"""


_NOTHING_LEFT = """
WITH finished AS (
    UPDATE api_job AS job SET finished_at = now()
    WHERE job.id = %s AND finished_at IS NULL AND enumerated AND NOT EXISTS (
        SELECT FROM api_file AS file
        WHERE file.job_id = job.id AND file.state = 'pending'
    ) AND NOT EXISTS (
        SELECT FROM api_photostage AS stage JOIN api_photo AS photo
            ON photo.id = stage.photo_id AND NOT photo.removed
        WHERE stage.job_id = job.id AND stage.state = 'pending'
    )
    RETURNING id
)
UPDATE api_jobstage AS stage SET total = done + failed + skipped
FROM finished WHERE stage.job_id = finished.id
"""


_RELEASE = (
    """
UPDATE api_file SET job_id = NULL WHERE id IN (
    SELECT id FROM api_file WHERE job_id = %s ORDER BY id FOR UPDATE
)
""",
    """
UPDATE api_photostage SET job_id = NULL WHERE id IN (
    SELECT id FROM api_photostage WHERE job_id = %s ORDER BY photo_id, stage FOR UPDATE
)
""",
)


def release_work(job_id: int) -> None:
    """Take files and photos from a job, in the order in which workers hold them.

    To be called before it is deleted, which holds its counts first: a worker that has
    a photo and waits for its count would wait for us, and we for it.
    """
    with connection.cursor() as cursor:
        for statement in _RELEASE:
            cursor.execute(statement, [job_id])


def hold(job_id: int) -> None:
    """Keep everybody from adding something to a job, until the transaction ends.

    What was added before can be seen from here on; whoever is about to add something
    finds that the job is gone. Without this, a row that is added while the others are
    deleted would have the database refuse that. The counts come first, since whoever
    has changed one may still add rows to the job.
    """
    list(JobStage.objects.filter(job=job_id).order_by("pk").select_for_update())
    list(Job.objects.filter(pk=job_id).select_for_update())


def abandoned() -> list[int]:
    """Return the unfinished jobs that no task is about to go on with."""
    with connection.cursor() as cursor:
        cursor.execute(_ABANDONED)
        return [row[0] for row in cursor.fetchall()]


def finish_if_nothing_is_pending(job_id: int) -> bool:
    """Finish a job that has nothing left to do; say whether it is finished now.

    What was deleted while the job ran is taken off its totals.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NOTHING_LEFT, [job_id])
    return not Job.objects.unfinished().filter(pk=job_id).exists()
