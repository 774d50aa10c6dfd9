"""Writing columns of many rows in one statement that is as short as for one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import AutoField, ForeignKey


def update(
    rows: Sequence[models.Model],
    fields: Sequence[str],
    *,
    by: Mapping[str, str] | None = None,
) -> None:
    """Write these fields of rows, as `bulk_update` does, whatever their number.

    `by` gives fields whose value is none of the rows' the SQL that makes it of the
    rows `old` and `new`.

    That makes an expression a value: for a hundred rows, Django takes longer to put
    the statement together than the database to work it off. Arrays are not written.
    """
    if not rows:
        return
    meta = rows[0]._meta
    pk: Any = meta.pk
    columns: list[Any] = [meta.get_field(name) for name in fields]
    quoted = connection.ops.quote_name
    names = ", ".join(
        f"{quoted(column.column)} = "
        + (by or {}).get(column.name, f"new.{quoted(column.column)}")
        for column in columns
    )
    every = [pk, *columns]
    arrays = ", ".join(f"%s::{_type_of(column)}[]" for column in every)
    of_new = ", ".join(quoted(column.column) for column in every)
    key = quoted(pk.column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quoted(meta.db_table)} AS old SET {names}"
            f" FROM unnest({arrays}) AS new ({of_new}) WHERE old.{key} = new.{key}",
            [[_stored(column, row) for row in rows] for column in every],
        )


def _type_of(field: Any) -> str:
    if isinstance(field, ForeignKey):
        return _type_of(field.target_field)
    if isinstance(field, AutoField):
        return str(field.rel_db_type(connection))
    # An array's type has no length, which the column still holds its values to.
    return re.sub(r"varchar\(\d+\)", "text", str(field.db_type(connection)))


def _stored(field: Any, row: models.Model) -> Any:
    value = getattr(row, field.attname)
    return field.get_db_prep_save(value, connection=connection)
