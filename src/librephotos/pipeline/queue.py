"""Deferring work to the workers, by name; imports nothing that does the work.

A job is deferred in the transaction of the rows that it is about: either both are
there or neither is.
"""

from __future__ import annotations

from typing import Any

from procrastinate.contrib.django import app

SCAN = "scan"
INGEST = "ingest"
RUN_STAGES = "run_stages"
DELETE_MISSING = "delete_missing"

QUEUES = {SCAN: "io", DELETE_MISSING: "io", INGEST: "cpu", RUN_STAGES: "cpu"}


def enqueue(
    name: str,
    *,
    priority: int = 0,
    lock: str | None = None,
    queueing_lock: str | None = None,
    **arguments: Any,
) -> None:
    """Have a worker run the task; a higher priority goes first.

    Tasks of one `lock` run one by one. While a task of the same `queueing_lock`
    waits, AlreadyEnqueued is raised.
    """
    app.configure_task(
        f"librephotos.{name}",
        queue=QUEUES[name],
        priority=priority,
        lock=lock,
        queueing_lock=queueing_lock,
    ).defer(**arguments)
