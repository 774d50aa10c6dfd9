"""How long a worker works."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager

from librephotos.pipeline import queue, worker

pytestmark = pytest.mark.usefixtures("empty_queue")


def work(queues: tuple[str, ...], *, seconds: float) -> None:
    """Work as a worker that waits for tasks; raise TimeoutError if it would go on."""
    asyncio.run(asyncio.wait_for(worker._run(1, queues, True), seconds))


def test_a_worker_ends_when_nobody_would_answer_those_who_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So that it is started again, rather than going on with everything else."""
    fetch = JobManager.fetch_job

    async def fails(self: JobManager, queues: Any, worker_id: int) -> Any:
        if queue.INTERACTIVE in queues:
            raise ConnectorException("The connection was lost.")
        return await fetch(self, queues, worker_id)

    monkeypatch.setattr(JobManager, "fetch_job", fails)
    with pytest.raises(ConnectorException):
        work(queue.ALL_QUEUES, seconds=20)


def test_a_worker_for_those_who_wait_alone_keeps_working() -> None:
    queue.enqueue(queue.RESCORE_FACES, job=None, edit=0)
    with pytest.raises(TimeoutError):
        work((queue.INTERACTIVE,), seconds=3)
    waiting = ProcrastinateJob.objects.filter(queue_name=queue.INTERACTIVE)
    assert not waiting.exists()
