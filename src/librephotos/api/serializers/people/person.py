"""People in the contract's shape."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from librephotos.api.http.fields import StrictBooleanField, WholeNumberField, iso_utc
from librephotos.api.models import Person
from librephotos.api.queries.people.people_edits import EditRow
from librephotos.api.queries.people.person_photos import PersonRow
from librephotos.api.serializers.people.face import NameField, face_url

_NO_ROW = PersonRow(0, None, "", False)


def person_item(person: Person, row: PersonRow | None) -> dict[str, Any]:
    """Return a person with what their photos tell of them."""
    row = row or _NO_ROW
    return {
        "id": person.pk,
        "name": person.name,
        "face_url": face_url(row.image_hash, row.face_id) if row.face_id else "",
        "face_count": row.faces,
        "face_photo_url": row.image_hash,
        "video": row.video,
        "hidden": person.hidden,
        "birth_date": person.birth_date.isoformat() if person.birth_date else None,
    }


def edit_item(edit: EditRow) -> dict[str, Any]:
    """Return something that was done to faces or people."""
    return {
        **edit._asdict(),
        "created_at": iso_utc(edit.created_at),
        "undone_at": iso_utc(edit.undone_at),
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
