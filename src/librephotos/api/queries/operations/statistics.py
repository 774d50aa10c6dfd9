"""Numbers about a library."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Q, Sum

from librephotos.api.models import Photo, PhotoDay

FIRST_YEAR = 2000
LABELS = 100


class Totals(NamedTuple):
    """How many photos and days a library has; `missing` photos have no file left."""

    photos: int
    missing: int
    days: int


class MonthCount(NamedTuple):
    """How many photos were taken in a month."""

    year: int
    month: int
    photos: int


class Frequency(NamedTuple):
    """A word and the number of photos that it stands on."""

    word: str
    photos: int


# The partial index over missing files finds the few candidates.
_MISSING = """
SELECT count(DISTINCT file.photo_id)
FROM api_file AS file JOIN api_photo AS photo ON photo.id = file.photo_id
WHERE file.owner_id = %s AND file.missing_since IS NOT NULL AND NOT photo.removed
    AND NOT EXISTS (
        SELECT FROM api_file AS present
        WHERE present.photo_id = file.photo_id AND present.missing_since IS NULL
    )
"""

_KEYWORDS = """
SELECT keyword, count(*) AS photos
FROM (
    SELECT DISTINCT photo.id, keyword
    FROM api_photo AS photo
    JOIN api_photometadata AS metadata ON metadata.photo_id = photo.id
    CROSS JOIN unnest(metadata.keywords) AS keyword
    WHERE photo.owner_id = %s AND photo.visible AND keyword <> ''
) AS words
GROUP BY keyword ORDER BY photos DESC, keyword LIMIT %s
"""


def totals(user: Any) -> Totals:
    """Return the counters of one's library."""
    days = PhotoDay.objects.filter(owner_id=user.pk, count__gt=0)
    dated = Count("day", filter=Q(day__gt=Photo.UNDATED), distinct=True)
    counted = days.aggregate(photos=Sum("count"), days=dated)
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, [user.pk])
        missing = cursor.fetchone()[0]
    return Totals(counted["photos"] or 0, missing, counted["days"])


def month_counts(user: Any) -> list[MonthCount]:
    """Return one's visible photos per month, from the first to the last month.

    Months between without photos count 0; years before FIRST_YEAR and after the
    current one are left out, being mistakes of a clock more often than memories.
    """
    first = date(FIRST_YEAR, 1, 1).toordinal()
    end = date(datetime.now(UTC).year + 1, 1, 1).toordinal()
    days = PhotoDay.objects.filter(
        owner_id=user.pk, count__gt=0, day__gte=first, day__lt=end
    )
    rows = days.order_by("day").values_list("day", "count")
    counts = {
        month: sum(count for _, count in group)
        for month, group in groupby(rows, key=lambda row: _month(row[0]))
    }
    if not counts:
        return []
    months = range(min(counts), max(counts) + 1)
    return [MonthCount(m // 12, m % 12 + 1, counts.get(m, 0)) for m in months]


def _month(day: int) -> int:
    """Return the number of the month that holds a day, counted from year 0."""
    of = date.fromordinal(day)
    return of.year * 12 + of.month - 1


def years(user: Any) -> list[int]:
    """Return the years of one's visible dated photos, newest first."""
    days = PhotoDay.objects.filter(owner_id=user.pk, count__gt=0, day__gt=Photo.UNDATED)
    found = {date.fromordinal(day).year for day in days.values_list("day", flat=True)}
    return sorted(found, reverse=True)


def keyword_frequencies(user: Any) -> list[Frequency]:
    """Return the most frequent keywords of one's visible photos, at most LABELS."""
    with connection.cursor() as cursor:
        cursor.execute(_KEYWORDS, [user.pk, LABELS])
        return [Frequency(*row) for row in cursor.fetchall()]
