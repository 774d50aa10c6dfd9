"""How photos pass through the stages, and how that adds up to a job's progress.

Counts change in the statement that changes the rows they count: a job that is run
twice, or dies half-way, counts nothing twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from librephotos.api.models import PhotoStage, StageVersion
from librephotos.media.text import clean

_MARK_PENDING = """
WITH marked AS (
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
INSERT INTO api_jobstage AS job_stage
    (job_id, stage, position, total, done, failed, skipped)
SELECT %(job)s, stage, array_position(%(stages)s::text[], stage), count(*), 0, 0, 0
FROM marked GROUP BY stage ORDER BY stage
ON CONFLICT (job_id, stage) DO UPDATE SET total = job_stage.total + excluded.total
"""

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


def mark_pending(photo_ids: Iterable[UUID], *, stages: Sequence[str], job: int) -> None:
    """Have photos pass these stages (again) under a job, and add them to its totals.

    What is already pending under another unfinished job stays with that one.
    """
    ids = list(photo_ids)
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _MARK_PENDING, {"photos": ids, "stages": list(stages), "job": job}
        )


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


_ADOPT = """
WITH adopted AS (
    UPDATE api_photostage AS photo_stage SET job_id = %(job)s
    WHERE photo_id = ANY(%(photos)s) AND stage = ANY(%(stages)s)
        AND state = 'pending' AND NOT EXISTS (
            SELECT FROM api_job AS job
            WHERE job.id = photo_stage.job_id AND job.finished_at IS NULL
        )
    RETURNING stage
)
INSERT INTO api_jobstage AS job_stage
    (job_id, stage, position, total, done, failed, skipped)
SELECT %(job)s, stage, array_position(%(stages)s::text[], stage), count(*), 0, 0, 0
FROM adopted GROUP BY stage ORDER BY stage
ON CONFLICT (job_id, stage) DO UPDATE SET total = job_stage.total + excluded.total
"""

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

_OUTDATE = """
UPDATE api_photostage SET state = 'pending', error = '', job_id = NULL
WHERE stage = %(stage)s AND state <> 'pending'
    AND (version < %(version)s OR %(needs_changed)s)
"""

_INTRODUCE = """
INSERT INTO api_photostage (photo_id, stage, version, state, error)
SELECT id, %(stage)s, 0, 'pending', '' FROM api_photo ORDER BY id
ON CONFLICT (photo_id, stage) DO NOTHING
"""


def left_over(owner: int, *, stages: Sequence[str]) -> list[UUID]:
    """Return an owner's photos that are pending in stages and in no unfinished job.

    An interrupted job or a new version of a stage has left them; newest first. Those
    whose file is about to be read again pass the stages when it has been.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LEFT_OVER, {"owner": owner, "stages": list(stages)})
        return [row[0] for row in cursor.fetchall()]


def postpone(photo_ids: Iterable[UUID], *, stage: str) -> None:
    """Leave photos, which are counted by now, to the next scan for another try."""
    PhotoStage.objects.filter(photo__in=list(photo_ids), stage=stage).update(
        state=PhotoStage.State.PENDING, job=None
    )


_POSTPONE_BEHIND = """
UPDATE api_photostage AS photo_stage SET state = 'pending', job_id = NULL
WHERE photo_id = ANY(%(photos)s) AND stage = %(stage)s AND EXISTS (
    SELECT FROM api_photostage AS needed
    WHERE needed.photo_id = photo_stage.photo_id AND needed.state = 'pending'
        AND needed.stage = ANY(%(needs)s)
)
"""


def postpone_behind(
    photo_ids: Iterable[UUID], *, stage: str, needs: Collection[str]
) -> None:
    """Leave photos to the next scan that have yet to pass a stage that this one needs.

    What was stored of them rests on what was known before.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _POSTPONE_BEHIND,
            {"photos": list(photo_ids), "stage": stage, "needs": list(needs)},
        )


def adopt(photo_ids: Sequence[UUID], *, stages: Sequence[str], job: int) -> None:
    """Put these photos, where pending in the stages, under a job; done stays done."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ADOPT, {"photos": list(photo_ids), "stages": list(stages), "job": job}
        )


