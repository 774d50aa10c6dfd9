"""Photos that have yet to pass a stage that learns."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

# A job that failed or was cancelled has left what is pending under it.
_DUE = """
SELECT photo.id, photo.day
FROM api_photo AS photo
LEFT JOIN api_photostage AS photo_stage
    ON photo_stage.photo_id = photo.id AND photo_stage.stage = %(stage)s
WHERE photo.owner_id = %(owner)s AND NOT photo.removed
    AND photo.preview_format <> '' AND (
        photo_stage.id IS NULL
        OR photo_stage.state <> 'pending' AND photo_stage.version < %(version)s
        OR photo_stage.state = 'pending' AND (%(under_way)s OR NOT EXISTS (
            SELECT FROM api_job AS job
            WHERE job.id = photo_stage.job_id AND job.finished_at IS NULL
        ))
        OR photo_stage.state = 'skipped'
            AND starts_with(photo_stage.error, %(for_now)s)
            AND photo_stage.error <> %(reason)s
    )
"""

NOT_NOW = "Not yet: "
"""Begins the reason of what is skipped until a model is there."""

_MARK_DUE = f"""
WITH due AS (
    {_DUE} AND (%(after)s::uuid IS NULL OR photo.id > %(after)s)
    ORDER BY photo.id LIMIT %(limit)s
), marked AS (
    INSERT INTO api_photostage AS photo_stage
        (photo_id, stage, version, state, error, job_id)
    SELECT id, %(stage)s, 0, 'pending', '', %(job)s FROM due ORDER BY id
    ON CONFLICT (photo_id, stage) DO UPDATE
    SET state = 'pending', error = '', job_id = excluded.job_id
), counted AS (
    INSERT INTO api_jobstage AS job_stage
        (job_id, stage, position, total, done, failed, skipped)
    SELECT %(job)s, %(stage)s, 0, count(*), 0, 0, 0 FROM due HAVING count(*) > 0
    ON CONFLICT (job_id, stage) DO UPDATE SET total = job_stage.total + excluded.total
)
SELECT id, day FROM due ORDER BY id
"""

_SKIP_DUE = f"""
INSERT INTO api_photostage AS photo_stage
    (photo_id, stage, version, state, error)
SELECT id, %(stage)s, %(version)s, 'skipped', %(reason)s
FROM ({_DUE}) AS due ORDER BY id
ON CONFLICT (photo_id, stage) DO UPDATE
SET state = 'skipped', error = excluded.error, version = excluded.version,
    job_id = NULL
"""


class DuePhoto(NamedTuple):
    """A photo that has yet to pass a stage, and its day."""

    photo_id: UUID
    day: int


def _due(
    owner: int,
    stage: str,
    version: int,
    *,
    reason: str = "",
    under_way: bool = False,
) -> dict[str, Any]:
    return {
        "under_way": under_way,
        "owner": owner,
        "stage": stage,
        "version": version,
        "for_now": NOT_NOW,
        "reason": NOT_NOW + reason,
    }


def any_due(owner: int, *, stage: str, version: int, under_way: bool = False) -> bool:
    """Whether a photo of the owner that has previews has yet to pass the stage.

    One that an unfinished job is to take through it counts only with `under_way`.
    """
    due = _due(owner, stage, version, under_way=under_way)
    with connection.cursor() as cursor:
        cursor.execute(f"{_DUE} LIMIT 1", due)
        return cursor.fetchone() is not None


def mark_due(
    owner: int, *, stage: str, version: int, job: int, after: UUID | None, limit: int
) -> list[DuePhoto]:
    """Put photos that have yet to pass the stage under a job; add them to its total.

    Takes those with an id beyond `after` and returns at most `limit` of them, by id.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _MARK_DUE,
            {**_due(owner, stage, version), "job": job, "after": after, "limit": limit},
        )
        return [DuePhoto(*row) for row in cursor.fetchall()]


def skip_due(owner: int, *, stage: str, version: int, reason: str) -> None:
    """Record why photos cannot pass the stage yet; they are due when that changes."""
    with connection.cursor() as cursor:
        cursor.execute(_SKIP_DUE, _due(owner, stage, version, reason=reason))
