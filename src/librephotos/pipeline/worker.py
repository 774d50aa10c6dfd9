"""The worker process: takes tasks from the queue until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Collection
from typing import cast

from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections
from procrastinate import App
from procrastinate.contrib.django import app as django_app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status

from librephotos.pipeline import jobs
from librephotos.pipeline.catching_up import ModelWatch
from librephotos.pipeline.queue import ALL_QUEUES, INTERACTIVE, LANES
from librephotos.pipeline.worker_sandbox import rest_children, stop_children

log = logging.getLogger(__name__)

HEARTBEAT_S = 3.0
STALLED_AFTER_S = 12.0
"""A worker that is silent for so long is dead, and its tasks are taken over."""

TIDY_EVERY_S = 5.0
RESPOND_AGAIN_AFTER_S = 1.0
IDLE_CHILD_S = 60.0
MAX_TAKEOVERS = 5
"""A task that kills its worker more often than this is given up."""


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
    try:
        asyncio.run(_run(concurrency, queues, wait))
    finally:
        if wait:
            stop_children()


async def _run(concurrency: int, queues: Collection[str], wait: bool) -> None:
    connector = cast(DjangoConnector, django_app.connector)
    app = django_app.with_connector(connector.get_worker_connector())
    async with app.open_async():
        watch = ModelWatch() if wait else None
        tidying = asyncio.create_task(_tidy_up(app, watch))
        lanes = [{lane} for lane in LANES if INTERACTIVE in queues]
        leading = set(queues) - {INTERACTIVE} or lanes.pop(0)
        responding = asyncio.gather(*(_respond(app, lane, wait=wait) for lane in lanes))
        try:
            await _work(
                app,
                leading,
                concurrency=concurrency,
                wait=wait,
                install_signal_handlers=True,
            )
            if not wait:
                await responding
        finally:
            tidying.cancel()
            responding.cancel()
            await asyncio.gather(responding, return_exceptions=True)


async def _respond(app: App, queues: set[str], *, wait: bool) -> None:
    """Work on what somebody waits for; begin again if the connection was lost.

    Otherwise nobody would answer while everything else goes on.
    """
    while queues:
        try:
            await _work(app, queues, concurrency=1, wait=wait)
        except ConnectorException as error:
            if not wait:
                raise
            log.warning("Answers are put off: %s", error)
        if not wait:
            return
        await asyncio.sleep(RESPOND_AGAIN_AFTER_S)


async def _work(
    app: App,
    queues: set[str],
    *,
    concurrency: int,
    wait: bool,
    install_signal_handlers: bool = False,
) -> None:
    await app.run_worker_async(
        queues=sorted(queues),
        concurrency=concurrency,
        wait=wait,
        install_signal_handlers=install_signal_handlers,
        fetch_job_polling_interval=2.0,
        update_heartbeat_interval=HEARTBEAT_S,
        stalled_worker_timeout=STALLED_AFTER_S,
        shutdown_graceful_timeout=5.0,
        delete_jobs="successful",
    )


async def _tidy_up(app: App, watch: ModelWatch | None) -> None:
    """Now and then take over the tasks of dead workers, and end what is idle."""
    while True:
        try:
            await _take_over(app)
            await asyncio.to_thread(_settle)
            if watch:
                await asyncio.to_thread(_look, watch)
        except (ConnectorException, DatabaseError) as error:
            # Away for a moment, or another worker took the same task over first.
            log.warning("Tidying up is put off: %s", error)
        await asyncio.to_thread(rest_children, after_s=IDLE_CHILD_S)
        await asyncio.sleep(TIDY_EVERY_S)


async def _take_over(app: App) -> None:
    stalled = await app.job_manager.get_stalled_jobs(
        seconds_since_heartbeat=STALLED_AFTER_S
    )
    for task in stalled:
        if task.attempts < MAX_TAKEOVERS:
            await app.job_manager.retry_job(task)
            continue
        job_id = task.task_kwargs.get("job")
        await app.job_manager.finish_job_by_id_async(
            job_id=task.id or 0, status=Status.FAILED, delete_job=False
        )
        if isinstance(job_id, int):
            await sync_to_async(jobs.fail)(
                job_id, "A worker died again and again on the same files."
            )


def _settle() -> None:
    close_old_connections()
    jobs.settle_abandoned()
    close_old_connections()


def _look(watch: ModelWatch) -> None:
    close_old_connections()
    watch.look()
    close_old_connections()
