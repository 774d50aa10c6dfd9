"""The photos that a user's clients mirror, in the order of their changes."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection

from librephotos.api.models import Photo
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.queries.library.photos import PLACE_DEPTH
from librephotos.api.queries.sync.cursors import PhotoCursor, Snapshot
from librephotos.numbers import LARGEST

# A transaction that was under way when a client was last told may have given a photo a
# number below those that the client knows: what could not be seen then is told as well.
# Numbers from `latest` on are of another database, from which the rows were taken over.
_CHANGED = """
WITH present AS (
    SELECT pg_snapshot_xmin(seen)::text::bigint AS xmin,
        pg_snapshot_xmax(seen)::text::bigint AS xmax,
        ARRAY(SELECT pg_snapshot_xip(seen)::text::bigint) AS running
    FROM pg_current_snapshot() AS seen
), page AS (
    SELECT id, changed_in FROM api_photo, present
    WHERE owner_id = %(owner)s AND (changed_in, id) >= (%(low)s, %(lowest)s) AND (
        (changed_in, id) > (%(changed_in)s, %(photo)s)
        OR changed_in >= %(xmax)s AND changed_in < present.xmax
        OR changed_in = ANY(%(running)s)
    )
    ORDER BY changed_in, id LIMIT %(size)s
)
SELECT present.xmin, present.xmax, present.running, page.id, page.changed_in,
    ARRAY(
        SELECT DISTINCT photo FROM api_photoremoval
        WHERE "user" = %(owner)s AND removed_in >= %(xmin)s AND (
            removed_in >= %(xmax)s AND removed_in < present.xmax
            OR removed_in = ANY(%(running)s)
        )
    ),
    CASE WHEN page.id IS NULL THEN (
        SELECT count(*) FROM api_photo WHERE owner_id = %(owner)s
    ) END
FROM present LEFT JOIN page ON true
ORDER BY page.changed_in, page.id
"""

_TOLD = (
    *("image_hash", "owner__favorite_min_rating", "taken_at", "added_on"),
    *("last_modified", "video", "motion_photo", "duration_s", "rating", "hidden"),
    *("in_trashcan", "removed", "public", "aspect_ratio", "latitude", "longitude"),
    *(f"{'__'.join(['place', *['parent'] * depth])}__name" for depth in range(5)),
    *(f"{'__'.join(['place', *['parent'] * depth])}__parent" for depth in range(4)),
    "dominant_color",
)

_NOWHERE = uuid.UUID(int=0)
START = PhotoCursor(-1, _NOWHERE, Snapshot(0, 0, ()))
"""Before all photos, of which those of before there were numbers have 0."""


@dataclass(frozen=True)
class PhotoPage:
    """Photos that have changed, those that are gone, and the cursor behind them.

    Where none has, `count` is how many there are.
    """

    ids: list[uuid.UUID]
    removed: list[uuid.UUID]
    cursor: PhotoCursor | None
    count: int | None


def mirrored(user: Any) -> PhotoQuerySet:
    """Return the photos that a user's clients mirror, whatever their state."""
    return Photo.objects.owned_by(user)


def changed_photos(user: Any, since: PhotoCursor | None, *, size: int) -> PhotoPage:
    """Return up to `size` photos that have changed since; all of them since None."""
    after = since or START
    seen = after.snapshot
    late = after.changed_in >= seen.xmin
    parameters = {
        "owner": user.pk,
        "changed_in": after.changed_in,
        "photo": after.photo,
        "low": seen.xmin if late else after.changed_in,
        "lowest": _NOWHERE if late else after.photo,
        "xmin": seen.xmin if since else LARGEST,
        "xmax": seen.xmax,
        "running": list(seen.running),
        "size": size,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, parameters)
        rows = cursor.fetchall()
    xmin, xmax, running, *_, removed, count = rows[0]
    if count is not None:
        return PhotoPage([], removed, None, count)
    ids = [row[3] for row in rows]
    last = (rows[-1][4], ids[-1])
    if len(ids) < size:  # and all that was committed late is among them
        last = max(last, (after.changed_in, after.photo))
    snapshot = Snapshot(xmin, xmax, tuple(running))
    return PhotoPage(ids, removed, PhotoCursor(*last, snapshot), None)


def described(user: Any, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Photo]:
    """Return photos by id, with their owners and places; those that are still there."""
    found = mirrored(user).filter(pk__in=ids)
    return found.select_related("owner", PLACE_DEPTH).only(*_TOLD).in_bulk()
