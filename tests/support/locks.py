"""What connections to the database wait for."""

from __future__ import annotations

from django.db import connection


def somebody_waits() -> bool:
    """Tell whether another connection waits for a lock of this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            # pg_stat_activity would not change before the transaction ends.
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
            " AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


def how_many_wait() -> int:
    """Return how many connections wait for this one, or for one that waits for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH waits AS (SELECT DISTINCT pid, pg_blocking_pids(pid) AS by"
            "  FROM pg_locks WHERE NOT granted),"
            " next AS (SELECT pid FROM waits WHERE pg_backend_pid() = ANY(by))"
            " SELECT count(*) FROM waits WHERE pid IN (SELECT pid FROM next)"
            "  OR by && ARRAY(SELECT pid FROM next)"
        )
        return int(cursor.fetchone()[0])
