"""Showing photos to other users, and no longer, for many at once.

Whoever changes several photos or what hangs on them takes the photos first, in the
order of their ids. To be called in a transaction.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F

from librephotos.api.models import PhotoShare, Shown
from librephotos.api.models.library.photo import PhotoQuerySet

_SHARE = """
INSERT INTO api_photoshare (photo_id, recipient_id, shown, created_on)
SELECT photo.id, recipient.id, %s, now()
FROM ({photos}) AS photo CROSS JOIN unnest(%s::bigint[]) AS recipient(id)
ON CONFLICT (photo_id, recipient_id) DO NOTHING
"""


def share(photos: PhotoQuerySet, recipients: Sequence[int], *, shown: Shown) -> int:
    """Show photos to users; return how many pairs of these there were not before."""
    try:
        sql, values = _locked(photos).values("id").query.sql_with_params()
    except EmptyResultSet:  # no photo is asked for
        return 0
    with connection.cursor() as cursor:
        statement = _SHARE.format(photos=sql)
        cursor.execute(statement, [shown.value, *values, list(recipients)])
        return int(cursor.rowcount)


def tell(
    photos: PhotoQuerySet, recipients: Sequence[int], *, more: Shown, less: Shown
) -> None:
    """Have more or less told of photos to those to whom they are shown."""
    shares = PhotoShare.objects.filter(
        photo__in=_locked(photos).values("id"), recipient__in=recipients
    )
    kept = F("shown").bitand((Shown.all() & ~less).value)
    shares.update(shown=kept.bitor(more.value))


def unshare(photos: PhotoQuerySet, recipients: Sequence[int]) -> int:
    """Show photos to users no longer; return how many pairs of these there were."""
    shares = PhotoShare.objects.filter(
        photo__in=_locked(photos).values("id"), recipient__in=recipients
    )
    return shares.delete()[0]


def _locked(photos: PhotoQuerySet) -> PhotoQuerySet:
    return photos.order_by("id").select_for_update(of=("self",), no_key=True)
