"""Tasks of the queue that a worker has left, by dying or by being told to end."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Status

EXCUSED, BLAME, TAKEOVERS = "excused", "blame", "takeovers"
"""Arguments that are not the function's: that the worker does not end by the task, how
much speaks for that it does, and how often the task was left."""

NOTES = (EXCUSED, BLAME, TAKEOVERS)


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


def excuse(task_ids: Collection[int]) -> None:
    """Note of tasks that are under way that their worker does not end by them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET args = args || %s::jsonb"
            " WHERE id = ANY(%s) AND status = 'doing'",
            [json.dumps({EXCUSED: True}), list(task_ids)],
        )
