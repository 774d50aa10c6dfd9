"""How far photos have come in the stages: what is yet to be done, and what came of it.

Counts change in the statement that changes the rows they count: a job that is run
twice, or dies half-way, counts nothing twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from django.db import connection

from librephotos.api.models import PhotoStage
from librephotos.media.text import clean

_PENDING = """
SELECT photo.id, photo_stage.xmin::text::bigint
FROM api_photo AS photo
LEFT JOIN api_photostage AS photo_stage
    ON photo_stage.photo_id = photo.id AND photo_stage.stage = %(stage)s
WHERE photo.id = ANY(%(photos)s) AND NOT photo.removed AND (
    photo_stage.id IS NULL OR photo_stage.state = 'pending'
    OR photo_stage.version < %(version)s
)
ORDER BY photo.id
"""

_RECORD = """
WITH answer AS (
    SELECT * FROM unnest(
        %(photos)s::uuid[], %(states)s::text[], %(errors)s::text[], %(seen)s::bigint[]
    ) AS answer (photo_id, state, error, seen)
), earlier AS (
    SELECT photo_stage.photo_id, photo_stage.state, photo_stage.job_id,
        photo_stage.xmin::text::bigint AS seen
    FROM api_photostage AS photo_stage JOIN answer USING (photo_id)
    WHERE photo_stage.stage = %(stage)s
    ORDER BY photo_stage.photo_id FOR UPDATE OF photo_stage
), outcome AS (
    SELECT answer.photo_id, answer.state, answer.error
    FROM answer LEFT JOIN earlier USING (photo_id)
    WHERE %(whatever_seen)s OR answer.seen IS NOT DISTINCT FROM earlier.seen
), recorded AS (
    INSERT INTO api_photostage (photo_id, stage, version, state, error, job_id)
    SELECT photo_id, %(stage)s, %(version)s, outcome.state, outcome.error,
        earlier.job_id
    FROM outcome LEFT JOIN earlier USING (photo_id)
    ON CONFLICT (photo_id, stage) DO UPDATE
    SET version = excluded.version, state = excluded.state, error = excluded.error
    RETURNING photo_id
), counted AS (
    SELECT outcome.photo_id, outcome.state, outcome.error, earlier.job_id
    FROM outcome JOIN earlier USING (photo_id)
    WHERE earlier.state = 'pending' AND earlier.job_id IS NOT NULL
), failure AS (
    INSERT INTO api_jobfailure (job_id, stage, photo_id, path, message)
    SELECT counted.job_id, %(stage)s, photo.id, coalesce(file.path, ''), counted.error
    FROM counted JOIN api_photo AS photo ON photo.id = counted.photo_id
    LEFT JOIN api_file AS file ON file.id = photo.main_file_id
    WHERE counted.state = 'failed' AND NOT EXISTS (
        SELECT FROM api_jobfailure AS known
        WHERE known.job_id = counted.job_id AND known.photo_id = counted.photo_id
    )
), tally AS (
    SELECT job_id,
        count(*) FILTER (WHERE state = 'done') AS done,
        count(*) FILTER (WHERE state = 'failed') AS failed,
        count(*) FILTER (WHERE state = 'skipped') AS skipped
    FROM counted GROUP BY job_id
), progress AS (
    UPDATE api_jobstage AS job_stage
    SET done = job_stage.done + tally.done, failed = job_stage.failed + tally.failed,
        skipped = job_stage.skipped + tally.skipped
    FROM tally
    WHERE job_stage.job_id = tally.job_id AND job_stage.stage = %(stage)s
)
SELECT photo_id FROM recorded
"""


def pending(
    photo_ids: Sequence[UUID], *, stage: str, version: int
) -> dict[UUID, int | None]:
    """Return those of the photos that have not passed the stage in this version.

    Each comes with a number that changes when the photo is to pass the stage again.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _PENDING, {"photos": list(photo_ids), "stage": stage, "version": version}
        )
        return dict(cursor.fetchall())


def hold(photo_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of the photos that are still there; they stay until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM api_photo WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE",
            [list(photo_ids)],
        )
        return {row[0] for row in cursor.fetchall()}


_CHANGED = """
SELECT seen.photo_id FROM unnest(%(photos)s::uuid[], %(seen)s::bigint[])
    AS seen (photo_id, number)
LEFT JOIN api_photostage AS photo_stage
    ON photo_stage.photo_id = seen.photo_id AND photo_stage.stage = %(stage)s
WHERE photo_stage.xmin::text::bigint IS DISTINCT FROM seen.number
"""


def unchanged(seen: Mapping[UUID, int | None], *, stage: str) -> set[UUID]:
    """Return the photos that `pending` has told of and whose state is still that."""
    with connection.cursor() as cursor:
        cursor.execute(
            _CHANGED,
            {"photos": list(seen), "seen": list(seen.values()), "stage": stage},
        )
        return seen.keys() - {row[0] for row in cursor.fetchall()}


def record(
    outcomes: Sequence[tuple[UUID, PhotoStage.State, str]],
    *,
    stage: str,
    version: int,
    seen: Mapping[UUID, int | None] | None = None,
) -> list[UUID]:
    """Store the state of each photo in a stage with its error, and count it.

    To be called in the transaction that stores the results themselves. With `seen`,
    from `pending`, what has been asked for again since is left to be done. Returns
    the photos whose state was stored.
    """
    if not outcomes:
        return []
    photos, states, errors = zip(*outcomes, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORD,
            {
                "photos": list(photos),
                "states": list(states),
                "errors": list(map(clean, errors)),
                "seen": [seen and seen.get(photo) for photo in photos],
                "whatever_seen": seen is None,
                "stage": stage,
                "version": version,
            },
        )
        return [row[0] for row in cursor.fetchall()]


def forget_notes(photo_ids: Iterable[UUID], *, stage: str) -> None:
    """Take back what was noted of photos that a stage is done with."""
    PhotoStage.objects.with_problems().filter(
        photo__in=list(photo_ids), stage=stage, state=PhotoStage.State.DONE
    ).update(error="")


def unsettled(photo_ids: Iterable[UUID], *, stages: Collection[str]) -> set[UUID]:
    """Return those of the photos that have yet to pass one of these stages."""
    rows = PhotoStage.objects.filter(
        photo__in=list(photo_ids), stage__in=stages, state=PhotoStage.State.PENDING
    )
    return set(rows.values_list("photo", flat=True))


def under_way(photo_ids: Iterable[UUID], *, stages: Collection[str]) -> set[UUID]:
    """Return those of the photos that are about to pass one of these stages.

    Not those that were tried in vain, nor those of which no file is there to try.
    """
    rows = PhotoStage.objects.filter(
        photo__in=list(photo_ids),
        stage__in=stages,
        state=PhotoStage.State.PENDING,
        error="",  # else it was tried, and the file could not be read
        photo__main_file__isnull=False,
        photo__main_file__missing_since=None,
    )
    return set(rows.values_list("photo", flat=True))
