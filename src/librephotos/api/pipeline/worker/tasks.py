"""Registers with the queue what workers can do: every row of `work.queue.Task`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    close_old_connections,
)
from django.utils.module_loading import import_string
from procrastinate import JobContext, RetryDecision, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job as QueuedTask

from librephotos.api.pipeline.work import children, jobs
from librephotos.api.pipeline.work.queue import Task
from librephotos.api.pipeline.work.runner import full_folder_told
from librephotos.api.pipeline.worker.problems import problem
from librephotos.api.writes import left_tasks
from librephotos.api.writes.left_tasks import NOTES, TAKEOVERS
from librephotos.full_disk import DataFolderFull
from librephotos.ml.errors import ModelUnusable

log = logging.getLogger(__name__)


class _Retry(RetryStrategy):
    """Counts errors alone: no end of a worker, by death or in order, costs a try.

    After an orderly end a task is always gone on with.
    """

    def get_retry_decision(
        self, *, exception: BaseException, job: QueuedTask
    ) -> RetryDecision | None:
        if isinstance(exception, JobAborted):
            return RetryDecision(retry_in={"seconds": 0})
        arguments: dict[str, Any] = job.task_kwargs
        errors = max(0, job.attempts - arguments.get(TAKEOVERS, 0))
        return super().get_retry_decision(
            exception=exception, job=job.evolve(attempts=errors)
        )


# The database may restart, a disk hiccup, the decoding child not start: six tries,
# spread over two minutes. Another worker goes on with what a stopping one aborts. And
# any row may be deleted while it is worked on, a job, its user, a photo: the next try
# begins with what is there.
RETRY = _Retry(
    max_attempts=6,
    exponential_wait=2,
    retry_exceptions=[
        OperationalError,
        InterfaceError,
        IntegrityError,
        ObjectDoesNotExist,
        OSError,
        BrokenExecutor,
    ],
)


def _register(task: Task) -> None:
    @app.task(name=task.in_queue, queue=task.lane, retry=RETRY, pass_context=True)
    def run(context: JobContext, /, *, job: int | None, **arguments: Any) -> None:
        for note in NOTES:
            arguments.pop(note, None)
        if task.child:
            arguments["sandbox"] = getattr(children, task.child)()
        if task.stoppable:
            arguments["should_abort"] = context.should_abort
        numbers = [] if job is None else [job]
        close_old_connections()
        try:
            with _endings_told(task, job, context), full_folder_told():
                import_string(task.function)(*numbers, **arguments)
        except JobAborted:
            _count_as_left(context.job)
            raise
        finally:
            close_old_connections()


def _count_as_left(task: QueuedTask) -> None:
    try:
        left_tasks.count_as_left(task.id or 0, attempts=task.attempts)
    except (DatabaseError, InterfaceError) as error:
        log.warning("The end of the worker counts as an error of a task: %s", error)


@contextmanager
def _endings_told(task: Task, job: int | None, context: JobContext) -> Iterator[None]:
    """Have the job of a task say why it cannot go on, where no other try follows."""
    try:
        yield
    except DataFolderFull as error:
        # What no job follows is asked for again by whoever needs it.
        log.error("%s ended early: %s", task.name.lower(), error)
        if job is not None:
            jobs.fail(job, f"{error}, then {jobs.again(job)}.")
    except ModelUnusable as error:
        if job is None:
            raise
        jobs.fail(job, str(error))
    except OSError as error:
        last = RETRY.get_retry_decision(exception=error, job=context.job) is None
        if job is None or not last:
            raise
        # Without the path: it may be somebody's.
        reason = problem(error)
        log.error("%s ended early: %s", task.name.lower(), reason)
        jobs.fail(job, f"{reason}, then {jobs.again(job)}.")


for _task in Task:
    _register(_task)
