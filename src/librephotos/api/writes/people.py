"""Making and removing people and groups of like faces."""

from __future__ import annotations

from collections.abc import Set

from django.db.models import Exists, OuterRef

from librephotos.api.locks import lock_faces
from librephotos.api.models import Face, Person
from librephotos.numbers import whole_number


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
