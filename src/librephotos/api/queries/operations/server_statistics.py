"""Numbers about all libraries of the server, for its administrators."""

from __future__ import annotations

from typing import Any

from django.db import connection

# One row an account from each statement, whatever their number.
_USERS = """
SELECT account.id, account.date_joined,
    coalesce(files.bytes, 0) AS bytes,
    coalesce(photos.stills, 0) AS stills, coalesce(photos.videos, 0) AS videos,
    coalesce(photos.captions, 0) AS captions,
    coalesce(generated.captions, 0) AS generated_captions,
    coalesce(groups.clusters, 0) AS clusters,
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
LEFT JOIN (
    SELECT photo.owner_id, count(*) AS captions
    FROM api_photocaption AS caption JOIN api_photo AS photo
        ON photo.id = caption.photo_id
    WHERE NOT photo.removed GROUP BY photo.owner_id
) AS generated ON generated.owner_id = account.id
LEFT JOIN (
    SELECT owner_id, count(*) AS clusters FROM api_person
    WHERE kind = 'CLUSTER' GROUP BY owner_id
) AS groups ON groups.owner_id = account.id
ORDER BY account.id
"""

_PHOTOS = """
count(*), min(photos), max(photos),
    avg(photos)::float8, percentile_cont(0.5) WITHIN GROUP (ORDER BY photos)
"""
_VIDEOS = """
min(videos), max(videos),
    avg(videos)::float8, percentile_cont(0.5) WITHIN GROUP (ORDER BY videos)
"""

_PLACES = f"""
SELECT owner_id, {_PHOTOS}, {_VIDEOS}
FROM (
    SELECT owner_id, count(*) AS photos, count(*) FILTER (WHERE video) AS videos
    FROM api_photo WHERE place_id IS NOT NULL AND NOT removed
    GROUP BY owner_id, place_id
) AS places
GROUP BY owner_id
"""


def _sizes_of(album: str, member: str, key: str) -> str:
    """Return the statement for albums whose photos another table names by `key`."""
    return f"""
SELECT owner_id, {_PHOTOS}, {_VIDEOS}
FROM (
    SELECT album.owner_id, count(*) AS photos,
        count(*) FILTER (WHERE photo.video) AS videos
    FROM {album} AS album
    JOIN {member} AS member ON member.{key} = album.id
    JOIN api_photo AS photo ON photo.id = member.photo_id AND NOT photo.removed
    GROUP BY album.owner_id, album.id
) AS albums
GROUP BY owner_id
"""


_THINGS = _sizes_of("api_thing", "api_photothing", "thing_id")
_ALBUMS = _sizes_of("api_useralbum", "api_useralbumphoto", "album_id")

_PEOPLE = f"""
SELECT owner_id, {_PHOTOS}
FROM (
    SELECT owner_id, count(*) AS photos FROM api_face
    WHERE person_id IS NOT NULL AND dismissed = '' GROUP BY owner_id, person_id
) AS people
GROUP BY owner_id
"""

Sizes = tuple[int | float, ...]
"""Count, then minimum, maximum, mean and median of the photos (or faces), then, where
there are any, the same of the videos."""


def user_statistics() -> list[dict[str, Any]]:
    """Return a row per account with the sizes of its library, in order of id."""
    with connection.cursor() as cursor:
        cursor.execute(_USERS)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def place_statistics() -> dict[int, Sizes]:
    """Return the sizes of the places by account; those without places have none."""
    return _sizes(_PLACES)


def album_statistics() -> dict[int, Sizes]:
    """Return the sizes of the albums that people made; who made none has none."""
    return _sizes(_ALBUMS)


def thing_statistics() -> dict[int, Sizes]:
    """Return the sizes of the things by account; those without things have none."""
    return _sizes(_THINGS)


def people_statistics() -> dict[int, Sizes]:
    """Return the numbers of confirmed faces a person by account, without videos."""
    return _sizes(_PEOPLE)


def _sizes(statement: str) -> dict[int, Sizes]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {row[0]: row[1:] for row in cursor.fetchall()}
