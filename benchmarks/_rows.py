"""A library of any size straight in the database, always the same one.

Twenty years of photos, more of them lately; a tenth of videos; one photo in a hundred
undated; seven in ten with a place, most of these in few towns. The rows lie in the
order in which a scan adds them, about newest first.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

SEED = 0.2006
FIRST_DAY = date(2005, 1, 1)
YEARS = 20
DAYS = round(YEARS * 365.25)
BATCH = 50_000
_TOWNS = 2000

# Columns that the statement leaves out have no default in the database.
_PHOTOS = """
INSERT INTO api_photo (
    id, owner_id, added_on, last_modified, hidden, in_trashcan, removed, public,
    user_caption, image_hash, video, motion_photo, has_raw, width, height,
    aspect_ratio, preview_format, clip_format, dominant_color, placeholder, phash,
    file_rating, place_id, file_latitude, file_longitude, taken_at, timezone,
    date_rule, day, search_text
)
SELECT photo.id, %(owner)s, added_on, added_on, dice < 0.01, dice > 0.99, false,
    dice BETWEEN 0.5 AND 0.51, '',
    md5(photo.id::text) || %(owner)s, photo.number %% 10 = 0,
    false, false, 4032, 3024, 1.3333, 'jpg',
    CASE WHEN photo.number %% 10 = 0 THEN 'mp4' ELSE '' END, '#405060',
    decode(repeat(md5(photo.id::text), 6), 'hex'), hashint8extended(photo.number, 1),
    CASE WHEN dice < 0.05 THEN 5 WHEN dice < 0.1 THEN 3 END,
    place.id, place.latitude, place.longitude,
    (date '0001-01-01' + (day - 1) + time_of_day) AT TIME ZONE 'UTC', 'UTC',
    CASE WHEN day IS NOT NULL THEN 1 END, coalesce(day, 0), ''
FROM (
    SELECT number, random() AS dice,
        (lpad(to_hex(1700000000000 + number), 12, '0') || '7'
            || substr(md5(number || '-' || %(owner)s), 1, 3) || '8'
            || substr(md5(number || '-' || %(owner)s), 4, 15))::uuid AS id,
        timestamptz '2024-01-01 UTC' + number * interval '0.5 second' AS added_on,
        CASE WHEN random() < 0.99 THEN %(first)s + floor(%(days)s * least(
            (1 - (number - %(origin)s + random()) / %(count)s + random() * 0.01) ^ 0.6,
            0.99999
        ))::int END AS day,
        interval '1 second' * floor(86400 * random()) AS time_of_day,
        CASE WHEN random() < 0.7
            THEN 1 + floor(%(towns)s * random() ^ 3)::int END AS town
    FROM generate_series(%(start)s::bigint, %(stop)s::bigint - 1) AS number
) AS photo
LEFT JOIN bench_town AS place ON place.number = photo.town
ORDER BY photo.number
"""

_METADATA = """
INSERT INTO api_photometadata (
    photo_id, orientation, camera_make, camera_model, lens, fstop, iso, shutter_speed,
    gps_timezone, title, description, creator, copyright, keywords, regions,
    video_codec, audio_codec, dates, tags, warnings
)
SELECT id, 1, (ARRAY['Canon', 'Apple', 'FUJIFILM', 'SONY'])[1 + which],
    (ARRAY['EOS R6', 'iPhone 13', 'X-T4', 'ILCE-7M4'])[1 + which], '', 2.8, 200,
    '1/250', '', '', '', '', '',
    CASE WHEN other < 30 THEN ARRAY[
        (ARRAY['beach', 'birthday', 'mountain', 'garden', 'concert', 'snow'])
            [1 + other %% 6]
    ] ELSE '{}' END,
    '[]', '', '', '{}', '{}', '{}'
FROM (
    SELECT id, abs(hashint8(phash)) %% 4 AS which,
        abs(hashint8(phash + 1)) %% 100 AS other
    FROM api_photo WHERE id = ANY(%(photos)s)
) AS photo
"""

# Keys are those of the real path only after `rescan` has set them.
_FILES = """
INSERT INTO api_file (
    owner_id, photo_id, path, path_key, capture_key, stat_key, size, mtime_ns,
    ctime_ns, inode, md5, kind, format, mime, content_identifier, embedded_video,
    state, error
)
SELECT owner_id, id, path, hashtextextended(path, 0), hashtextextended(path, 1),
    hashtextextended(path, 2), 4000000, 0, 0, 0, substr(image_hash, 1, 32),
    CASE WHEN video THEN 'video' ELSE 'image' END,
    CASE WHEN video THEN 'MP4' ELSE 'JPEG' END, 'image/jpeg', '', false, 'ready', ''
FROM (
    SELECT *, %(folder)s || to_char(coalesce(taken_at, 'epoch'), '/YYYY/MM-DD/')
        || 'IMG_' || substr(image_hash, 1, 12)
        || CASE WHEN video THEN '.mp4' ELSE '.jpg' END AS path
    FROM api_photo WHERE id = ANY(%(photos)s)
) AS photo
"""

_MAIN_FILES = """
UPDATE api_photo AS photo SET main_file_id = file.id
FROM api_file AS file
WHERE file.photo_id = photo.id AND photo.id = ANY(%(photos)s)
"""

_STAGES = """
INSERT INTO api_photostage (photo_id, stage, version, state, error)
SELECT photo_id, stage, version, 'done', ''
FROM unnest(%(photos)s::uuid[]) AS photo_id,
    unnest(%(stages)s::text[], %(versions)s::int[]) AS wanted (stage, version)
