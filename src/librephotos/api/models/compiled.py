"""Queries whose SQL is written once: Django takes longer to write it than to ask."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import psycopg
from django.db import connection
from django.db.models import Model, QuerySet
from psycopg.types.datetime import TimestamptzLoader

Row = TypeVar("Row", bound=Model)


class Compiled(Generic[Row]):
    """The SQL of a query, with places for the values that differ between requests.

    The query is made with stand-ins, which no other value in it may equal, so that the
    ordinary gates write it: who may see what is decided where it always is. Nothing in
    it may depend on the time, or on a setting that can change.
    """

    def __init__(self, query: QuerySet[Row, Any], **stand_ins: Any) -> None:
        """Take a query and the stand-ins in it by name.

        Raises ValueError where the query lacks one of them.
        """
        self._model = query.model
        compiler = query.query.get_compiler(connection=connection)
        self._sql, values = compiler.as_sql()
        self._values = [(_named(value, stand_ins), value) for value in values]
        lacking = stand_ins.keys() - {name for name, _ in self._values}
        if lacking:
            raise ValueError(f"The query does not ask for {sorted(lacking)}.")
        columns = (compiler.klass_info or {}).get("select_fields", [])
        self._columns: list[int] = list(columns)
        expressions = {place: compiler.select[place][0] for place in columns}
        self._names = [column.target.attname for column in expressions.values()]
        self._converters = list(compiler.get_converters(expressions.values()).items())
        self._annotations = dict(compiler.annotation_col_map or {})

    def rows(
        self, *, start: int = 0, size: int | None = None, **given: Any
    ) -> list[tuple[Any, ...]]:
        """Return up to `size` rows from `start` on, as the database has them.

        No field converts them: the query may select none that would.
        """
        sliced = [*self._filled(given), size, start]
        with connection.cursor() as cursor:
            # Not Django's, which takes a row's other columns' time to do as much.
            cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
            cursor.execute(f"{self._sql} LIMIT %s OFFSET %s", sliced)
            return list(cursor.fetchall())

    def first(self, **given: Any) -> Row | None:
        """Return the first model instance, None without one.

        What is selected besides its columns is an attribute, unconverted. No related
        rows may be selected.
        """
        with connection.cursor() as cursor:
            cursor.execute(self._sql, self._filled(given))
            found = cursor.fetchone()
        return None if found is None else self._instance(found)

    def _filled(self, given: dict[str, Any]) -> list[Any]:
        return [given[name] if name else value for name, value in self._values]

    def _instance(self, found: tuple[Any, ...]) -> Row:
        values = [found[place] for place in self._columns]
        for place, (converters, expression) in self._converters:
            for convert in converters:
                values[place] = convert(values[place], expression, connection)
        instance = self._model.from_db(connection.alias, self._names, values)
        for name, place in self._annotations.items():
            setattr(instance, name, found[place])
        return instance


class Prepared(Compiled[Row]):
    """A compiled query whose values PostgreSQL binds, so that it can keep the plan.

    For look-ups by a key, whose plan is the same for all values. The plan is kept
    where the settings allow that.
    """

    def __init__(self, query: QuerySet[Row, Any], **stand_ins: Any) -> None:
        super().__init__(query, **stand_ins)
        places = (f"${number}" for number in range(1, len(self._values) + 1))
        self._numbered = self._sql % tuple(places)

    def first(self, **given: Any) -> Row | None:
        # Where queries are logged, the log tells their values, so they are in the text.
        if connection.queries_logged:
            return super().first(**given)
        connection.ensure_connection()
        # psycopg would look through the text for places each time.
        bare = psycopg.RawCursor(connection.connection)
        with connection.make_cursor(bare) as cursor:  # type: ignore[arg-type]
            cursor.execute(self._numbered, self._filled(given))
            found = cursor.fetchone()
        return None if found is None else self._instance(found)


def _named(value: Any, stand_ins: dict[str, Any]) -> str:
    """Return for which stand-in a value of the query stands, "" for none.

    Django hands whole numbers over as subclasses of int that name their column's size.
    """
    return next(
        (
            name
            for name, stand_in in stand_ins.items()
            if isinstance(value, type(stand_in)) and value == stand_in
        ),
        "",
    )
