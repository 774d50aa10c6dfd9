"""What people say of people: names, covers, who is the same, who is to be shown.

Every function takes a person whom the caller owns. Each is one transaction, and can
be taken back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Coalesce

from librephotos.api.models import Face, FaceRejection, PeopleEdit, Person
from librephotos.api.queries.people import named_or_none
from librephotos.api.services.people_edits import NameTaken, recorded

Action = PeopleEdit.Action


def rename(person: Person, *, name: str) -> None:
    """Give a person another name; raise NameTaken if somebody else has it."""
    if person.name == name:
        return
    with recorded(person.owner_id, Action.RENAME, people=[person.pk]):
        if named_or_none(person.owner_id, name) is not None:
            raise NameTaken(name)
        Person.objects.filter(pk=person.pk).update(name=name)


def change(person: Person, values: Mapping[str, Any]) -> None:
    """Set `hidden`, `birth_date` or `cover` (the number of an own face)."""
    with recorded(person.owner_id, Action.CHANGE, people=[person.pk]):
        Person.objects.filter(pk=person.pk).update(**values)


def merge(person: Person, *, others: Collection[Person]) -> None:
    """Make one person of several: the faces of the others become this person's.

    Of a group of unknown faces, those that the person may have are labelled.
    """
    gone = [other.pk for other in others if other.pk != person.pk]
    if not gone:
        return
    named = Face.objects.filter(owner=person.owner_id, person__in=gone)
    grouped = Face.objects.filter(
        owner=person.owner_id, person=None, cluster__in=gone, dismissed=""
    )
    faces = [*named.values_list("pk", flat=True), *grouped.values_list("pk", flat=True)]
    with recorded(
        person.owner_id, Action.MERGE, faces=faces, people=[person.pk, *gone]
    ):
        named.update(person=person)
        grouped.update(person=person, person_source=Face.Source.USER)
        _take_over(person, gone)
        Person.objects.filter(pk__in=gone).delete()


def _take_over(person: Person, gone: Collection[int]) -> None:
    """Keep what was said of those who are merged, where it does not contradict."""
    denied = FaceRejection.objects.filter(person__in=gone).exclude(face__person=person)
    FaceRejection.objects.bulk_create(
        [
            FaceRejection(face_id=face, person=person)
            for face in set(denied.values_list("face", flat=True))
        ],
        ignore_conflicts=True,
    )
    born = Person.objects.filter(pk__in=gone, birth_date__isnull=False).first()
    if born is not None:
        Person.objects.filter(pk=person.pk).update(
            birth_date=Coalesce(F("birth_date"), Value(born.birth_date))
        )


def delete(person: Person) -> None:
    """Forget a person; the faces become unknown, and no file names them again."""
    faces = Face.objects.filter(owner=person.owner_id, person=person)
    numbers = list(faces.values_list("pk", flat=True))
    with recorded(person.owner_id, Action.DELETE, faces=numbers, people=[person.pk]):
        faces.filter(name_tag="").update(person=None, person_source=Face.Source.NOBODY)
        faces.update(person=None, person_source=Face.Source.USER)
        Person.objects.filter(pk=person.pk).delete()
