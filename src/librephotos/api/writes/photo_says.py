"""What people say of photos, field by field, with its history.

A field has one place where it is kept (FIELDS), apart from all that scans and stages
write; what is said stands above the file until it is taken back. Each statement here
writes the history and what it tells together, of one photo or of 100,000.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection

from librephotos.api.models import PhotoEdit, User
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.writes.photo_sizes import RATIO


@dataclass(frozen=True)
class Field:
    """Where a field is kept: SQL that reads it as JSON, and that writes it.

    Reading is of a row `photo`, NULL where nothing is said. Writing takes the JSON from
    `new.said`, NULL for taking back what was said.
    """

    reads: str
    writes: str


def _fact(name: str) -> Field:
    return Field(
        f"photo.user_facts -> '{name}'",
        f"user_facts = CASE WHEN new.said IS NULL THEN photo.user_facts - '{name}'"
        f" ELSE photo.user_facts || jsonb_build_object('{name}', new.said) END",
    )


FACTS = (
    "title",
    "keywords",
    "copyright",
    "creator",
    "location_country",
    "location_state",
    "location_city",
    "location_address",
)
"""The fields that are kept by name in `Photo.user_facts`."""

_TURN = "coalesce((new.said #>> '{}')::smallint, 1)"

# Of a photo without previews there is nothing but its size to turn.
_TURNED_SIZE = "".join(
    f", {column} = CASE WHEN photo.preview_format = '' AND NOT photo.video"
    f" THEN {value} ELSE photo.{column} END"
    for column, value in {
        "shown_orientation": _TURN,
        "placeholder": "''::bytea",
        **{
            column: f"CASE WHEN (photo.shown_orientation > 4) <> ({_TURN} > 4)"
            f" THEN {across} ELSE photo.{column} END"
            for column, across in {
                "width": "photo.height",
                "height": "photo.width",
                "aspect_ratio": RATIO.format(
                    width="photo.height", height="nullif(photo.width, 0)"
                ),
            }.items()
        },
    }.items()
)

FIELDS: dict[str, Field] = {
    "date": Field(
        "to_jsonb(to_char(photo.user_taken_at AT TIME ZONE 'UTC',"
        " 'YYYY-MM-DD\"T\"HH24:MI:SS.US'))",
        "user_taken_at = (new.said #>> '{}')::timestamp AT TIME ZONE 'UTC'",
    ),
    "timezone": Field(
        "to_jsonb(nullif(photo.user_timezone, ''))",
        "user_timezone = coalesce(new.said #>> '{}', '')",
    ),
    "position": Field(
        "CASE WHEN photo.user_nowhere THEN '[]'::jsonb"
        " WHEN photo.user_latitude IS NOT NULL"
        " THEN jsonb_build_array(photo.user_latitude, photo.user_longitude) END",
        "user_latitude = (new.said ->> 0)::float, user_longitude ="
        " (new.said ->> 1)::float, user_nowhere = new.said IS NOT DISTINCT FROM '[]'"
        ", place_id = CASE WHEN new.said = '[]' THEN NULL ELSE photo.place_id END",
    ),
    "orientation": Field(
        "to_jsonb(nullif(photo.user_orientation, 1))",
        "user_orientation = " + _TURN + _TURNED_SIZE,
    ),
    "category": Field(
        "to_jsonb(nullif(photo.user_category, ''))",
        "user_category = coalesce(new.said #>> '{}', '')",
    ),
    "main_file": Field(
        "to_jsonb(nullif(photo.user_main_md5, ''))",
        "user_main_md5 = coalesce(new.said #>> '{}', '')",
    ),
    "rating": Field(
        "to_jsonb(photo.user_rating)",
        "user_rating = (new.said #>> '{}')::smallint",
    ),
    "caption": Field(
        "to_jsonb(nullif(photo.user_caption, ''))",
        "user_caption = coalesce(new.said #>> '{}', '')",
    ),
    **{name: _fact(name) for name in FACTS},
}
"""All that a person can say of a photo with a history. `date` is a wall-clock time in
ISO 8601 without zone; `position` [latitude, longitude] in degrees, [] for none."""

_SAY = """
WITH new AS (
    SELECT photo.id, {reads} AS was, nullif(({said})::jsonb, 'null') AS said
    FROM api_photo AS photo {joins}
    WHERE photo.id IN ({photos})
), edit AS (
    INSERT INTO api_photoedit
        (photo_id, user_id, batch, field, old_value, new_value, created_at)
    SELECT id, %(user)s, %(batch)s, %(field)s, was, said, clock_timestamp() FROM new
    WHERE was IS DISTINCT FROM said ORDER BY id
    RETURNING photo_id
)
UPDATE api_photo AS photo SET {writes}, last_modified = clock_timestamp()
FROM new WHERE photo.id = new.id AND new.was IS DISTINCT FROM new.said
"""

_UNDONE = """
JOIN (
    SELECT DISTINCT ON (photo_id) photo_id, old_value, new_value
    FROM api_photoedit WHERE batch = %(undone)s AND field = %(field)s
    ORDER BY photo_id, id
) AS edit ON edit.photo_id = photo.id
    AND edit.new_value IS NOT DISTINCT FROM nullif({reads}, 'null')
