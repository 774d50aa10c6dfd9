"""Going on with what a worker was at when it died, unless that is what it died of.

Whatever was under way then is suspect, and suspects run one at a time. A batch over
which a worker dies again is halved, until an item is alone that ends its workers; that
one is recorded as failed. Where something else was under way too, an item is blamed the
less for it, and where the worker was told to end or lost its database, not at all: no
more than a few rounds, and no other file, are lost to it. Only what the database is
lost over again and again, soon each time, might be what it does not survive.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.module_loading import import_string
from procrastinate.jobs import Job as QueuedTask
from procrastinate.jobs import Status

from librephotos.api.pipeline.work import jobs, queue
from librephotos.api.pipeline.work.queue import Task
from librephotos.api.pipeline.work.runner import ENDS_WORKERS
from librephotos.api.writes import left_tasks
from librephotos.api.writes.left_tasks import (
    BLAME,
    EXCUSED,
    LOSSES,
    LOST,
    NOTES,
    TAKEOVERS,
)

log = logging.getLogger(__name__)

SUSPECTS = "suspects"
"""The lock of tasks during which a worker has died."""

ALONE, BESIDE_OTHERS = 3, 1
"""How much a death speaks against a task, by whether it alone was under way."""

TOO_MUCH_OF_AN_ITEM = 8
"""An item alone that has so much against it is recorded as failed: after three deaths
over nothing else."""

TOO_MUCH = 18
"""The same of a task that cannot be divided: it is given up after six."""

MANY = 10
"""So often in a row a task may be excused because the database was lost. Whether it is
to blame for that cannot be told from outside; but what is ended still more often, soon
each time, would not get done if it were not."""

SOON_S = 3600.0
"""A loss that comes so long after the one before begins a new row: what the database
does not survive ends it whenever it is tried, and what is interrupted so seldom is done
in between."""

AT_ONCE: Final = timedelta()
WHILE_SUSPECTS_RUN: Final = timedelta(minutes=1)
"""So long what cannot be divided waits, so that nobody dies beside it once more."""


def take_over(dead: QueuedTask, *, alone: bool) -> None:
    """Have a task done that a worker has left, or what is left of it.

    `alone` says that no other is known to have been under way when it died. Whoever
    comes second, of several workers that have seen the same, does nothing.
    """
    with transaction.atomic():
        if left_tasks.hold(_number(dead), attempts=dead.attempts):
            _take_over(dead, alone=alone)


def _take_over(dead: QueuedTask, *, alone: bool) -> None:
    task = next((row for row in Task if row.in_queue == dead.task_name), None)
    raw: object = dead.task_kwargs
    if not task or not isinstance(raw, dict):
        _put_back(dead, raw)  # whoever fetches it finds that it cannot be done
        return
    arguments = dict(raw)
    notes = {note: arguments.pop(note, None) for note in NOTES}
    blame, losses = notes[BLAME] or 0, _losses(notes, dead.attempts)
    afresh = arguments | {TAKEOVERS: (notes[TAKEOVERS] or 0) + 1}
    again = afresh | {LOSSES: losses}
    batch = arguments.get(task.batch)
    size = len(batch) if isinstance(batch, list) else 0
    if _is_excused(notes, dead.attempts, losses):
        _put_back(dead, again | {BLAME: blame})
        return
    first = not blame
    blame += ALONE if alone else BESIDE_OTHERS
    if size > 1:
        if dead.lock != SUSPECTS:
            _put_back(dead, again, lock=SUSPECTS)
        else:
            _halve(task, dead, arguments)
    elif size:
        if blame < TOO_MUCH_OF_AN_ITEM:
            lock = dead.lock or SUSPECTS
            _put_back(dead, again | {BLAME: blame}, lock=lock)
        elif _give_up(task, dead, arguments):
            # It does what there is still to do, or finds that there is nothing.
            _put_back(dead, afresh)
        else:
            _fail(dead, arguments)
    elif blame < TOO_MUCH:
        delay = AT_ONCE if alone or first else WHILE_SUSPECTS_RUN
        _put_back(dead, again | {BLAME: blame}, delay=delay)
    else:
        _fail(dead, arguments)


def _losses(notes: dict[str, Any], attempts: int) -> list[float]:
    """Return when the database was lost over a task in a row, this time included."""
    losses: list[float] = notes[LOSSES] or []
    if notes[LOST] != attempts:
        return losses
    now = time.time()
    return [*losses, now] if losses and now - losses[-1] < SOON_S else [now]


def _is_excused(notes: dict[str, Any], attempts: int, losses: list[float]) -> bool:
    if notes[EXCUSED] == attempts:
        return True
    return notes[LOST] == attempts and len(losses) <= MANY


def _halve(task: Task, dead: QueuedTask, arguments: dict[str, Any]) -> None:
    batch = arguments[task.batch]
    middle = len(batch) // 2
    for half in (batch[:middle], batch[middle:]):
        queue.enqueue(
            task,
            on=dead.queue,
            priority=dead.priority,
            lock=SUSPECTS,
            **(arguments | {task.batch: half}),
        )
    left_tasks.end(_number(dead), Status.SUCCEEDED)


def _give_up(task: Task, dead: QueuedTask, arguments: dict[str, Any]) -> bool:
    others = {name: value for name, value in arguments.items() if name != "job"}
    job = arguments.get("job")
    try:
        with transaction.atomic():
            function = import_string(task.give_up)
            return bool(function(*([] if job is None else [job]), **others))
    except (LookupError, TypeError, ValueError):
        log.exception("No version of this program has such a task: %d", dead.id)
        return False


def _put_back(
    dead: QueuedTask,
    arguments: object,
    *,
    lock: str | None = None,
    delay: timedelta = AT_ONCE,
) -> None:
    left_tasks.put_back(_number(dead), arguments=arguments, lock=lock, delay=delay)


def _fail(dead: QueuedTask, arguments: dict[str, Any]) -> None:
    left_tasks.end(_number(dead), Status.FAILED)
    job_id = arguments.get("job")
    if isinstance(job_id, int):
        jobs.fail(job_id, ENDS_WORKERS)


def _number(dead: QueuedTask) -> int:
    return dead.id or 0
