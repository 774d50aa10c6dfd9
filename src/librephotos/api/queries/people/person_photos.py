"""People as their photos show them: on which ones, how many, and with whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count

from librephotos.api.models import Face, Person
from librephotos.api.queries.operations.statistics import Frequency


class PersonRow(NamedTuple):
    """A person, how many faces they have, and what face and photo stand for them."""

    id: int
    name: str
    hidden: bool
    birth_date: date | None
    faces: int
    face_id: int | None
    image_hash: str
    video: bool


class FaceTotals(NamedTuple):
    """How many faces there are, and what is known of them."""

    people: int
    labelled: int
    guessed: int
    unknown: int


def photos_of_person(user: Any, person: int, *, visible: bool) -> Any:
    """Return the ids of one's photos with a person, named or a group.

    A person is on a photo by label, or by a guess as sure as the user wants; a face is
    in a group until it has a name. With `visible`, only shown photos are looked at.
    """
    faces = Face.objects.owned_by(user).filter(dismissed=Face.Dismissed.NO)
    if visible:
        faces = faces.filter(visible=True)
    unknown = faces.filter(person=None)
    sure = unknown.filter(guess=person, guess_probability__gte=user.confidence_person)
    by_label = faces.filter(person=person).order_by().values("photo")
    return by_label.union(
        sure.order_by().values("photo"),
        unknown.filter(cluster=person).order_by().values("photo"),
    )


_ROWS = """
SELECT person.id, person.name, person.hidden, person.birth_date,
    (
        SELECT count(*) FROM api_face WHERE owner_id = %(owner)s
            AND person_id = person.id AND visible AND dismissed = ''
    ) + (
        SELECT count(*) FROM api_face WHERE owner_id = %(owner)s
            AND guess_id = person.id AND guess_probability >= %(sure)s
            AND person_id IS NULL AND visible AND dismissed = ''
    ),
    cover.id, coalesce(photo.image_hash, ''), coalesce(photo.video, false)
FROM api_person AS person
LEFT JOIN LATERAL (
    SELECT id, photo_id FROM (
        (
            SELECT 1 AS rank, id, photo_id FROM api_face
            WHERE id = person.cover_id AND owner_id = %(owner)s
                AND visible AND dismissed = ''
        ) UNION ALL (
            SELECT 2, id, photo_id FROM api_face WHERE owner_id = %(owner)s
                AND person_id = person.id AND visible AND dismissed = ''
            ORDER BY photo_id DESC, id LIMIT 1
        )
    ) AS candidate ORDER BY rank LIMIT 1
) AS cover ON true
LEFT JOIN api_photo AS photo ON photo.id = cover.photo_id
WHERE person.owner_id = %(owner)s AND person.id = ANY(%(people)s)
"""


def person_rows(user: Any, people: Iterable[int]) -> list[PersonRow]:
    """Return those of one's people that there are, in the order given."""
    wanted = list(people)
    with connection.cursor() as cursor:
        cursor.execute(
            _ROWS,
            {"owner": user.pk, "sure": user.confidence_person, "people": wanted},
        )
        rows = {row[0]: PersonRow._make(row) for row in cursor.fetchall()}
    return [rows[person] for person in wanted if person in rows]


def face_totals(user: Any) -> FaceTotals:
    """Return the counters of one's shown faces."""
    shown = Face.objects.owned_by(user).shown()
    confirmed = shown.confirmed().aggregate(
        n=Count("*"), people=Count("person", distinct=True)
    )
    unknown = shown.unconfirmed().aggregate(n=Count("*"), guessed=Count("guess"))
    return FaceTotals(
        people=confirmed["people"],
        labelled=confirmed["n"],
        guessed=unknown["guessed"],
        unknown=unknown["n"] - unknown["guessed"],
    )


def people_frequencies(user: Any, *, limit: int) -> list[Frequency]:
    """Return the named people on most of one's photos, the most frequent first.

    Those that one does not want to see are left out.
    """
    people = (
        Person.objects.owned_by(user)
        .named()
        .filter(hidden=False, faces__visible=True, faces__dismissed=Face.Dismissed.NO)
    )
    counted = people.annotate(n=Count("faces__photo", distinct=True))
    rows = counted.order_by("-n", "name").values_list("name", "n")[:limit]
    return [Frequency(*row) for row in rows]


MOST_PAIRS = 500
"""As many as one can look at."""

_TOGETHER = """
SELECT least(one.name, other.name), greatest(one.name, other.name)
FROM (
    SELECT first.person_id AS one, second.person_id AS other, count(*) AS photos
    FROM api_face AS first JOIN api_face AS second
        ON second.photo_id = first.photo_id AND second.person_id > first.person_id
    WHERE first.owner_id = %(owner)s AND first.visible AND first.dismissed = ''
        AND second.owner_id = %(owner)s AND second.visible AND second.dismissed = ''
        AND first.person_id IS NOT NULL
    GROUP BY 1, 2 ORDER BY photos DESC, one, other LIMIT %(limit)s
) AS pair
JOIN api_person AS one ON one.id = pair.one AND one.kind = 'USER' AND NOT one.hidden
JOIN api_person AS other
    ON other.id = pair.other AND other.kind = 'USER' AND NOT other.hidden
ORDER BY 1, 2
"""


def people_together(user: Any) -> list[tuple[str, str]]:
    """Return the names of each two people that share one of one's photos.

    Only those who share the most, at most MOST_PAIRS.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TOGETHER, {"owner": user.pk, "limit": MOST_PAIRS})
        return [(one, other) for one, other in cursor.fetchall()]
