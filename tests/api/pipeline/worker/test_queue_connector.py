"""Which tasks a worker takes to be under way: those that it may speak for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

import pytest
from django.db import connection
from procrastinate import App
from procrastinate.contrib.django import app as django_app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as QueuedTask
from procrastinate.jobs import Status
from procrastinate.manager import get_channel_for_queues

from librephotos.api.pipeline.work import queue
from librephotos.api.pipeline.worker.loop import excuse, in_thread
from librephotos.api.pipeline.worker.queue_connector import QueueConnector
from librephotos.api.pipeline.worker.takeover import take_over

pytestmark = pytest.mark.usefixtures("empty_queue")

MOMENTS, LONGEST_S = 400, 0.01
PATIENCE_S = 20

End = Callable[[App, QueuedTask], Awaitable[None]]


async def ends_well(app: App, task: QueuedTask) -> None:
    """Have the task end."""
    await app.job_manager.finish_job(task, Status.SUCCEEDED, delete_job=True)


async def is_tried_again(app: App, task: QueuedTask) -> None:
    """Have the task wait for its next try."""
    await app.job_manager.retry_job(task)


async def waits_anew(app: App, task: QueuedTask) -> None:
    """Have the task end by an error when another one waits that will do."""
    await in_thread(ask)
    await app.job_manager.retry_job(task)


async def is_deleted(app: App, task: QueuedTask) -> None:
    """Have the task be deleted before it ends."""
    await in_thread(ProcrastinateJob.objects.all()._raw_delete, using="default")
    with pytest.raises(ConnectorException):
        await ends_well(app, task)


async def was_taken_over(app: App, task: QueuedTask) -> None:
    """Have another worker take the task over, while this one had no database."""
    await in_thread(take_over, task, alone=True)
    await excuse(connector_of(app))


async def was_taken_over_and_ended(app: App, task: QueuedTask) -> None:
    """Have another worker be faster with the same task."""
    await in_thread(take_over, task, alone=True)
    await in_thread(ProcrastinateJob.objects.all()._raw_delete, using="default")
    with pytest.raises(ConnectorException):
        await is_tried_again(app, task)


async def comes_again_at_once(app: App, task: QueuedTask) -> None:
    """Have the task be fetched anew, and end then."""
    await is_tried_again(app, task)
    again = await fetch(app)
    assert connector_of(app).under_way == {again.id: 1}
    await ends_well(app, again)


def connector_of(app: App) -> QueueConnector:
    """The connection of an app to the queue."""
    return cast(QueueConnector, app.connector)


def ask() -> None:
    """Ask for something of which one is enough."""
    queue.enqueue(queue.Task.FOLLOW_UP, queueing_lock="follow", job=None, finished=0)


async def fetch(app: App) -> QueuedTask:
    """Begin a task as a worker does."""
    number = await app.job_manager.register_worker()
    task = await app.job_manager.fetch_job(queues=[queue.IO], worker_id=number)
    assert task is not None
    return task


@pytest.mark.parametrize(
    "end",
    [
        ends_well,
        is_tried_again,
        waits_anew,
        is_deleted,
        was_taken_over,
        was_taken_over_and_ended,
        comes_again_at_once,
    ],
)
def test_nothing_stays_under_way_that_has_come_to_an_end(end: End) -> None:
    async def work() -> dict[int, int]:
        connector = QueueConnector.of(cast(DjangoConnector, django_app.connector))
        app = django_app.with_connector(connector)
        async with app.open_async():
            task = await fetch(app)
            assert connector.under_way == {task.id: 0}
            await end(app, task)
            return connector.under_way

    ask()
    connection.close()
    assert asyncio.run(work()) == {}


def test_what_is_still_a_workers_own_stays_under_way() -> None:
    async def work() -> dict[int, int]:
        connector = QueueConnector.of(cast(DjangoConnector, django_app.connector))
        app = django_app.with_connector(connector)
        async with app.open_async():
            await fetch(app)
            await excuse(connector)
            return connector.under_way

    ask()
    connection.close()
    under_way = asyncio.run(work())
    assert under_way == {ProcrastinateJob.objects.get().pk: 0}


LISTENING = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN %%'"


def notify_until_told(told: dict[str, asyncio.Event]) -> int:
    """Tell queues of something until all have heard; return who listens meanwhile."""
    with connection.cursor() as cursor:
        while not all(event.is_set() for event in told.values()):
            for channel in told:
                cursor.execute("SELECT pg_notify(%s, 'news')", [channel])
        cursor.execute(LISTENING)
        return int(cursor.fetchone()[0])


def test_all_queues_are_listened_to_on_one_connection() -> None:
    async def work() -> int:
        connector = QueueConnector.of(cast(DjangoConnector, django_app.connector))
        channels = get_channel_for_queues([queue.IO, queue.CPU])
        told = {channel: asyncio.Event() for channel in channels}

        async def note(*, channel: str, payload: str) -> None:
            if payload == "news":
                told[channel].set()

        async with django_app.with_connector(connector).open_async():
            listeners = [
                asyncio.create_task(connector.listen_notify(note, [channel]))
                for channel in told
            ]
            listening = await in_thread(notify_until_told, told)
            for listener in listeners:
                listener.cancel()
            await asyncio.gather(*listeners, return_exceptions=True)
            return listening

    before = connection.cursor().execute(LISTENING).fetchone()[0]
    connection.close()
    assert asyncio.run(work()) == before + 1


@pytest.mark.parametrize("asks", ["list_jobs_to_abort_async", "update_heartbeat"])
def test_what_asks_for_ever_ends_whenever_it_is_cancelled(asks: str) -> None:
    """Also in the moment in which an answer or a connection comes."""
    assert asyncio.run(left_when_cancelled(asks)) == []


async def left_when_cancelled(asks: str) -> list[asyncio.Task[None]]:
    """Cancel tasks at many moments; return those that go on all the same."""
    app = django_app.with_connector(
        QueueConnector.of(cast(DjangoConnector, django_app.connector))
    )
    async with app.open_async():
        ask = getattr(app.job_manager, asks)

        async def ask_for_ever() -> None:
            while True:
                await (ask(1) if asks == "update_heartbeat" else ask())

        for moment in range(MOMENTS):
            asking = [asyncio.create_task(ask_for_ever()) for _ in range(4)]
            await asyncio.sleep(moment / MOMENTS * LONGEST_S)
            for one in asking:
                one.cancel()
            _, left = await asyncio.wait(asking, timeout=PATIENCE_S)
            if left:
                return list(left)
    return []
