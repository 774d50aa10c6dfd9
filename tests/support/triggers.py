"""A database that refuses something, as one that fails in one place does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def refusing(
    event: str,
    condition: str,
    *,
    says: str,
    table: str = "api_job",
    code: str = "raise_exception",
) -> Iterator[None]:
    """Have the database refuse rows of a table for a while.

    `event` is INSERT or UPDATE, `condition` SQL over NEW and OLD, `code` the name of an
    error of PostgreSQL.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{says}'"
            f" USING ERRCODE = '{code}'; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER refuse BEFORE {event} ON {table} FOR EACH ROW"
            f" WHEN ({condition}) EXECUTE FUNCTION refuse()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION refuse CASCADE")
