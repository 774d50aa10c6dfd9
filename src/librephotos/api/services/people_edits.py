"""The record of what people do to faces and people, and taking it back.

PeopleEditError
├── Gone            a person, face or photo was removed a moment ago
├── UndoneAlready   the edit was taken back before
└── NameTaken       another person has the name; the message says who
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from librephotos.api.locks import lock_faces, lock_people
from librephotos.api.models import Face, FaceRejection, PeopleEdit, Person
from librephotos.api.pipeline.previews.store import delete_previews
from librephotos.api.pipeline.work import queue
from librephotos.api.queries.people.people_edits import (
    faces_changed_later,
    people_changed_later,
)

_FACE = ("id", "person_id", "person_source", "dismissed", "drawn", "cluster_id")
_WHOSE = ("person_id", "cluster_id")
_PERSON = ("id", "kind", "name", "hidden", "birth_date", "cover_id")


class PeopleEditError(Exception):
    """An edit cannot be done or taken back; the message is a sentence for users."""


class Gone(PeopleEditError):
    """A person, face or photo that an edit concerns was removed a moment ago."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The {what} is not there any more.")


class FaceThere(PeopleEditError):
    """A box was drawn around a face that is shown already."""

    def __init__(self) -> None:
        super().__init__("There is a face already. Say whose it is.")


class UndoneAlready(PeopleEditError):
    """The edit was taken back before."""


