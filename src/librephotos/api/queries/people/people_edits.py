"""What was done to faces and people, without reading all that each edit keeps.

An edit may keep thousands of faces as they were: what lists need of them is taken out
by the database.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, Func, IntegerField, JSONField

from librephotos.api.models import PeopleEdit


class EditRow(NamedTuple):
    """An edit, how many faces it made or changed, and the names of its people."""

    id: int
    action: str
    created_at: datetime
    undone_at: datetime | None
    faces: int
    people: list[str]


def edit_rows(user: Any) -> Any:
    """Return the query of one's edits, the newest first; it may be filtered."""
    return (
        PeopleEdit.objects.filter(owner=user)
        .annotate(faces=_length("faces") + _length("made_faces"), people=_names())
        .values_list(*EditRow._fields)
    )


def _length(key: str) -> Func:
    return Func(
        F(f"before__{key}"),
        function="jsonb_array_length",
        output_field=IntegerField(),
    )


def _names() -> Func:
    return Func(
        F("before"),
        # Edits of earlier versions have no names of their own.
        template=(
            "jsonb_path_query_array(%(expressions)s, '$.people[*].name')"
            " || COALESCE(%(expressions)s -> 'names', '[]'::jsonb)"
        ),
        output_field=JSONField(),
    )


_CHANGED_LATER = """
SELECT DISTINCT changed.id::bigint
FROM api_peopleedit AS later,
    jsonb_path_query(later.before, %(path)s::jsonpath) AS changed (id)
WHERE later.owner_id = %(owner)s AND later.id > %(edit)s AND later.undone_at IS NULL
    AND changed.id::bigint IN (SELECT unnest(%(concerned)s::bigint[]))
"""


def faces_changed_later(edit: PeopleEdit) -> set[int]:
    """Return the faces of an edit that a later one, which stands, has changed."""
    return _changed_later(edit, "$.faces[*].id", edit.faces_concerned())


def people_changed_later(edit: PeopleEdit) -> set[int]:
    """Return the people of an edit whom a later one, which stands, has changed."""
    return _changed_later(edit, "$.people[*].id", edit.people_concerned())


def _changed_later(edit: PeopleEdit, path: str, concerned: list[int]) -> set[int]:
    if not concerned:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            _CHANGED_LATER,
            {
                "path": path,
                "owner": edit.owner_id,
                "edit": edit.pk,
                "concerned": concerned,
            },
        )
        return {row[0] for row in cursor.fetchall()}
