"""Accounts with their counts and public pictures, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from librephotos.api.models import Photo, PhotoDay, User
from librephotos.api.models.library.photo import SHARED

SAMPLES = 10
"""How many public photos an account shows."""

_SAMPLES_SQL = """
SELECT owner.id, photo.image_hash, photo.rating, photo.taken_at, photo.video
FROM api_user AS owner
CROSS JOIN LATERAL (
    SELECT image_hash, rating, taken_at, video, day
    FROM api_photo
    WHERE owner_id = owner.id AND public AND visible
    ORDER BY day DESC
    LIMIT %s
) AS photo
WHERE owner.id = ANY(%s) AND owner.is_active AND owner.public_sharing
"""


def administrator_exists() -> bool:
    """Say whether there is a superuser."""
    return User.objects.filter(is_superuser=True).exists()


def first_administrator() -> User | None:
    """Return the oldest superuser, of the active ones if there are any."""
    administrators = User.objects.filter(is_superuser=True)
    return administrators.order_by("-is_active", "id").first()


def accounts_for(caller: User | AnonymousUser) -> QuerySet[User]:
    """Return the accounts that a caller may see at all, with their counts.

    Anonymous callers see those who share in public, others all active ones.
    """
    accounts = with_counts(User.objects.filter(is_active=True))
    if caller.is_authenticated:
        return accounts
    return accounts.filter(public_sharing=True)


def with_counts(accounts: QuerySet[User]) -> QuerySet[User]:
    """Add `photo_count`, `public_photo_count`, and load the scan directories.

    Photos that are not processed yet and removed ones count for neither.
    """
    days = PhotoDay.objects.filter(owner=OuterRef("pk")).order_by()
    photos = Photo.objects.filter(owner=OuterRef("pk")).order_by()
    put_away = photos.filter(Q(hidden=True) | Q(in_trashcan=True), removed=False)
    return accounts.annotate(
        photo_count=_total(days.values("owner").annotate(total=Sum("count")))
        + _total(put_away.values("owner").annotate(total=Count("pk"))),
        public_photo_count=_total(
            photos.filter(SHARED).values("owner").annotate(total=Count("pk"))
        ),
    ).prefetch_related("scan_directories")


def _total(rows: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(rows.values("total")), 0, output_field=IntegerField())


def public_samples(owner_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Return up to SAMPLES photos that each owner shares with all, newest first."""
    ids = list(owner_ids)
    samples: dict[int, list[dict[str, Any]]] = {owner_id: [] for owner_id in ids}
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLES_SQL, [SAMPLES, ids])
        for owner_id, image_hash, rating, taken_at, video in cursor.fetchall():
            samples[owner_id].append(
                {
                    "image_hash": image_hash,
                    "rating": rating,
                    "hidden": False,
                    "exif_timestamp": taken_at,
                    "public": True,
                    "video": video,
                }
            )
    return samples