class NameTaken(PeopleEditError):
    """Another person has the name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is another person named {name}; merge them instead.")


@dataclass
class Record:
    """The faces that an edit changes, what it makes, and its number to undo it by.

    It has the number once it is done; where nothing was to be done there is none.
    `names` are for the list of edits: those of people whom the edit leaves as they are,
    and new names.
    """

    faces: list[int] = field(default_factory=list)
    made_faces: list[int] = field(default_factory=list)
    made_people: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    edit: int | None = None


@contextmanager
def recorded(
    owner: int,
    action: PeopleEdit.Action,
    *,
    faces: Collection[int] = (),
    people: Collection[int] = (),
    removed: Collection[int] = (),
) -> Iterator[Record]:
    """Do an edit of these faces and people in one transaction, and record it.

    Nobody else changes the owner's people meanwhile, nor these faces, nor any that is
    or seems to be one of the people who are `removed`. Unknown faces that the edit may
    concern are looked at again soon after. Raises Gone if one of the people is.
    """
    with transaction.atomic():
        lock_people(owner)
        if len(Person.objects.existing(owner, people)) < len(people):
            raise Gone("person")
        lock_faces(owner, faces, people=removed)
        before = _as_they_are(owner, faces, people)
        record = Record(faces=list(faces))
        yield record
        before["made_faces"] = record.made_faces
        before["made_people"] = record.made_people
        before["names"] = record.names
        edit = PeopleEdit.objects.create(owner_id=owner, action=action, before=before)
        _follow(edit)
        record.edit = edit.pk


def _follow(edit: PeopleEdit) -> None:
    """Have guesses and search texts follow, unless no name and no face is concerned."""
    if edit.action != PeopleEdit.Action.CHANGE:
        queue.enqueue(
            queue.Task.RESCORE_FACES,
            lock=one_by_one(edit.owner_id),
            job=None,
            edit=edit.pk,
        )


def one_by_one(owner: int) -> str:
    """Return the lock of these tasks: those of a face that is shown go first.

    What was drawn has to be measured before anybody is recognised in it, or by it.
    """
    return f"people-{owner}"


def _as_they_are(
    owner: int, faces: Collection[int], people: Collection[int]
) -> dict[str, Any]:
    own_faces = Face.objects.filter(owner_id=owner, pk__in=faces).order_by("pk")
    own_people = Person.objects.filter(owner_id=owner, pk__in=people).order_by("pk")
    denied = FaceRejection.objects.filter(
        Q(face__in=own_faces) | Q(person__in=own_people)
    )
    return {
        "faces": list(own_faces.values(*_FACE)),
        "people": [
            {**row, "birth_date": row["birth_date"] and row["birth_date"].isoformat()}
            for row in own_people.values(*_PERSON)
        ],
        "rejections": list(map(list, denied.values_list("face", "person"))),
    }


def undo(edit: PeopleEdit) -> None:
    """Take an edit back; what a later edit has changed stays as that one left it.

    Raises UndoneAlready, and NameTaken if a name to be restored is another's by now.
    """
    with transaction.atomic():
        lock_people(edit.owner_id)
        edit.refresh_from_db()
        if edit.undone_at is not None:
            raise UndoneAlready("This was taken back already.")
        made = edit.before["made_people"]
        lock_faces(edit.owner_id, edit.faces_concerned(), people=made)
        later_faces = faces_changed_later(edit)
        later_people = people_changed_later(edit)
        _restore_people(edit, keep=later_people)
        _restore_faces(edit, keep=later_faces)
        _restore_rejections(edit, keep=later_faces, keep_people=later_people)
        _remove_made_faces(edit, keep=later_faces)
        _remove_made_people(edit, keep=later_people)
        edit.undone_at = timezone.now()
        edit.save(update_fields=["undone_at"])
        _follow(edit)


def _restore_people(edit: PeopleEdit, *, keep: set[int]) -> None:
    for row in edit.before["people"]:
        if row["id"] in keep:
            continue
        if row["kind"] == Person.Kind.USER:
            other = Person.objects.named_or_none(edit.owner_id, row["name"])
            if other is not None and other.pk != row["id"]:
                raise NameTaken(row["name"])
        covers = Face.objects.filter(pk=row["cover_id"], owner=edit.owner_id)
        Person.objects.update_or_create(
            pk=row["id"],
            owner_id=edit.owner_id,
            defaults={
                **{column: row[column] for column in _PERSON if column != "id"},
                "cover_id": covers.values_list("pk", flat=True).first(),
            },
        )


def _restore_faces(edit: PeopleEdit, *, keep: set[int]) -> None:
    rows = {row["id"]: row for row in edit.before["faces"] if row["id"] not in keep}
    named = {row[column] for row in rows.values() for column in _WHOSE}
    people = Person.objects.existing(edit.owner_id, named - {None})
    faces = list(Face.objects.filter(pk__in=rows, owner=edit.owner_id))
    for face in faces:
        row = rows[face.pk]
        for column in _WHOSE:
            setattr(face, column, row[column] if row[column] in people else None)
        face.person_source = row["person_source"]
        face.dismissed, face.drawn = row["dismissed"], row["drawn"]
    columns = ["person", "person_source", "dismissed", "drawn", "cluster"]
    Face.objects.bulk_update(faces, columns, batch_size=1000)


def _restore_rejections(
    edit: PeopleEdit, *, keep: set[int], keep_people: set[int]
) -> None:
    own = FaceRejection.objects.filter(face__owner=edit.owner_id)
    touched = Q(face__in={row["id"] for row in edit.before["faces"]}) | Q(
        person__in={row["id"] for row in edit.before["people"]} - keep_people
    )
    own.filter(touched).exclude(face__in=keep).delete()
    rows = edit.before["rejections"]
    people = Person.objects.existing(edit.owner_id, {person for _, person in rows})
    faces = Face.objects.filter(owner=edit.owner_id, pk__in={face for face, _ in rows})
    still = set(faces.values_list("pk", flat=True)) - keep
    FaceRejection.objects.bulk_create(
        [
            FaceRejection(face_id=face, person_id=person)
            for face, person in rows
            if face in still and person in people
        ],
        ignore_conflicts=True,
    )


def _remove_made_faces(edit: PeopleEdit, *, keep: set[int]) -> None:
    made = set(edit.before["made_faces"]) - keep
    faces = Face.objects.filter(pk__in=made, owner=edit.owner_id)
    crops = list(faces.exclude(crop="").values_list("crop", flat=True))
    faces.delete()
    transaction.on_commit(partial(delete_previews, crops))


def _remove_made_people(edit: PeopleEdit, *, keep: set[int]) -> None:
    made = set(edit.before["made_people"]) - keep
    people = Person.objects.filter(pk__in=made, owner=edit.owner_id)
    people.filter(faces__isnull=True).delete()
