"""The albums of several people at once: their newest photos, in two queries."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from django.db import connection

from librephotos.api.models import Photo
from librephotos.api.queries.library.photos import GridRow, as_grid_rows, grid_rows


class PersonAlbum(NamedTuple):
    """How many visible photos a person is on, and the newest of them."""

    photos: int
    newest: list[GridRow]


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


def person_albums(
    user: Any, people: Collection[int], *, each: int
) -> dict[int, PersonAlbum]:
    """Return the albums of one's named people who are on any photo, by person.

    Of the photos at most `each` come, the newest first.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _NEWEST,
            {
                "owner": user.pk,
                "people": list(people),
                "sure": user.confidence_person,
                "each": each,
            },
        )
        found = cursor.fetchall()
    wanted = {photo for _, _, photos in found for photo in photos}
    rows = as_grid_rows(grid_rows(Photo.objects.filter(pk__in=wanted)))
    by_id = {row.id: row for row in rows}
    return {
        person: PersonAlbum(count, [by_id[photo] for photo in photos if photo in by_id])
        for person, count, photos in found
    }
