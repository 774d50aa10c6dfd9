"""Tasks of the queue that a worker has left, by dying or by being told to end.

Whether one has died is told by its last sign of life, and so by the clock.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Status

EXCUSED, LOST = "excused", "lost"
"""Arguments that are not the function's: in which of its attempts the worker of a task
was told to end, or lost its database. They say nothing of a later attempt."""

LOSSES, BLAME, TAKEOVERS = "losses", "blame", "takeovers"
"""The like: when the database was lost again and again, in seconds since 1970, how much
speaks for that its workers end by the task, and how often it was left, in whatever way.
"""

NOTES = (EXCUSED, LOST, LOSSES, BLAME, TAKEOVERS)


def hold(task_id: int, *, attempts: int) -> bool:
    """Keep others from taking over a task; False if somebody has since it was seen.

    To be called in the transaction in which it is taken over.
    """
    left = ProcrastinateJob.objects.filter(
        pk=task_id, status=Status.DOING.value, attempts=attempts
    )
    return bool(left.select_for_update())


def put_back(
    task_id: int, *, arguments: Any, lock: str | None = None, delay: timedelta
) -> None:
    """Have a task done again, under another lock if one is named.

    Where its queueing lock allows one that waits, and one does, that one will do.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET args = %s::jsonb WHERE id = %s",
            [json.dumps(arguments), task_id],
        )
        try:
            with transaction.atomic():
                cursor.execute(
                    "SELECT procrastinate_retry_job_v2("
                    "%s, now() + %s * interval '1 second', NULL, NULL, %s)",
                    [task_id, delay.total_seconds(), lock],
                )
        except IntegrityError:
            end(task_id, Status.ABORTED)


def end(task_id: int, status: Status) -> None:
    """Have a task done no more; what is left to be looked at is one that failed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT procrastinate_finish_job_v1(%s, %s, %s)",
            [task_id, status.value, status is not Status.FAILED],
        )


def excuse(tasks: Mapping[int, int], *, note: str) -> set[int]:
    """Note of tasks that are under way, with their attempts, why their worker left.

    Returns those that are still its own: nobody has taken them over or ended them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs AS task"
            " SET args = args || jsonb_build_object(%s, task.attempts)"
            " FROM unnest(%s::bigint[], %s::int[]) AS own (id, attempts)"
            " WHERE task.id = own.id AND task.attempts = own.attempts"
            " AND status = 'doing' RETURNING task.id",
            [note, list(tasks), list(tasks.values())],
        )
        return {row[0] for row in cursor.fetchall()}


def count_as_left(task_id: int, *, attempts: int) -> None:
    """Note that this attempt of a task ends because the worker does, not by an error.

    Whoever dies right after that has it counted twice: the task may then be tried once
    more after errors than others.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET args = jsonb_set(args, ARRAY[%s], to_jsonb("
            "coalesce((args ->> %s)::int, 0) + 1))"
            " WHERE id = %s AND attempts = %s AND status = 'doing'",
            [TAKEOVERS, TAKEOVERS, task_id, attempts],
        )


_AHEAD = (
    """
UPDATE procrastinate_workers SET last_heartbeat = now()
WHERE last_heartbeat > now() + interval '1 minute'
""",
    """
UPDATE procrastinate_jobs SET scheduled_at = now()
WHERE status = 'todo' AND scheduled_at > now() + interval '10 minutes'
""",
)


def correct_times_ahead() -> None:
    """Take times of the queue that lie ahead to be of a clock that was set back since.

    Without this a dead worker would count as alive, and a task that is to be tried
    again would wait, until the clock is there again. No pause between two tries is as
    long as ten minutes, and a worker that lives gives its next sign in seconds.
    """
    with connection.cursor() as cursor:
        for statement in _AHEAD:
            cursor.execute(statement)
