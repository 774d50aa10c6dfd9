"""The photos that a user's clients mirror, in the order of their changes."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, FilteredRelation, Q

from librephotos.api.models import Photo, PhotoShare
from librephotos.api.queries.library.photos import PLACE_DEPTH
from librephotos.api.queries.sync.cursors import PhotoCursor, Snapshot
from librephotos.numbers import LARGEST

# A transaction that was under way when a client was last told may have given a photo a
# number below those that the client knows: what could not be seen then is told as well.
# Numbers from `latest` on are of another database, from which the rows were taken over.
_UNSEEN = """(
    {number} >= %(xmax)s AND {number} < present.xmax OR {number} = ANY(%(running)s)
)"""

# Not as `OR`, of which a bitmap of the index may be made: all that is left to tell
# would be read and sorted for each page.
_BEHIND = """({{number}}, {{id}}) >= (%(low)s, %(lowest)s) AND CASE
    WHEN ({{number}}, {{id}}) > (%(changed_in)s, %(photo)s) THEN true ELSE {unseen}
END
ORDER BY {{number}}, {{id}} LIMIT %(size)s""".format(unseen=_UNSEEN)

_SHARES = """
api_photoshare AS share
JOIN api_photo AS photo ON photo.id = share.photo_id
JOIN api_user AS owner ON owner.id = photo.owner_id
"""

# What is gone may be there again, and is told as an item then. What somebody shows who
# has been deactivated is nowhere written down as gone. Photos and owners of shares are
# looked up one by one, behind the index that orders these: as joins they would be made
# for all that is left to tell, and go astray after many shares have ended at once.
_CHANGED = f"""
WITH present AS (
    SELECT pg_snapshot_xmin(seen)::text::bigint AS xmin,
        pg_snapshot_xmax(seen)::text::bigint AS xmax,
        ARRAY(SELECT pg_snapshot_xip(seen)::text::bigint) AS running
    FROM pg_current_snapshot() AS seen
), own AS (
    SELECT id, changed_in FROM api_photo, present
    WHERE owner_id = %(user)s AND {_BEHIND.format(number="changed_in", id="id")}
), shown AS (
    SELECT share.photo_id AS id, share.changed_in
    FROM api_photoshare AS share, present
    WHERE share.recipient_id = %(user)s AND share.visible AND (
        SELECT owner.is_active FROM api_photo AS photo
        JOIN api_user AS owner ON owner.id = photo.owner_id
        WHERE photo.id = share.photo_id
    ) AND {_BEHIND.format(number="share.changed_in", id="share.photo_id")}
), page AS (
    SELECT * FROM own UNION ALL SELECT * FROM shown
    ORDER BY changed_in, id LIMIT %(size)s
), gone AS (
    SELECT photo FROM api_photoremoval AS removal, present
    WHERE removal."user" = %(user)s AND removal.removed_in >= %(xmin)s
        AND {_UNSEEN.format(number="removal.removed_in")}
        AND coalesce((
            SELECT NOT (share.visible AND owner.is_active) FROM {_SHARES}
            WHERE share.photo_id = removal.photo AND share.recipient_id = %(user)s
        ), true)
    UNION
    SELECT share.photo_id FROM api_photoshare AS share, api_photo AS photo
    WHERE share.recipient_id = %(user)s AND share.visible
        AND photo.id = share.photo_id AND photo.owner_id IN (
            SELECT absent.id FROM api_user AS absent, present
            WHERE NOT absent.is_active AND absent.presence_changed_in >= %(xmin)s
                AND {_UNSEEN.format(number="absent.presence_changed_in")}
        )
)
SELECT present.xmin, present.xmax, present.running,
    ARRAY(SELECT id FROM page ORDER BY changed_in, id),
    (SELECT changed_in FROM page ORDER BY changed_in DESC LIMIT 1),
    ARRAY(SELECT photo FROM gone),
    CASE WHEN NOT EXISTS (SELECT FROM page) THEN (
        SELECT count(*) FROM api_photo WHERE owner_id = %(user)s
    ) + (
        SELECT count(*) FROM {_SHARES}
        WHERE share.recipient_id = %(user)s AND share.visible AND owner.is_active
    ) END
FROM present
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


def count_mirrored(user: Any) -> int:
    """Return how many photos a user's clients mirror.

    These are one's own, whatever their state, and the visible ones that others show to
    one by themselves. Photos of shared albums are told of with their albums.
    """
    shown = PhotoShare.objects.filter(
        recipient=user.pk, visible=True, photo__owner__is_active=True
    )
    return Photo.objects.owned_by(user).count() + shown.count()


def changed_photos(user: Any, since: PhotoCursor | None, *, size: int) -> PhotoPage:
    """Return up to `size` photos that have changed since; all of them since None."""
    after = since or START
    seen = after.snapshot
    late = after.changed_in >= seen.xmin
    parameters = {
        "user": user.pk,
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
        xmin, xmax, running, ids, number, removed, count = cursor.fetchone()
    if not ids:
        return PhotoPage([], removed, None, count)
    last = (number, ids[-1])
    if len(ids) < size:  # and all that was committed late is among them
        last = max(last, (after.changed_in, after.photo))
    snapshot = Snapshot(xmin, xmax, tuple(running))
    return PhotoPage(ids, removed, PhotoCursor(*last, snapshot), None)


def described(user: Any, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Photo]:
    """Return photos by id, with their owners and places; those that are still there.

    Of those of others, `shown` is what is told and `shown_at` when the share or the
    photo changed last; both are None of one's own.
    """
    share = FilteredRelation("shares", condition=Q(shares__recipient=user.pk))
    shown = Q(share__visible=True, owner__is_active=True)
    found = Photo.objects.alias(share=share).filter(
        Q(owner=user.pk) | shown, pk__in=ids
    )
    found = found.annotate(shown=F("share__shown"), shown_at=F("share__changed_at"))
    return found.select_related("owner", PLACE_DEPTH).only(*_TOLD).in_bulk()
