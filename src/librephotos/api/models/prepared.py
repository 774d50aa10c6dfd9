"""Statements that each request asks, compiled once and planned once a connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import psycopg
from django.db import connection
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


class Prepared(Generic[Row]):
    """A queryset whose SQL is made once, for values that differ each time.

    The queryset is built with a stand-in for each of these values, one that no other
    of its parameters equals. It is asked with parameters bound by PostgreSQL, which
    keeps the plan where the settings allow that. No related rows are selected.
    """

    def __init__(self, rows: QuerySet[Row], *stand_ins: Any) -> None:
        """Compile; raise ValueError unless every stand-in is a parameter."""
        self._model = rows.model
        compiler = rows.query.get_compiler(connection=connection)
        self._sql, parameters = compiler.as_sql()
        self._parameters = list(parameters)
        self._places = [
            (place, stand_ins.index(value))
            for place, value in enumerate(parameters)
            if value in stand_ins
        ]
        if {number for _, number in self._places} != set(range(len(stand_ins))):
            raise ValueError("A stand-in is no parameter of the statement.")
        select, columns = compiler.select, (compiler.klass_info or {})["select_fields"]
        self._columns: Sequence[int] = columns
        self._names = [select[column][0].target.attname for column in columns]
        self._annotations = dict(compiler.annotation_col_map or {})
        expressions = [expression for expression, *_ in select]
        self._converters = list(compiler.get_converters(expressions).items())

    def first(self, *values: Any) -> Row | None:
        """Return the first row for the values that the stand-ins stood for."""
        parameters = list(self._parameters)
        for place, number in self._places:
            parameters[place] = values[number]
        with _cursor() as cursor:
            cursor.execute(self._sql, parameters)
            found = cursor.fetchone()
        return None if found is None else self._row(list(found))

    def _row(self, found: list[Any]) -> Row:
        for place, (converters, expression) in self._converters:
            for convert in converters:
                found[place] = convert(found[place], expression, connection)
        row = self._model.from_db(
            connection.alias, self._names, [found[place] for place in self._columns]
        )
        for name, place in self._annotations.items():
            setattr(row, name, found[place])
        return row


def _cursor() -> Any:
    """Return a cursor whose parameters PostgreSQL binds.

    Where queries are logged, the log tells their values, and so they are in the text.
    """
    if connection.queries_logged:
        return connection.cursor()
    connection.ensure_connection()
    bare = psycopg.Cursor(connection.connection)
    return connection.make_cursor(bare)  # type: ignore[arg-type]
