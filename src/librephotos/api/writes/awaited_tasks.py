"""Tasks of the queue whose results somebody waits for."""

from __future__ import annotations

from django.db import connection


def raise_priority(queueing_lock: str, *, to: int) -> None:
    """Have the task of a queueing lock go before those of lower priority, if it waits.

    One that somebody else holds just now is about to be done.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET priority = %(to)s WHERE id IN ("
            "SELECT id FROM procrastinate_jobs WHERE queueing_lock = %(lock)s"
            " AND status = 'todo' AND priority < %(to)s FOR UPDATE SKIP LOCKED)",
            {"to": to, "lock": queueing_lock},
        )
