"""People as albums: the photos that each is on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from librephotos.api.models import Person, Photo
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.models.people.person import PersonQuerySet
from librephotos.api.queries.library.albums import Album, AlbumKind
from librephotos.api.queries.library.photos import GridRow, as_grid_rows, grid_rows
from librephotos.api.queries.people.person_photos import photos_of_person

NEWEST = 100
"""So many photos of each person come with the list of all."""


@dataclass(slots=True, kw_only=True)
class PersonAlbum(Album[int]):
    """A person, or a group without a name; `newest` first, at most NEWEST."""

    newest: list[GridRow] = field(default_factory=list)


# The same photos as of `photos_of_person`, in the order of `newest_first`.
_NEWEST = """
WITH shown AS (
    SELECT person_id AS person, photo_id FROM api_face
    WHERE owner_id = %(owner)s AND person_id = ANY(%(people)s)
        AND visible AND dismissed = ''
    UNION
    SELECT guess_id, photo_id FROM api_face
    WHERE owner_id = %(owner)s AND guess_id = ANY(%(people)s)
        AND guess_probability >= %(sure)s
        AND person_id IS NULL AND visible AND dismissed = ''
), ranked AS (
    SELECT shown.person, photo.id, count(*) OVER (PARTITION BY shown.person) AS photos,
        row_number() OVER (
            PARTITION BY shown.person
            ORDER BY photo.day DESC, photo.taken_at DESC, photo.id
        ) AS rank
    FROM shown JOIN api_photo AS photo ON photo.id = shown.photo_id
    WHERE photo.owner_id = %(owner)s AND photo.visible
)
SELECT person, photos, array_agg(id ORDER BY rank) FROM ranked
WHERE rank <= %(each)s GROUP BY person, photos
"""


class PersonAlbums(AlbumKind[PersonAlbum]):
    """The people whom one has named and shows, by name; groups can be asked for too."""

    def rows(self, title: str = "") -> PersonQuerySet:
        named = Person.objects.owned_by(self.viewer).named().filter(hidden=False)
        return named.filter(name__icontains=title) if title else named

    def described(self, rows: Sequence[Person]) -> list[PersonAlbum]:
        newest = _newest(self.viewer, [person.pk for person in rows])
        albums = [PersonAlbum(key=person.pk, title=person.name) for person in rows]
        for album in albums:
            album.photo_count, album.newest = newest.get(album.key, (0, []))
        return albums

    def album(self, key: int) -> PersonAlbum | None:
        person = Person.objects.owned_by(self.viewer).filter(pk=key).first()
        if person is None:
            return None
        album = PersonAlbum(key=person.pk, title=person.name)
        album.photo_count = self.photos(album).count()
        return album

    def photos(self, album: PersonAlbum) -> PhotoQuerySet:
        wanted = photos_of_person(self.viewer, album.key, visible=True)
        return Photo.objects.owned_by(self.viewer).visible().filter(pk__in=wanted)


def _newest(user: Any, people: Collection[int]) -> dict[int, tuple[int, list[GridRow]]]:
    """Return of each person who is on any photo on how many, and the newest."""
    with connection.cursor() as cursor:
        cursor.execute(
            _NEWEST,
            {
                "owner": user.pk,
                "people": list(people),
                "sure": user.confidence_person,
                "each": NEWEST,
            },
        )
        found = cursor.fetchall()
    wanted = {photo for _, _, photos in found for photo in photos}
    rows = as_grid_rows(grid_rows(Photo.objects.filter(pk__in=wanted)))
    by_id = {row.id: row for row in rows}
    return {
        person: (count, [by_id[photo] for photo in photos if photo in by_id])
        for person, count, photos in found
    }
