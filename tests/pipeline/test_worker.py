"""What a worker does when its connection to the queue is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager

from librephotos.pipeline import queue, worker

pytestmark = pytest.mark.usefixtures("empty_queue")


def ask() -> None:
    """Request something that is waited for."""
    queue.enqueue(queue.RESCORE_FACES, job=None, edit=0)
    connection.close()


async def respond(*, seconds: float) -> None:
    """Work for those who wait, as beside everything else, until the time is over."""
    connector = app.connector.get_worker_connector()
    async with app.with_connector(connector).open_async() as opened:
        answering = worker._respond(opened, {queue.PEOPLE}, wait=True)
        await asyncio.wait_for(answering, seconds)


def test_those_who_wait_are_answered_after_a_lost_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fetch, fetched = JobManager.fetch_job, []

    async def fails_once(self: JobManager, **options: Any) -> Any:
        job = await fetch(self, **options)
        fetched.append(job)
        if len(fetched) == 2:
            # The first look found nothing; somebody asks after this one is lost.
            await asyncio.to_thread(ask)
            raise ConnectorException("The connection was lost.")
        return job

    monkeypatch.setattr(JobManager, "fetch_job", fails_once)
    with pytest.raises(TimeoutError):
        asyncio.run(respond(seconds=6))
    assert len(fetched) > 2
    assert not ProcrastinateJob.objects.exists()
