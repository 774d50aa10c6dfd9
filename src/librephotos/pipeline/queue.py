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
    name: str, *, priority: int = 0, lock: str | None = None, **arguments: Any
) -> None:
    """Have a worker run the task; a higher priority goes first, a lock one by one."""
    app.configure_task(
        f"librephotos.{name}", queue=QUEUES[name], priority=priority, lock=lock
    ).defer(**arguments)


def enqueue_batches(
    name: str, arguments: list[dict[str, Any]], *, priorities: list[int]
) -> None:
    """Have workers run the task once for each set of arguments."""
    for one, priority in zip(arguments, priorities, strict=True):
        enqueue(name, priority=priority, **one)
