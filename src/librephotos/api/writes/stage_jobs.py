"""Which job takes photos through stages, and how that adds up to its progress.

Counts change in the statement that changes the rows they count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

_COUNT = """INSERT INTO api_jobstage AS job_stage
    (job_id, stage, position, total, done, failed, skipped)
SELECT %(job)s, stage, array_position(%(stages)s::text[], stage), count(*), 0, 0, 0
FROM added GROUP BY stage ORDER BY stage
ON CONFLICT (job_id, stage) DO UPDATE SET total = job_stage.total + excluded.total
"""

# A new version of the row, by which a worker that is at it records nothing.
_TOUCH = """
WITH held AS (
    SELECT photo_stage.id FROM api_photostage AS photo_stage
    JOIN api_job AS job ON job.id = photo_stage.job_id AND job.finished_at IS NULL
    WHERE photo_id = ANY(%(photos)s) AND stage = ANY(%(stages)s) AND state = 'pending'
    ORDER BY photo_id, stage FOR UPDATE OF photo_stage
)
UPDATE api_photostage AS photo_stage SET error = ''
FROM held WHERE photo_stage.id = held.id
"""

_ADD_PENDING = """
WITH added AS (
    INSERT INTO api_photostage AS photo_stage
        (photo_id, stage, version, state, error, job_id)
    SELECT photo.id AS photo_id, stage, 0, 'pending', '', %(job)s
    FROM api_photo AS photo, unnest(%(stages)s::text[]) AS stage
    WHERE photo.id = ANY(%(photos)s) AND NOT photo.removed
    ORDER BY photo_id, stage
    ON CONFLICT (photo_id, stage) DO UPDATE
    SET state = 'pending', error = '', job_id = excluded.job_id
    WHERE photo_stage.state <> 'pending' OR NOT EXISTS (
        SELECT FROM api_job AS job
        WHERE job.id = photo_stage.job_id AND job.finished_at IS NULL
    )
    RETURNING stage
)
"""
_MARK_PENDING = f"{_ADD_PENDING}{_COUNT}"
_MARK_PENDING_UNCOUNTED = f"{_ADD_PENDING}SELECT count(*) FROM added"

# A new version of the row, as above. The job's total is put right when it ends.
_RELEASE = """
WITH held AS (
    SELECT id FROM api_photostage
    WHERE photo_id = ANY(%(photos)s) AND stage = ANY(%(stages)s)
        AND state = 'pending' AND job_id <> coalesce(%(but)s::bigint, 0)
    ORDER BY photo_id, stage FOR UPDATE
)
UPDATE api_photostage AS photo_stage SET job_id = NULL
FROM held WHERE photo_stage.id = held.id
"""

_ADOPT = f"""
WITH added AS (
    UPDATE api_photostage AS photo_stage SET job_id = %(job)s
    WHERE photo_id = ANY(%(photos)s) AND stage = ANY(%(stages)s)
        AND state = 'pending' AND NOT EXISTS (
            SELECT FROM api_job AS job
            WHERE job.id = photo_stage.job_id AND job.finished_at IS NULL
        )
    RETURNING stage
)
{_COUNT}"""

_LEFT_OVER = """
SELECT DISTINCT photo.id
FROM api_photostage AS photo_stage
JOIN api_photo AS photo ON photo.id = photo_stage.photo_id
JOIN api_file AS main ON main.id = photo.main_file_id
    AND main.missing_since IS NULL AND main.state = 'ready'
WHERE photo_stage.state = 'pending' AND photo_stage.stage = ANY(%(stages)s)
    AND photo.owner_id = %(owner)s AND NOT photo.removed AND NOT EXISTS (
        SELECT FROM api_job AS job
        WHERE job.id = photo_stage.job_id AND job.finished_at IS NULL
    )
ORDER BY photo.id DESC
"""


def mark_pending(
    photo_ids: Iterable[UUID], *, stages: Sequence[str], job: int | None
) -> None:
    """Have photos pass these stages (again) under a job, and add them to its totals.

    Or under none: whoever calls sees to it that they do.

    What is already pending under an unfinished job stays with that one; a worker that
    is at it with what was there before records nothing.
    """
    ids = list(photo_ids)
    if not ids:
        return
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"photos": ids, "stages": list(stages), "job": job}
        cursor.execute(_TOUCH, values)
        cursor.execute(_MARK_PENDING if job else _MARK_PENDING_UNCOUNTED, values)


def release(
    photo_ids: Iterable[UUID], *, stages: Sequence[str], but: int | None = None
) -> None:
    """Take photos that are pending in the stages from their jobs, `but` this one.

    For when their files have left the tasks of those jobs: a job whose tasks are done
    while something of its own is pending counts as failed. A worker that is at one of
    the photos with what was there before records nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _RELEASE,
            {"photos": list(photo_ids), "stages": list(stages), "but": but},
        )


def adopt(photo_ids: Sequence[UUID], *, stages: Sequence[str], job: int) -> None:
    """Put these photos, where pending in the stages, under a job; done stays done."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ADOPT, {"photos": list(photo_ids), "stages": list(stages), "job": job}
        )


def left_over(owner: int, *, stages: Sequence[str]) -> list[UUID]:
    """Return an owner's photos that are pending in stages and in no unfinished job.

    An interrupted job or a new version of a stage has left them; newest first. Those
    whose file is about to be read again pass the stages when it has been.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LEFT_OVER, {"owner": owner, "stages": list(stages)})
        return [row[0] for row in cursor.fetchall()]
