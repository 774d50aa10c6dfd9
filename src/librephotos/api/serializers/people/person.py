"""People in the contract's shape."""

from __future__ import annotations

from typing import Any, TypedDict

from rest_framework import serializers

from librephotos.api.http.answer_schema import IsoDate, IsoTime
from librephotos.api.http.fields import StrictBooleanField, WholeNumberField, iso_utc
from librephotos.api.queries.people.people_edits import EditRow
from librephotos.api.queries.people.person_photos import PersonRow
from librephotos.api.serializers.people.face import NameField, face_url


class PersonItem(TypedDict):
    """A person, with what their photos tell of them."""

    id: int
    name: str
    face_url: str
    face_count: int
    face_photo_url: str
    video: bool
    hidden: bool
    birth_date: IsoDate | None


class EditedPerson(PersonItem):
    """A person as they are now, and the number of the edit to undo it by."""

    edit: int | None


class ForgottenPerson(TypedDict):
    """The number of the edit to take the deletion of a person back by."""

    status: bool
    edit: int | None


class PeopleEditItem(TypedDict):
    """Something that was done to faces or people."""

    id: int
    action: str
    created_at: IsoTime | None
    undone_at: IsoTime | None
    faces: int
    people: list[str]


class UndoneEdit(TypedDict):
    """An edit that was taken back."""

    status: bool
    edit: PeopleEditItem


def person_item(row: PersonRow) -> PersonItem:
    """Return a person with what their photos tell of them."""
    return {
        "id": row.id,
        "name": row.name,
        "face_url": face_url(row.image_hash, row.face_id) if row.face_id else "",
        "face_count": row.faces,
        "face_photo_url": row.image_hash,
        "video": row.video,
        "hidden": row.hidden,
        "birth_date": row.birth_date.isoformat() if row.birth_date else None,
    }


def edit_item(edit: EditRow) -> PeopleEditItem:
    """Return something that was done to faces or people."""
    return {
        "id": edit.id,
        "action": edit.action,
        "created_at": iso_utc(edit.created_at),
        "undone_at": iso_utc(edit.undone_at),
        "faces": edit.faces,
        "people": edit.people,
    }


class PersonEditSerializer(serializers.Serializer[Any]):
    """What is said of a person; keys that are not sent stay as they are."""

    newPersonName = NameField(required=False)
    cover_photo = serializers.CharField(required=False)
    cover_face = WholeNumberField(required=False, min_value=1, max_value=2**63 - 1)
    hidden = StrictBooleanField(required=False)
    birth_date = serializers.DateField(required=False, allow_null=True)


class MergeSerializer(serializers.Serializer[Any]):
    """The people who are the same as another."""

    person_ids = serializers.ListField(
        child=WholeNumberField(min_value=1, max_value=2**63 - 1),
        min_length=1,
        max_length=1000,
    )
