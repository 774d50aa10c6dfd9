"""People and groups of like faces: finding them, making them, and taking turns."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Set

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from librephotos.api.models import Face, Person
from librephotos.api.models.user_name import FILLERS
from librephotos.api.numbers import whole_number

NOBODY = "Unknown - Other"
"""The contract's name for faces without a person; no person can have it."""

LONGEST_NAME = 200

_JOINERS = "\u200c\u200d"
"""They shape letters of Persian and Indic scripts, and join emoji."""

_LOCK_CLASS = 202  # any number that no other advisory lock of ours uses


def lock_people(owner: int) -> None:
    """Be the only one, until the transaction ends, who says whose faces are whose."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_CLASS, owner])


def lock_faces(
    owner: int, faces: Collection[int], *, people: Collection[int] = ()
) -> None:
    """Keep others from changing faces, and all that are or seem to be these people.

    They are taken in the order of their ids, as by all who change several at once:
    nobody then waits for somebody who waits for them.
    """
    concerned = Q(pk__in=faces)
    for column in ("person", "guess", "cluster"):
        concerned |= Q(**{f"{column}__in": people})
    rows = Face.objects.filter(concerned, owner_id=owner).order_by("pk")
    held = rows.select_for_update(no_key=True).values_list("pk", flat=True)
    for _ in held.iterator(chunk_size=10_000):
        pass


def person_name(text: str) -> str:
    """Return a text as the name of a person can be stored, "" where it names nobody.

    What cannot be seen is left out, so that no two names look alike for it and none
    turns the text around it; joiners stay, between the letters that they shape.
    """
    seen = "".join(filter(_can_be_seen, " ".join(text.split())))
    name = seen[:LONGEST_NAME].strip(_JOINERS + " ")
    return "" if name == NOBODY else name


def _can_be_seen(character: str) -> bool:
    if character in _JOINERS:
        return True
    return (
        unicodedata.category(character) not in ("Cc", "Cf", "Cs")
        and character not in FILLERS
    )


def ensure_named(owner: int, names: Set[str]) -> dict[str, int]:
    """Return the ids of an owner's people by the names in files, making missing ones.

    Somebody who was renamed, or merged into another, is still known by a name that
    files gave. The caller holds `lock_people`.
    """
    people = Person.objects.named().filter(owner_id=owner, name__in=names)
    known = dict(people.values_list("name", "id"))
    if names - known.keys():
        told = Face.objects.filter(owner_id=owner, person_source=Face.Source.FILE)
        told = told.filter(name_tag__in=names - known.keys(), person__isnull=False)
        known |= dict(told.values_list("name_tag", "person_id"))
    missing = sorted(names - known.keys())
    made = Person.objects.bulk_create(
        Person(owner_id=owner, name=name) for name in missing
    )
    return known | {person.name: person.pk for person in made}


def new_clusters(owner: int, count: int) -> list[int]:
    """Make groups named "Unknown 1", "Unknown 2" and so on; return their ids."""
    names = Person.objects.clusters().filter(owner_id=owner)
    numbers = map(_number_of, names.values_list("name", flat=True))
    first = max(numbers, default=0) + 1
    return [
        cluster.pk
        for cluster in Person.objects.bulk_create(
            Person(owner_id=owner, kind=Person.Kind.CLUSTER, name=f"Unknown {number}")
            for number in range(first, first + count)
        )
    ]


def _number_of(name: str) -> int:
    return whole_number(name.rpartition(" ")[2]) or 0


def remove_empty_clusters(owner: int) -> None:
    """Remove the groups that no unknown face is in, with what was said of them."""
    kept = Face.objects.unconfirmed().filter(cluster=OuterRef("pk"))
    clusters = Person.objects.clusters().filter(owner_id=owner)
    empty = list(clusters.exclude(Exists(kept)).values_list("pk", flat=True))
    if empty:
        lock_faces(owner, (), people=empty)
        clusters.filter(pk__in=empty).delete()


def named_or_none(owner: int, name: str) -> Person | None:
    """Return the owner's person of exactly this name."""
    return Person.objects.named().filter(owner_id=owner, name=name).first()


def existing(owner: int, ids: Iterable[int]) -> set[int]:
    """Return which of the ids are people or groups of this owner."""
    people = Person.objects.filter(owner_id=owner, pk__in=list(ids))
    return set(people.values_list("pk", flat=True))
