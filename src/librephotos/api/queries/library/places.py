"""Where one's visible photos were taken: places, their counts and their covers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count

from librephotos.api.models import Photo, Place
from librephotos.api.models.photo import PhotoQuerySet

COVERS = 4


class Cover(NamedTuple):
    """A photo that stands for a place."""

    image_hash: str
    video: bool


class Stay(NamedTuple):
    """Consecutive photos in one country: from the first until the next stay begins."""

    country: str
    since: datetime
    until: datetime


@dataclass
class PlaceCount:
    """A place with the number of one's photos in it and below it, and some covers."""

    id: int
    parent_id: int | None
    level: int
    name: str
    latitude: float
    longitude: float
    count: int = 0
    covers: list[Cover] = field(default_factory=list)


_ANCESTRY = """
WITH RECURSIVE ancestry AS (
    SELECT id, parent_id, level, name, latitude, longitude FROM api_place
    WHERE id = ANY(%s)
    UNION
    SELECT up.id, up.parent_id, up.level, up.name, up.latitude, up.longitude
    FROM api_place AS up JOIN ancestry ON ancestry.parent_id = up.id
)
SELECT id, parent_id, level, name, latitude, longitude FROM ancestry
ORDER BY level DESC, name, id
"""

_COVERS = """
SELECT wanted.id, cover.image_hash, cover.video
FROM unnest(%s::bigint[]) AS wanted(id)
CROSS JOIN LATERAL (
    SELECT image_hash, video FROM api_photo
    WHERE owner_id = %s AND place_id = wanted.id AND visible
    LIMIT %s
) AS cover
"""

_DESCENDANTS = """
WITH RECURSIVE below AS (
    SELECT id FROM api_place WHERE id = %s
    UNION
    SELECT down.id FROM api_place AS down JOIN below ON down.parent_id = below.id
)
SELECT id FROM below
"""

_STAYS = """
WITH RECURSIVE country AS (
    SELECT id, name FROM api_place WHERE parent_id IS NULL
    UNION ALL
    SELECT down.id, country.name
    FROM api_place AS down JOIN country ON down.parent_id = country.id
), taken AS (
    SELECT country.name, photo.taken_at,
        lag(country.name) OVER chronology AS before,
        lead(photo.id) OVER chronology AS after
    FROM api_photo AS photo JOIN country ON country.id = photo.place_id
    WHERE photo.owner_id = %s AND photo.visible AND photo.taken_at IS NOT NULL
    WINDOW chronology AS (ORDER BY photo.taken_at, photo.id)
)
SELECT name, taken_at, before IS DISTINCT FROM name AS starts FROM taken
WHERE before IS DISTINCT FROM name OR after IS NULL
ORDER BY taken_at
"""


def place_counts(user: Any, *, covers: bool = False) -> list[PlaceCount]:
    """Return all places with visible photos, the most specific levels first.

    A country counts what lies in its towns, and lies where the first of these does: its
    row was made for a town of whoever came first. With `covers`, up to COVERS each.
    """
    photos = Photo.objects.owned_by(user).visible().filter(place__isnull=False)
    counted = photos.order_by().values_list("place").annotate(n=Count("*"))
    direct: dict[int, int] = dict(counted)
    places = _with_ancestors(direct)
    pictures = _covers(user, direct) if covers else {}
    for place in places.values():
        place.count += direct.get(place.id, 0)
        place.covers = (pictures.get(place.id, []) + place.covers)[:COVERS]
        if place.parent_id is not None:
            parent = places[place.parent_id]
            if not parent.count:
                parent.latitude, parent.longitude = place.latitude, place.longitude
            parent.count += place.count
            parent.covers += place.covers
    return list(places.values())


def _with_ancestors(ids: Iterable[int]) -> dict[int, PlaceCount]:
    """Return the places and all above them, the most specific first."""
    with connection.cursor() as cursor:
        cursor.execute(_ANCESTRY, [list(ids)])
        return {row[0]: PlaceCount(*row) for row in cursor.fetchall()}


def _covers(user: Any, ids: Iterable[int]) -> dict[int, list[Cover]]:
    found: dict[int, list[Cover]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_COVERS, [list(ids), user.pk, COVERS])
        for place, image_hash, video in cursor.fetchall():
            found[place].append(Cover(image_hash, video))
    return found


def photos_in(user: Any, place: Place) -> PhotoQuerySet:
    """Return one's visible photos taken in a place or in any place below it."""
    with connection.cursor() as cursor:
        cursor.execute(_DESCENDANTS, [place.pk])
        ids = [row[0] for row in cursor.fetchall()]
    return Photo.objects.owned_by(user).visible().filter(place__in=ids)


def stays(user: Any) -> list[Stay]:
    """Return one's stays in countries, oldest first; the last ends with a photo."""
    with connection.cursor() as cursor:
        cursor.execute(_STAYS, [user.pk])
        rows = cursor.fetchall()
    starts = [(country, since) for country, since, starts in rows if starts]
    ends = [since for _, since in starts[1:]] + [row[1] for row in rows[-1:]]
    return [Stay(*start, end) for start, end in zip(starts, ends, strict=True)]
