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
