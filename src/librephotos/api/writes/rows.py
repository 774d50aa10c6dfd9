"""Writing columns of many rows in one statement that is as short as for one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
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

    `bulk_update` makes an expression of each value: for a hundred rows, Django takes
    longer to put the statement together than the database to work it off. Arrays are
    not written.
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


def insert(rows: Sequence[models.Model], *, over: str = "") -> None:
    """Write new rows, as `bulk_create` does, in a statement as short as for one.

    With `over`, the name of a unique field, what is there of it is written over. A
    column that is alike in all rows, as most defaults are, is told once; one that has a
    default in the database gets that.
    """
    if not rows:
        return
    meta = rows[0]._meta
    quoted = connection.ops.quote_name
    columns: list[Any] = [
        column
        for column in meta.concrete_fields
        if not column.generated and not column.has_db_default()
    ]
    values, arrays, names, parameters = [], [], [], []
    alike: list[Any] = []
    for column in columns:
        name, stored = quoted(column.column), [_added(column, row) for row in rows]
        if not column.primary_key and _are_alike(stored):
            values.append(f"%s::{_type_of(column)}")
            alike.append(stored[0])
            continue
        names.append(name)
        if isinstance(column, ArrayField):  # which no array holds
            stored = [None if one is None else json.dumps(one) for one in stored]
            arrays.append("%s::jsonb[]")
            values.append(
                f"ARRAY(SELECT jsonb_array_elements_text(new.{name}))::"
                + _type_of(column)
            )
        else:
            arrays.append(f"%s::{_type_of(column)}[]")
            values.append(f"new.{name}")
        parameters.append(stored)
    into = ", ".join(quoted(column.column) for column in columns)
    sql = f"INSERT INTO {quoted(meta.db_table)} ({into}) SELECT {', '.join(values)}"
    sql += f" FROM unnest({', '.join(arrays)}) AS new ({', '.join(names)})"
    if over:
        key: Any = meta.get_field(over)
        kept = ", ".join(
            f"{quoted(column.column)} = excluded.{quoted(column.column)}"
            for column in columns
            if column is not key and not column.primary_key
        )
        sql += f" ON CONFLICT ({quoted(key.column)}) DO UPDATE SET {kept}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*alike, *parameters])


def _are_alike(values: Sequence[Any]) -> bool:
    first = values[0]
    return all(type(one) is type(first) and one == first for one in values)


def _added(field: Any, row: models.Model) -> Any:
    value = field.pre_save(row, add=True)
    return field.get_db_prep_save(value, connection=connection)
