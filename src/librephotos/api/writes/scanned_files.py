"""The files of a library as a scan sees them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Q

from librephotos.api.locks import lock_library
from librephotos.api.models import File, Job
from librephotos.api.models.fields import path_to_text, text_to_path
from librephotos.api.models.operations.job import FILES
from librephotos.media.text import clean


class FoundFile(NamedTuple):
    """A file to be read: its path, its keys and its state on disk."""

    path: bytes
    path_key: int
    capture_key: int
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


_QUEUE = """
INSERT INTO api_file AS file (
    owner_id, job_id, path, path_key, capture_key, size, mtime_ns, ctime_ns, inode,
    state, md5, kind, format, mime, content_identifier, embedded_video, error
)
SELECT %(owner)s, %(job)s, found.*, 'pending', '', 'unknown', '', '', '', false, ''
FROM unnest(
    %(paths)s::text[], %(path_keys)s::bigint[], %(capture_keys)s::bigint[],
    %(sizes)s::bigint[], %(mtimes)s::bigint[], %(ctimes)s::bigint[],
    %(inodes)s::bigint[]
) AS found
ON CONFLICT (owner_id, path_key) DO UPDATE
SET size = excluded.size, mtime_ns = excluded.mtime_ns, ctime_ns = excluded.ctime_ns,
    inode = excluded.inode, state = 'pending', stat_key = NULL, error = '',
    missing_since = NULL, job_id = excluded.job_id
WHERE file.state <> 'pending' OR NOT EXISTS (
    SELECT FROM api_job AS job
    WHERE job.id = file.job_id AND job.finished_at IS NULL
)
RETURNING file.id, file.path_key
"""

_COUNT_QUEUED = """
INSERT INTO api_jobstage AS job_stage
    (job_id, stage, position, total, done, failed, skipped)
VALUES (%(job)s, %(stage)s, 0, %(count)s, 0, 0, 0)
ON CONFLICT (job_id, stage) DO UPDATE SET total = job_stage.total + excluded.total
"""

_SETTLE = """
WITH outcome AS (
    SELECT * FROM unnest(%(files)s::bigint[], %(states)s::text[], %(errors)s::text[])
        AS outcome (file_id, state, error)
), settled AS (
    UPDATE api_file AS file SET state = outcome.state, error = outcome.error
    FROM outcome WHERE file.id = outcome.file_id AND file.state = 'pending'
    RETURNING file.job_id, file.photo_id, file.path, file.state, file.error
), failure AS (
    INSERT INTO api_jobfailure (job_id, stage, photo_id, path, message)
    SELECT job_id, %(stage)s, photo_id, path, error
    FROM settled WHERE state = 'failed' AND job_id IS NOT NULL
), tally AS (
    SELECT job_id,
        count(*) FILTER (WHERE state = 'ready') AS done,
        count(*) FILTER (WHERE state = 'failed') AS failed,
        count(*) FILTER (WHERE state = 'skipped') AS skipped
    FROM settled WHERE job_id IS NOT NULL GROUP BY job_id
)
UPDATE api_jobstage AS job_stage
SET done = job_stage.done + tally.done, failed = job_stage.failed + tally.failed,
    skipped = job_stage.skipped + tally.skipped
FROM tally WHERE job_stage.job_id = tally.job_id AND job_stage.stage = %(stage)s
"""

_UNSEEN_KEYS = """
SELECT id, path FROM api_file
WHERE owner_id = %(owner)s AND missing_since IS NULL AND stat_key = ANY(%(keys)s)
"""

_UNSEEN_UNREAD = """
SELECT id, path FROM api_file
WHERE owner_id = %(owner)s AND missing_since IS NULL AND stat_key IS NULL
    AND job_id IS DISTINCT FROM %(job)s
"""

_COPIES = """
SELECT copy.id
FROM unnest(%(hashes)s::text[]) AS wanted (md5)
CROSS JOIN LATERAL (
    SELECT id FROM api_file
    WHERE owner_id = %(owner)s AND md5 = wanted.md5 AND photo_id IS NOT NULL
        AND id <> ALL(%(but)s)
    ORDER BY missing_since IS NULL, id LIMIT %(most)s
) AS copy
"""

MOST_COPIES = 100
"""Files looked at per MD5; one photo may have thousands of equal files."""

_MARK_MISSING = """
UPDATE api_file SET missing_since = now(), stat_key = NULL
WHERE id = ANY(%(files)s) AND missing_since IS NULL
RETURNING photo_id
"""

_DROP_MAIN = """
UPDATE api_photo AS photo SET main_file_id = NULL
FROM api_file AS file
WHERE photo.id = ANY(%(photos)s) AND file.id = photo.main_file_id
    AND file.photo_id IS DISTINCT FROM photo.id
"""

_CHOOSE_MAIN = """
UPDATE api_photo AS photo
SET main_file_id = chosen.id, image_hash = CASE
        WHEN EXISTS (
            SELECT FROM api_photo AS other
            WHERE other.image_hash = chosen.md5 || photo.owner_id
                AND other.id <> photo.id
        ) THEN photo.image_hash ELSE chosen.md5 || photo.owner_id
    END,
    video = chosen.kind = 'video',
    motion_photo = chosen.kind <> 'video' AND (
        chosen.embedded_video OR EXISTS (
            SELECT FROM api_file AS clip
            WHERE clip.photo_id = photo.id AND clip.kind = 'video'
                AND clip.missing_since IS NULL
        )
    ),
    has_raw = EXISTS (
        SELECT FROM api_file AS raw
        WHERE raw.photo_id = photo.id AND raw.kind = 'raw'
            AND raw.missing_since IS NULL
    ),
    last_modified = now()