"""

_DAYS = """
INSERT INTO api_photoday (owner_id, day, video, count, place)
SELECT photo.owner_id, day, video, count(*),
    coalesce(min(min(place.name)) OVER (PARTITION BY day), '')
FROM api_photo AS photo LEFT JOIN api_place AS place ON place.id = photo.place_id
WHERE photo.visible AND photo.owner_id = %(owner)s
GROUP BY photo.owner_id, day, video
"""

_SECONDARY_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename = 'api_photo' AND indexdef NOT LIKE 'CREATE UNIQUE%'
"""


@dataclass(frozen=True)
class Library:
    """What to fill in: `photos` spread over the last `days` days of the 20 years.

    The paths of the files begin with `folder`. `big_day` more photos were all taken on
    the last day. `stages` says whether the pipeline's states are wanted too.
    """

    photos: int
    days: int = DAYS
    folder: str = "/pictures"
    big_day: int = 0
    stages: bool = False


def last_day() -> int:
    """Return the ordinal of the last day of the 20 years."""
    return FIRST_DAY.toordinal() + DAYS - 1


def fill(owner: int, library: Library) -> None:
    """Add a library to an owner without photos, and bring the statistics up to date."""
    with connection.cursor() as cursor, _in_bulk(cursor):
        cursor.execute("SELECT setseed(%s)", [SEED])
        towns = _towns(cursor)
        _add_run(cursor, owner, library, range(library.photos), library.days, towns)
        if library.big_day:
            numbers = range(library.photos, library.photos + library.big_day)
            _add_run(cursor, owner, library, numbers, 1, towns)
        cursor.execute(_DAYS, {"owner": owner})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def _in_bulk(cursor: Any) -> Iterator[None]:
    """Keep triggers, foreign keys and the indexes of photos out of the way."""
    cursor.execute("SET session_replication_role = replica")
    cursor.execute("SET maintenance_work_mem = '512MB'")
    cursor.execute(_SECONDARY_INDEXES)
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    try:
        yield
        # Composing the search text has rewritten every row.
        cursor.execute("VACUUM FULL api_photo")
    finally:
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("RESET maintenance_work_mem")


def _towns(cursor: Any) -> int:
    """Number towns all over the world, as the geocoder finds them; return how many."""
    from librephotos.api.writes.places import ensure_places
    from librephotos.geo.reverse import hierarchy, reverse_geocode

    chance = random.Random(SEED)
    points = [
        (chance.uniform(-40, 60), chance.uniform(-120, 150)) for _ in range(_TOWNS)
    ]
    places = {
        tuple(reversed(hierarchy(place))): (place.latitude, place.longitude)
        for place in reverse_geocode(points)
        if place
    }
    ids = ensure_places(places)
    cursor.execute("DROP TABLE IF EXISTS bench_town")
    cursor.execute(
        "CREATE TEMPORARY TABLE bench_town AS SELECT number, place.id, latitude,"
        " longitude FROM unnest(%s::bigint[]) WITH ORDINALITY AS town (id, number)"
        " JOIN api_place AS place USING (id)",
        [[ids[path] for path in sorted(places)]],
    )
    return len(places)


def _add_run(
    cursor: Any, owner: int, library: Library, numbers: range, days: int, towns: int
) -> None:
    """Add photos of the last `days` days, a batch at a time."""
    constants = {
        "owner": owner,
        "days": days,
        "first": last_day() + 1 - days,
        "towns": towns,
        "origin": numbers.start,
        "count": float(len(numbers)),
    }
    for start in numbers[::BATCH]:
        stop = min(start + BATCH, numbers.stop)
        _add(cursor, library, constants | {"start": start, "stop": stop})


def _add(cursor: Any, library: Library, arguments: dict[str, Any]) -> None:
    from librephotos.api.pipeline.work.registry import stage_versions
    from librephotos.api.writes import search_document

    cursor.execute(_PHOTOS + " RETURNING api_photo.id", arguments)
    photos = [row[0] for row in cursor.fetchall()]
    cursor.execute(_METADATA, {"photos": photos})
    cursor.execute(_FILES, {"photos": photos, "folder": library.folder})
    cursor.execute(_MAIN_FILES, {"photos": photos})
    if library.stages:
        versions = stage_versions()
        cursor.execute(
            _STAGES,
            {
                "photos": photos,
                "stages": list(versions),
                "versions": list(versions.values()),
            },
        )
    search_document.refresh(photos)


def check_days(owner: int) -> None:
    """Raise SystemExit unless the kept counts per day are those of the photos."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT day, video, count(*)::int AS n FROM"
            " api_photo WHERE owner_id = %s AND visible GROUP BY day, video) AS counted"
            " FULL JOIN (SELECT day, video, count AS n FROM api_photoday WHERE"
            " owner_id = %s AND count > 0) AS kept USING (day, video, n)"
            " WHERE counted.n IS NULL OR kept.n IS NULL",
            [owner, owner],
        )
        wrong = cursor.fetchone()[0]
    if wrong:
        raise SystemExit(f"{wrong} days are counted wrongly.")