def roll_out(
    versions: dict[str, int],
    *,
    needs: Mapping[str, Collection[str]],
    learning: Mapping[str, Collection[str]],
) -> None:
    """Mark all photos pending in stages that are new or of a new version.

    The stages come in their order; those that need one of these follow it, and so do
    those that learn, of which `learning` says what they need.

    Costs one look at a small table unless the software was updated.
    """
    with transaction.atomic():
        known = dict(StageVersion.objects.values_list("stage", "version"))
        changed: set[str] = set()
        for stage, version in versions.items():
            needs_changed = not changed.isdisjoint(needs[stage])
            if known.get(stage) == version and not needs_changed:
                continue
            if known:  # else nothing was rolled out before this
                changed.add(stage)
            with connection.cursor() as cursor:
                cursor.execute(
                    _OUTDATE,
                    {
                        "stage": stage,
                        "version": version,
                        "needs_changed": needs_changed,
                    },
                )
                cursor.execute(_INTRODUCE, {"stage": stage})
            StageVersion.objects.update_or_create(
                stage=stage, defaults={"version": version}
            )
        for stage, needed in learning.items():
            if not changed.isdisjoint(needed):
                changed.add(stage)
        _reopen(None, sorted(changed.intersection(learning)))


def outdate(owner: int, *, stage: str) -> None:
    """Mark all photos of an owner pending in a stage; the next scan takes them up.

    A stage that works with one of several models is meant with each.
    """
    named = Q(stage=stage) | Q(stage__startswith=f"{stage}:")
    PhotoStage.objects.filter(named, photo__owner=owner).exclude(
        state=PhotoStage.State.PENDING
    ).update(state=PhotoStage.State.PENDING, job=None)


# A job that failed or was cancelled has left what is pending under it.
_DUE = """
SELECT photo.id, photo.day
FROM api_photo AS photo
LEFT JOIN api_photostage AS photo_stage
    ON photo_stage.photo_id = photo.id AND photo_stage.stage = %(stage)s
WHERE photo.owner_id = %(owner)s AND NOT photo.removed
    AND photo.aspect_ratio IS NOT NULL AND (
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
    """Whether a visible photo of the owner has yet to pass the stage.

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


_REOPEN = """
WITH outdated AS (
    SELECT id FROM api_photostage
    WHERE (%(all)s OR photo_id = ANY(%(photos)s))
        AND split_part(stage, ':', 1) = ANY(%(stages)s)
        AND (NOT %(failed)s OR state = 'failed')
    ORDER BY photo_id, stage FOR UPDATE
)
UPDATE api_photostage AS photo_stage
SET state = 'pending', error = '', job_id = NULL
FROM outdated WHERE photo_stage.id = outdated.id
"""


def reopen(photo_ids: Iterable[UUID], *, stages: Collection[str]) -> None:
    """Have photos pass stages again, with whatever model: what these read changed.

    A worker that is at it with what was there before records nothing.
    """
    _reopen(list(photo_ids), stages)


def reopen_failed(photo_ids: Iterable[UUID], *, stages: Collection[str]) -> None:
    """Have photos try stages again that they failed in."""
    _reopen(list(photo_ids), stages, failed=True)


def _reopen(
    photos: list[UUID] | None, stages: Collection[str], *, failed: bool = False
) -> None:
    if stages and (photos is None or photos):
        values: dict[str, Any] = {
            "photos": photos or [],
            "all": photos is None,
            "stages": list(stages),
            "failed": failed,
        }
        with connection.cursor() as cursor:
            cursor.execute(_REOPEN, values)


def repeat(photo_ids: Iterable[UUID], *, stage: str) -> None:
    """Have those of the photos that have passed a stage pass it again."""
    PhotoStage.objects.filter(photo__in=list(photo_ids), stage=stage).exclude(
        state=PhotoStage.State.PENDING
    ).update(state=PhotoStage.State.PENDING, job=None)


def forget_notes(photo_ids: Iterable[UUID], *, stage: str) -> None:
    """Take back what was noted of photos that a stage is done with."""
    PhotoStage.objects.with_problems().filter(
        photo__in=list(photo_ids), stage=stage, state=PhotoStage.State.DONE
    ).update(error="")


def repeat_with_others(photo_ids: Iterable[UUID], *, key: str) -> None:
    """Have photos pass a stage again with all models but the one of this key.

    For stages whose results take the place of another model's.
    """
    stage = f"{key.partition(':')[0]}:"
    PhotoStage.objects.filter(
        photo__in=list(photo_ids), stage__startswith=stage
    ).exclude(stage=key).exclude(state=PhotoStage.State.PENDING).update(
        state=PhotoStage.State.PENDING, job=None
    )


def try_again(photo_id: UUID, *, stage: str) -> None:
    """Have a photo pass a stage again that it failed in, was skipped by or put off."""
    State = PhotoStage.State
    ended = Q(state=State.SKIPPED) | PhotoStage.PROBLEM
    put_off = Q(state=State.PENDING) & ~Q(error="")
    rows = PhotoStage.objects.filter(ended | put_off, photo=photo_id, stage=stage)
    rows.update(state=State.PENDING, error="", job=None)