FROM (
    SELECT DISTINCT ON (photo_id) photo_id, file.id, md5, kind, embedded_video
    FROM api_file AS file JOIN api_photo AS said ON said.id = file.photo_id
    WHERE photo_id = ANY(%(photos)s) AND kind IN ('image', 'video', 'raw')
        AND state = 'ready'
    ORDER BY photo_id, missing_since IS NOT NULL, md5 <> said.user_main_md5,
        array_position(ARRAY['image', 'video', 'raw'], kind::text), file.id
) AS chosen
WHERE photo.id = chosen.photo_id
"""


def known_stat_keys(owner: int) -> set[int]:
    """Return the keys of all files of an owner that were read as they are."""
    keys = File.objects.filter(
        owner=owner, stat_key__isnull=False, missing_since__isnull=True
    ).values_list("stat_key", flat=True)
    return {key for key in keys.iterator(chunk_size=50_000) if key is not None}


def queue_files(
    found: Sequence[FoundFile], *, owner: int, job: int | None
) -> dict[int, int]:
    """Register files as pending under a scan; return {path_key: id} of those queued.

    Under no job, they are counted nowhere until a scan comes across them. A file that
    waits for an unfinished job, this one or another, is left out: it counts once, also
    when a scan begins again after a crash.
    """
    if not found:
        return {}
    paths, path_keys, capture_keys, sizes, mtimes, ctimes, inodes = zip(
        *found, strict=True
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _QUEUE,
            {
                "owner": owner,
                "job": job,
                "paths": [path_to_text(path) for path in paths],
                "path_keys": list(path_keys),
                "capture_keys": list(capture_keys),
                "sizes": list(sizes),
                "mtimes": list(mtimes),
                "ctimes": list(ctimes),
                "inodes": list(inodes),
            },
        )
        queued = {row[1]: row[0] for row in cursor.fetchall()}
        if job is not None:
            cursor.execute(
                _COUNT_QUEUED, {"job": job, "stage": FILES, "count": len(queued)}
            )
    return queued


def pending(file_ids: Iterable[int]) -> set[int]:
    """Return those of the files that are yet to be read.

    That is for an unfinished job, or for none, as those that were uploaded.
    """
    waiting = File.objects.filter(
        Q(job=None) | Q(job__in=Job.objects.unfinished()),
        pk__in=list(file_ids),
        state=File.State.PENDING,
    )
    return set(waiting.values_list("pk", flat=True))


def settle(outcomes: Sequence[tuple[int, str, str]]) -> None:
    """Store (file id, state, error) of files that were pending, and count them."""
    if not outcomes:
        return
    files, states, errors = zip(*outcomes, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLE,
            {
                "files": list(files),
                "states": list(states),
                "errors": list(map(clean, errors)),
                "stage": FILES,
            },
        )


def unseen_files(
    keys: Collection[int], *, owner: int, job: int
) -> Iterator[tuple[int, bytes]]:
    """Yield (id, path) of known files that a walk did not come across.

    These have one of the `keys`, or were not read yet and are not this job's.
    """
    rest = iter(keys)
    while chunk := list(islice(rest, 10_000)):
        yield from _unseen(_UNSEEN_KEYS, {"owner": owner, "keys": chunk})
    yield from _unseen(_UNSEEN_UNREAD, {"owner": owner, "job": job})


def _unseen(query: str, parameters: dict[str, Any]) -> list[tuple[int, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return [(row[0], text_to_path(row[1])) for row in cursor.fetchall()]


def copies(hashes: Collection[str], *, owner: int, but: Collection[int]) -> list[File]:
    """Return files with a photo that have one of these MD5, missing ones first.

    The files whose ids are in `but` are left out, and what exceeds MOST_COPIES.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _COPIES,
            {
                "hashes": list(hashes),
                "owner": owner,
                "but": list(but),
                "most": MOST_COPIES,
            },
        )
        ids = [row[0] for row in cursor.fetchall()]
    return list(File.objects.filter(pk__in=ids).order_by("pk"))


def mark_missing(file_ids: Sequence[int], *, owner: int) -> set[UUID]:
    """Note that files are gone; their photos and all that is known of them stay.

    Returns the photos that have another file, which may lead them now.
    """
    with connection.cursor() as cursor:
        lock_library(owner)
        cursor.execute(_MARK_MISSING, {"files": list(file_ids)})
        photos = with_files({row[0] for row in cursor.fetchall() if row[0]})
    choose_main_files(photos)
    return photos


def choose_main_files(photo_ids: Iterable[UUID]) -> None:
    """Make the first present file of each photo, still before video before RAW, main.

    The one that a person has chosen goes before all others.

    A photo none of whose files can be used keeps the main file that it has.
    """
    with connection.cursor() as cursor:
        photos = {"photos": list(photo_ids)}
        cursor.execute(_DROP_MAIN, photos)
        cursor.execute(_CHOOSE_MAIN, photos)


def with_files(photo_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of the photos that have a file which is there and can be used."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT photo_id FROM api_file WHERE photo_id = ANY(%s)"
            " AND missing_since IS NULL AND state IN ('ready', 'pending')",
            [list(photo_ids)],
        )
        return {row[0] for row in cursor.fetchall()}
