"""Jobs that end without a worker's doing: abandoned, deleted."""

from __future__ import annotations

from django.db import connection

from librephotos.api.models import Job, JobStage


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
