"""What people say of people: names, covers, who is the same, who is to be shown.

Every function takes a person whom the caller owns. Each is one transaction, and
returns the record by which it can be taken back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from librephotos.api.locks import lock_faces, lock_people
from librephotos.api.models import Face, FaceRejection, PeopleEdit, Person
from librephotos.api.services.faces import assign
from librephotos.api.services.people_edits import Gone, NameTaken, Record, recorded

Action = PeopleEdit.Action


def rename(person: Person, *, name: str) -> Record:
    """Give a person another name; raise NameTaken if somebody else has it."""
    return change(person, {"name": name})


def change(person: Person, values: Mapping[str, Any]) -> Record:
    """Set `name`, `hidden`, `birth_date` or `cover_id` (the number of an own face).

    Raises NameTaken if somebody else has the name, Gone if the person or face is.
    """
    values = {key: new for key, new in values.items() if getattr(person, key) != new}
    if not values:
        return Record()
    name, cover = values.get("name"), values.get("cover_id")
    action = Action.RENAME if name else Action.CHANGE
    with recorded(person.owner_id, action, people=[person.pk]) as record:
        if name and Person.objects.named_or_none(person.owner_id, name) is not None:
            raise NameTaken(name)
        if cover and not _held(person, cover):
            raise Gone("face")
        Person.objects.filter(pk=person.pk).update(**values)
        record.names += [name] if name else []
    return record


def _held(person: Person, face: int) -> bool:
    """Tell whether a person has a face, and keep it until the transaction ends."""
    lock_faces(person.owner_id, [face])
    return Face.objects.filter(pk=face, person=person).exists()


def merge(person: Person, *, others: Collection[Person]) -> Record:
    """Make one person of several: the faces of the others become this person's.

    Of a group of unknown faces, those that the person may have are labelled. Raises
    Gone if one of the people is.
    """
    gone = [other.pk for other in others if other.pk != person.pk]
    if not gone:
        return Record()
    with transaction.atomic():
        lock_people(person.owner_id)
        named = list(Face.objects.filter(person__in=gone).values_list("pk", flat=True))
        grouped = _of_groups(gone, but_not=person)
        with recorded(
            person.owner_id,
            Action.MERGE,
            faces=[*named, *grouped],
            people=[person.pk, *gone],
            removed=gone,
        ) as record:
            Face.objects.filter(pk__in=named).update(person=person)
            assign(grouped, person.pk)
            _take_over(person, gone)
            _forget_guesses(gone)
            Person.objects.filter(pk__in=gone).delete()
    return record


def _of_groups(groups: Collection[int], *, but_not: Person) -> list[int]:
    """Return the faces in groups of which nobody said that they are not a person."""
    denied = FaceRejection.objects.filter(person=but_not).values("face")
    faces = Face.objects.unconfirmed().filter(cluster__in=groups, dismissed="")
    return list(faces.exclude(pk__in=denied).values_list("pk", flat=True))


def _forget_guesses(people: Collection[int]) -> None:
    rows = Face.objects.filter(guess__in=people)
    rows.update(guess=None, guess_probability=0)


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


def delete(person: Person) -> Record:
    """Forget a person; the faces become unknown, and no file names them again.

    Raises Gone if the person is.
    """
    with transaction.atomic():
        lock_people(person.owner_id)
        faces = Face.objects.filter(person=person)
        numbers = list(faces.values_list("pk", flat=True))
        with recorded(
            person.owner_id,
            Action.DELETE,
            faces=numbers,
            people=[person.pk],
            removed=[person.pk],
        ) as record:
            faces.filter(name_tag="").update(
                person=None, person_source=Face.Source.NOBODY
            )
            faces.update(person=None, person_source=Face.Source.USER)
            _forget_guesses([person.pk])
            Person.objects.filter(pk=person.pk).delete()
    return record
