"""Numbers about all libraries of the server, for its administrators."""

from __future__ import annotations

from typing import Any

from django.db import connection

# All users in two statements: one row each, whatever the number of users.
_USERS = """
SELECT account.id, account.date_joined,
    coalesce(files.bytes, 0) AS bytes,
    coalesce(photos.stills, 0) AS stills, coalesce(photos.videos, 0) AS videos,
    coalesce(photos.captions, 0) AS captions,
    coalesce(photos.favorites, 0) AS favorites,
    coalesce(photos.hidden, 0) AS hidden, coalesce(photos.public, 0) AS public
FROM api_user AS account
LEFT JOIN (
    SELECT owner_id, sum(size) AS bytes FROM api_file
    WHERE missing_since IS NULL GROUP BY owner_id
) AS files ON files.owner_id = account.id
LEFT JOIN (
    SELECT photo.owner_id,
        count(*) FILTER (WHERE NOT video) AS stills,
        count(*) FILTER (WHERE video) AS videos,
        count(*) FILTER (WHERE user_caption <> '') AS captions,
        count(*) FILTER (WHERE rating >= owner.favorite_min_rating) AS favorites,
        count(*) FILTER (WHERE hidden) AS hidden,
        count(*) FILTER (WHERE public) AS public
    FROM api_photo AS photo JOIN api_user AS owner ON owner.id = photo.owner_id
    WHERE NOT photo.removed GROUP BY photo.owner_id
) AS photos ON photos.owner_id = account.id
ORDER BY account.id
"""

_PLACES = """
SELECT owner_id, count(*), min(photos), max(photos),
    avg(photos)::float8, percentile_cont(0.5) WITHIN GROUP (ORDER BY photos),
    min(videos), max(videos),
    avg(videos)::float8, percentile_cont(0.5) WITHIN GROUP (ORDER BY videos)
FROM (
    SELECT owner_id, count(*) AS photos, count(*) FILTER (WHERE video) AS videos
    FROM api_photo WHERE place_id IS NOT NULL AND NOT removed
    GROUP BY owner_id, place_id
) AS places
GROUP BY owner_id
"""


def user_statistics() -> list[dict[str, Any]]:
    """Return a row per account with the sizes of its library, in order of id."""
    with connection.cursor() as cursor:
        cursor.execute(_USERS)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def place_statistics() -> dict[int, tuple[int | float, ...]]:
    """Return, by account, the number of places and the photos and videos in each.

    The numbers are count, then minimum, maximum, mean and median of the photos, then
    the same of the videos. Accounts without places have no row.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PLACES)
        return {row[0]: row[1:] for row in cursor.fetchall()}
