"""Where one's visible photos were taken: places, their counts and their covers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count

from librephotos.api.models import Photo, Place
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.queries.library.albums import (
    COVERS,
    Album,
    AlbumKind,
    covers_of,
)


class Stay(NamedTuple):
    """Consecutive photos in one country: from the first until the next stay begins."""

    country: str
    since: datetime
    until: datetime


@dataclass(slots=True, kw_only=True)
class PlaceAlbum(Album[int]):
    """A place with one's photos in it and below it."""

    parent: int | None
    level: int
    latitude: float
    longitude: float


_ANCESTRY = """
WITH RECURSIVE ancestry AS (
    SELECT id, parent_id, level, name, latitude, longitude FROM api_place
    WHERE id = ANY(%s)
    UNION
    SELECT up.id, up.parent_id, up.level, up.name, up.latitude, up.longitude
    FROM api_place AS up JOIN ancestry ON ancestry.parent_id = up.id
)
SELECT id AS key, name AS title, parent_id AS parent, level, latitude, longitude
FROM ancestry ORDER BY level DESC, name, id
"""

_COVERS = """
SELECT image_hash, video, shown_orientation FROM api_photo
WHERE owner_id = %(owner)s AND place_id = wanted.key AND visible
LIMIT %(most)s
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


class Places(AlbumKind[PlaceAlbum]):
    """The places of one's photos, by title; countries and regions hold their towns'."""

    def rows(self, title: str = "") -> Sequence[PlaceAlbum]:
        wanted = title.casefold()
        places = [
            place
            for place in place_counts(self.viewer, covers=True)
            if place.photo_count and wanted in place.title.casefold()
        ]
        return sorted(places, key=lambda place: (place.title, place.level, place.key))

    def album(self, key: int) -> PlaceAlbum | None:
        place = Place.objects.filter(pk=key).first()
        if place is None:
            return None
        return PlaceAlbum(
            key=place.pk,
            title=place.name,
            parent=place.parent_id,
            level=place.level,
            latitude=place.latitude,
            longitude=place.longitude,
        )

    def photos(self, album: PlaceAlbum) -> PhotoQuerySet:
        with connection.cursor() as cursor:
            cursor.execute(_DESCENDANTS, [album.key])
            ids = [row[0] for row in cursor.fetchall()]
        return Photo.objects.owned_by(self.viewer).visible().filter(place__in=ids)


def place_counts(user: Any, *, covers: bool = False) -> list[PlaceAlbum]:
    """Return all places with visible photos, the most specific levels first.

    A country counts what lies in its towns, and lies where the first of these does: its
    row was made for a town of whoever came first. With `covers`, up to COVERS each.
    """
    photos = Photo.objects.owned_by(user).visible().filter(place__isnull=False)
    counted = photos.order_by().values_list("place").annotate(n=Count("*"))
    direct: dict[int, int] = dict(counted)
    places = _with_ancestors(direct)
    pictures = covers_of(direct, _COVERS, {"owner": user.pk}) if covers else {}
    for place in places.values():
        place.photo_count += direct.get(place.key, 0)
        place.covers = (pictures.get(place.key, ()) + place.covers)[:COVERS]
        if place.parent is not None:
            above = places[place.parent]
            if not above.photo_count:
                above.latitude, above.longitude = place.latitude, place.longitude
            above.photo_count += place.photo_count
            above.covers = (above.covers + place.covers)[:COVERS]
    return list(places.values())


def _with_ancestors(ids: Iterable[int]) -> dict[int, PlaceAlbum]:
    """Return the places and all above them, the most specific first."""
    with connection.cursor() as cursor:
        cursor.execute(_ANCESTRY, [list(ids)])
        columns = [column.name for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return {row["key"]: PlaceAlbum(**row) for row in rows}


def stays(user: Any) -> list[Stay]:
    """Return one's stays in countries, oldest first; the last ends with a photo."""
    with connection.cursor() as cursor:
        cursor.execute(_STAYS, [user.pk])
        rows = cursor.fetchall()
    starts = [(country, since) for country, since, starts in rows if starts]
    ends = [since for _, since in starts[1:]] + [row[1] for row in rows[-1:]]
    return [Stay(*start, end) for start, end in zip(starts, ends, strict=True)]
