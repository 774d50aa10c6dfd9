"""Going on with what a worker was at when it died, unless that is what it died of.

Whatever was under way then is suspect, and suspects run one at a time. A batch over
which a worker dies again is halved, until an item is alone that ends its workers; that
one is recorded as failed. No more than a few rounds, and no other file, are lost to it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import close_old_connections, transaction
from django.utils.module_loading import import_string
from procrastinate import App
from procrastinate.jobs import Job as QueuedTask
from procrastinate.jobs import Status

from librephotos.api.pipeline.work import jobs, queue
from librephotos.api.pipeline.work.queue import Task

log = logging.getLogger(__name__)

Value = TypeVar("Value")

SUSPECTS = "suspects"
"""The lock of tasks during which a worker has died."""

MAX_TAKEOVERS = 5
"""A task that ends its worker more often, and cannot be divided, is given up."""

MAX_TAKEOVERS_ALONE = 2
"""As above, of an item alone: it may have been under way when another ended it."""


async def take_over(app: App, dead: QueuedTask) -> None:
    """Have a task done that a dead worker has left, or what is left of it."""
    task = next((row for row in Task if row.in_queue == dead.task_name), None)
    arguments: object = dead.task_kwargs
    batch = arguments.get(task.batch) if task and isinstance(arguments, dict) else None
    if not (task and isinstance(batch, list) and batch):
        if dead.attempts < MAX_TAKEOVERS:
            await app.job_manager.retry_job(dead)
        else:
            await _fail(app, dead)
    elif len(batch) > 1:
        if dead.lock != SUSPECTS:
            await app.job_manager.retry_job(dead, lock=SUSPECTS)
        else:
            await in_thread(_halve, task, dead)
            await _finish(app, dead, Status.SUCCEEDED)
    elif dead.attempts < MAX_TAKEOVERS_ALONE:
        await app.job_manager.retry_job(dead, lock=dead.lock or SUSPECTS)
    elif await in_thread(_give_up, task, dead):
        # It does what there is still to do, or finds that there is nothing.
        await app.job_manager.retry_job(dead)
    else:
        await _fail(app, dead)


def _halve(task: Task, dead: QueuedTask) -> None:
    arguments: dict[str, Any] = dict(dead.task_kwargs)
    batch = arguments.pop(task.batch)
    middle = len(batch) // 2
    with transaction.atomic():
        for half in (batch[:middle], batch[middle:]):
            queue.enqueue(
                task,
                on=dead.queue,
                priority=dead.priority,
                lock=SUSPECTS,
                # Two workers may find the dead one, or one of them die here.
                queueing_lock=f"{dead.id}-{half[0]}",
                **{task.batch: half},
                **arguments,
            )


def _give_up(task: Task, dead: QueuedTask) -> bool:
    arguments: dict[str, Any] = dict(dead.task_kwargs)
    job = arguments.pop("job", None)
    numbers = [] if job is None else [job]
    try:
        return bool(import_string(task.give_up)(*numbers, **arguments))
    except (LookupError, TypeError, ValueError):
        log.exception("No version of this program has such a task: %d", dead.id)
        return False


async def _fail(app: App, dead: QueuedTask) -> None:
    await _finish(app, dead, Status.FAILED)
    arguments: object = dead.task_kwargs
    job_id = arguments.get("job") if isinstance(arguments, dict) else None
    if isinstance(job_id, int):
        await in_thread(
            jobs.fail, job_id, "A worker died again and again on the same files."
        )


async def _finish(app: App, dead: QueuedTask, status: Status) -> None:
    await app.job_manager.finish_job_by_id_async(
        job_id=dead.id or 0, status=status, delete_job=status is Status.SUCCEEDED
    )


async def in_thread(function: Callable[..., Value], *arguments: Any) -> Value:
    """Do what asks the database beside the loop, and leave no connection open."""

    def run() -> Value:
        close_old_connections()
        try:
            return function(*arguments)
        finally:
            close_old_connections()

    return await asyncio.to_thread(run)
