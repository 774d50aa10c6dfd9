"""Queries whose SQL is written once: Django takes longer to write it than to ask."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import QuerySet


class Compiled:
    """The SQL of a query, with places for the values that differ between requests.

    The query is made with stand-ins, which no other value in it may equal, so that the
    ordinary gates write it: who may see what is decided where it always is. Nothing in
    it may depend on the time, or on a setting that can change.
    """

    def __init__(self, query: QuerySet[Any, Any], **stand_ins: Any) -> None:
        """Take a query and the stand-ins in it by name.

        Raises ValueError where the query lacks one of them.
        """
        self.model = query.model
        self._sql, values = query.query.sql_with_params()
        self._values = [(_named(value, stand_ins), value) for value in values]
        lacking = stand_ins.keys() - {name for name, _ in self._values}
        if lacking:
            raise ValueError(f"The query does not ask for {sorted(lacking)}.")

    def rows(
        self, *, start: int = 0, size: int | None = None, **given: Any
    ) -> list[tuple[Any, ...]]:
        """Return up to `size` rows from `start` on, as the database has them.

        No field converts them: the query may select none that would.
        """
        sliced = [*self._filled(given), size, start]
        with connection.cursor() as cursor:
            cursor.execute(f"{self._sql} LIMIT %s OFFSET %s", sliced)
            return list(cursor.fetchall())

    def first(self, **given: Any) -> Any:
        """Return the first model instance, None without one.

        What is selected besides its columns is an attribute, unconverted.
        """
        found = self.model._default_manager.raw(self._sql, self._filled(given))
        return next(iter(found), None)

    def _filled(self, given: dict[str, Any]) -> list[Any]:
        return [given[name] if name else value for name, value in self._values]


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
