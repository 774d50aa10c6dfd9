"""Whether the parts that work behind the web server do: workers, tasks, tables."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

WORKER_SILENCE = timedelta(seconds=30)
"""After this long without a heartbeat (one is due every few seconds) one is gone."""


def workers_alive() -> int:
    """Return how many workers gave a sign of life of late.

    What lies far ahead is of a clock that was set back since.
    """
    now = timezone.now()
    late = (now - WORKER_SILENCE, now + WORKER_SILENCE)
    return ProcrastinateWorker.objects.filter(last_heartbeat__range=late).count()


def known_workers() -> list[tuple[int, bool]]:
    """Return the loops of workers by number, and whether each gave a sign of life."""
    now = timezone.now()
    early, late = now - WORKER_SILENCE, now + WORKER_SILENCE
    rows = ProcrastinateWorker.objects.order_by("id").values_list(
        "id", "last_heartbeat"
    )
    return [(number, early <= heartbeat <= late) for number, heartbeat in rows]


def is_under_way(lock: str) -> bool:
    """Whether a task of this queueing lock waits or is being done."""
    return bool(under_way([lock]))


def under_way(locks: Collection[str]) -> set[str]:
    """Return of which of these queueing locks a task waits or is being done."""
    tasks = ProcrastinateJob.objects.filter(queueing_lock__in=locks)
    there = tasks.filter(status__in=("todo", "doing"))
    return set(there.values_list("queueing_lock", flat=True))


def tables_are_current() -> bool:
    """Return whether every migration of this version has been applied."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
