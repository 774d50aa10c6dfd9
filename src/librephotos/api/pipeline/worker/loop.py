"""The worker process: takes tasks from the queue until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from typing import Any, TypeVar, cast

from django.db import (
    DatabaseError,
    InterfaceError,
    close_old_connections,
    connection,
)
from procrastinate import App
from procrastinate.contrib.django import app as django_app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException

from librephotos.api.pipeline.ml_models.watch import ModelWatch
from librephotos.api.pipeline.previews import left_uploads
from librephotos.api.pipeline.previews.archives import remove_expired
from librephotos.api.pipeline.work import jobs
from librephotos.api.pipeline.work.children import rest_children, stop_children
from librephotos.api.pipeline.work.queue import (
    ALL_QUEUES,
    INTERACTIVE,
    LANES,
    PICTURES,
)
from librephotos.api.pipeline.worker.queue_connector import QueueConnector, losses_told
from librephotos.api.pipeline.worker.takeover import take_over
from librephotos.api.writes import left_tasks
from librephotos.logs.outages import outages
from librephotos.stopping import handlers_kept, stop_requests

log = logging.getLogger(__name__)

Value = TypeVar("Value")

HEARTBEAT_S = 3.0
STALLED_AFTER_S = 12.0
"""A worker that is silent for so long is dead, and its tasks are taken over."""

SILENT_AFTER_S = 7.0
"""What dies together is found within two signs of life of each other."""

SWITCH_S = 0.0005
"""What somebody waits for asks the database beside tasks that compute: at each answer
it would wait until these give way."""

TIDY_EVERY_S = 5.0
BEGIN_AGAIN_AFTER_S = 1.0
IDLE_CHILD_S = 60.0


def run(
    *,
    concurrency: int = 2,
    queues: Collection[str] = ALL_QUEUES,
    wait: bool = True,
) -> None:
    """Work until SIGTERM or SIGINT, or without `wait` until the queues are empty.

    A task that is under way when a signal comes is finished. Two tasks at a time keep
    the children busy while results are written; those that somebody waits for are
    worked on beside them.
    """
    # Several workers share the cores; each decodes on one.
    os.environ.setdefault("VIPS_CONCURRENCY", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.setswitchinterval(SWITCH_S)
    lanes = [{lane} for lane in LANES if INTERACTIVE in queues]
    leading = set(queues) - {INTERACTIVE} or lanes.pop(0)
    sizes = [
        (leading, concurrency),
        *((lane, 2 if PICTURES in lane else 1) for lane in lanes),
    ]
    if not wait:
        asyncio.run(_run_until_empty(sizes))
        return
    with handlers_kept(), stop_requests.held():
        stop_requests.install()
        try:
            asyncio.run(_run_until_told_to_stop(sizes))
        finally:
            stop_children()


def _app() -> App:
    return django_app.with_connector(
        QueueConnector.of(cast(DjangoConnector, django_app.connector))
    )


async def _run_until_empty(sizes: Sequence[tuple[set[str], int]]) -> None:
    app = _app()
    async with app.open_async():
        await asyncio.gather(
            *(_work(app, lane, concurrency=n, wait=False) for lane, n in sizes)
        )


async def _run_until_told_to_stop(sizes: Sequence[tuple[set[str], int]]) -> None:
    """Work on lanes until a signal comes, or until a loop ends by itself.

    None of them should: this process then ends with the error, and is started again.
    """
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_handle_unexpected)
    running = asyncio.create_task(_run(_app(), sizes))
    with stop_requests.telling(partial(loop.call_soon_threadsafe, running.cancel)):
        try:
            await running
        except asyncio.CancelledError:
            log.info("Stopped")


async def _run(app: App, sizes: Sequence[tuple[set[str], int]]) -> None:
    await _until_database_answers()
    async with app.open_async():
        connector = cast(QueueConnector, app.connector)
        loops = [asyncio.create_task(_tidy_up(app, ModelWatch()))]
        for lane, size in sizes:
            working = _keep_working(app, lane, concurrency=size)
            loops.append(asyncio.create_task(working))
        try:
            await asyncio.gather(*loops)
        finally:
            for task in loops:
                task.cancel()
            excusing = _attempt(partial(excuse, connector))
            await asyncio.gather(excusing, *loops, return_exceptions=True)


def _handle_unexpected(
    loop: asyncio.AbstractEventLoop, context: dict[str, Any]
) -> None:
    """Tell in a line that the queue did not take what became of a task.

    Nobody awaits that. The task was taken over, and counts once.
    """
    error = context.get("exception")
    if isinstance(error, ConnectorException):
        log.info("The end of a task was not noted", exc_info=error)
    else:
        loop.default_exception_handler(context)


async def _keep_working(app: App, queues: set[str], *, concurrency: int) -> None:
    """Work on some queues; begin again whenever their connection to the queue is lost.

    What was under way then is taken over, by this worker under a new number or by
    another one: nobody knows whether the queue has heard of its end.
    """
    while True:
        with losses_told() as told:
            working = asyncio.create_task(
                _work(app, queues, concurrency=concurrency, wait=True)
            )
        lost = asyncio.create_task(told.wait())
        try:
            await asyncio.wait([working, lost], return_when=asyncio.FIRST_COMPLETED)
        finally:
            lost.cancel()
            working.cancel()
            [ended] = await asyncio.gather(working, return_exceptions=True)
        if isinstance(ended, Exception):
            log.warning("Work is put off: %s", ended)
        await asyncio.sleep(BEGIN_AGAIN_AFTER_S)
        await _until_database_answers()
        await _attempt(partial(excuse, cast(QueueConnector, app.connector)))


async def excuse(connector: QueueConnector) -> None:
    """Say that this process lives, whatever becomes of the tasks that it has begun."""
    begun = dict(connector.under_way)
    why = left_tasks.EXCUSED if stop_requests.count else left_tasks.LOST
    own = await in_thread(left_tasks.excuse, begun, note=why)
    connector.forget({task: n for task, n in begun.items() if task not in own})


async def _until_database_answers() -> None:
    while not await asyncio.to_thread(_database_answers):
        await asyncio.sleep(BEGIN_AGAIN_AFTER_S)


def _database_answers() -> bool:
    close_old_connections()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError) as error:
        log.warning("The database does not answer: %s", error)
        return False
    finally:
        close_old_connections()
    return True


async def _work(
    app: App,
    queues: set[str],
    *,
    concurrency: int,
    wait: bool,
) -> None:
    await app.run_worker_async(
        queues=sorted(queues),
        concurrency=concurrency,
        wait=wait,
        install_signal_handlers=False,
        fetch_job_polling_interval=2.0,
        update_heartbeat_interval=HEARTBEAT_S,
        stalled_worker_timeout=STALLED_AFTER_S,
        shutdown_graceful_timeout=5.0,
        delete_jobs="successful",
    )


async def _tidy_up(app: App, watch: ModelWatch) -> None:
    """Now and then take over the tasks of dead workers, and end what is idle."""
    duties: list[Callable[[], Awaitable[None]]] = [
        partial(_take_over, app),
        partial(in_thread, left_tasks.correct_times_ahead),
        partial(in_thread, jobs.settle_abandoned),
        partial(in_thread, watch.look),
        partial(in_thread, left_uploads.request_if_due),
        partial(in_thread, remove_expired),
        partial(asyncio.to_thread, rest_children, after_s=IDLE_CHILD_S),
    ]
    while True:
        for duty in duties:
            await _attempt(duty)
        await asyncio.sleep(TIDY_EVERY_S)


async def _attempt(duty: Callable[[], Awaitable[None]]) -> None:
    """Do one thing that is to be done again and again; a failure is told, no end."""
    try:
        await duty()
    except (ConnectorException, DatabaseError, InterfaceError) as error:
        # Away for a moment, or another worker took the same task over first.
        log.warning("Tidying up is put off: %s", error)
    # The boundary of a round: were the loop to end, all tasks that stall from then on
    # would wait for ever.
    except Exception:
        log.exception("Tidying up failed, and is tried again")


async def _take_over(app: App) -> None:
    if not outages.calm_for(STALLED_AFTER_S):
        return  # nobody could give a sign of life
    silent, stalled = [
        list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds))
        for seconds in (SILENT_AFTER_S, STALLED_AFTER_S)
    ]
    for task in stalled:
        await _attempt(partial(in_thread, take_over, task, alone=len(silent) == 1))


async def in_thread(
    function: Callable[..., Value], *arguments: Any, **options: Any
) -> Value:
    """Do what asks the database beside the loop, and leave no connection open."""

    def run() -> Value:
        close_old_connections()
        try:
            return function(*arguments, **options)
        finally:
            close_old_connections()

    return await asyncio.to_thread(run)