"""


def hold(photos: PhotoQuerySet) -> int:
    """Lock photos in the order of their ids, as all do; return how many there are.

    To be called before anything is said of them, in its transaction.
    """
    locked = photos.order_by("id").select_for_update(of=("self",), no_key=True)
    sql, values = _compiled(locked)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql}) AS held", values)
        return int(cursor.fetchone()[0])


def say(
    photos: PhotoQuerySet, field: str, value: object, *, user: User, batch: UUID
) -> int:
    """Store what a person says of photos, None to take it back; return how many differ.

    Of those that say so already nothing is written, in the history neither.
    """
    return say_each(
        photos, field, "%(said)s", {"said": json.dumps(value)}, user=user, batch=batch
    )


def say_each(
    photos: PhotoQuerySet,
    field: str,
    said: str,
    values: Mapping[str, Any],
    *,
    user: User,
    batch: UUID,
    joins: str = "",
) -> int:
    """Store what SQL says of each row `photo`, as JSON; see `say`."""
    sql, inner = _compiled(photos)
    # Both styles of placeholders in one statement are not to be had.
    named = {f"photos_{at}": value for at, value in enumerate(inner)}
    names = iter(named)
    sql = re.sub("%s|%%", lambda at: _named(at[0], names), sql)
    row = FIELDS[field]
    statement = _SAY.format(
        reads=row.reads, said=said, joins=joins, photos=sql, writes=row.writes
    )
    given = {"user": user.pk, "batch": batch, "field": field, **values, **named}
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return int(cursor.rowcount)


def undo(photos: PhotoQuerySet, undone: UUID, *, user: User, batch: UUID) -> list[str]:
    """Say of photos what was said before a batch of edits; return the fields concerned.

    Where somebody has said something else since, that stays.
    """
    fields = PhotoEdit.objects.filter(batch=undone, field__in=FIELDS)
    known = sorted(set(fields.order_by().values_list("field", flat=True).distinct()))
    return [
        field
        for field in known
        if say_each(
            photos,
            field,
            "edit.old_value",
            {"undone": undone},
            user=user,
            batch=batch,
            joins=_UNDONE.format(reads=FIELDS[field].reads),
        )
    ]


def changed(batch: UUID, *, at_once: int) -> Iterator[list[UUID]]:
    """Yield the photos of a batch of edits, so many at once."""
    photos = PhotoEdit.objects.filter(batch=batch).order_by("photo_id")
    last = UUID(int=0)
    while True:
        following = photos.filter(photo_id__gt=last)
        ids = list(following.values_list("photo_id", flat=True).distinct()[:at_once])
        if not ids:
            return
        yield ids
        last = ids[-1]


def _named(found: str, names: Iterator[str]) -> str:
    return f"%({next(names)})s" if found == "%s" else found


def _compiled(photos: PhotoQuerySet) -> tuple[str, tuple[Any, ...]]:
    try:
        sql, values = photos.values("pk").query.sql_with_params()
    except EmptyResultSet:  # no photo is asked for
        return "SELECT NULL::uuid WHERE false", ()
    return sql, tuple(values)
