"""A database that refuses something, as one that fails in one place does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def refusing(event: str, condition: str, *, says: str) -> Iterator[None]:
    """Have the database refuse jobs for a while.

    `event` is INSERT or UPDATE, `condition` SQL over NEW and OLD.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{says}'; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER refuse BEFORE {event} ON api_job FOR EACH ROW"
            f" WHEN ({condition}) EXECUTE FUNCTION refuse()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION refuse CASCADE")
