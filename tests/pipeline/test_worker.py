"""What a worker does when its connection to the queue is lost."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from librephotos.api.models import Job
from librephotos.pipeline import queue, worker
from tests.factories import JobFactory

pytestmark = pytest.mark.usefixtures("empty_queue")


def ask() -> None:
    """Request something that is waited for."""
    queue.enqueue(queue.RESCORE_FACES, job=None, edit=0)


def end_connections() -> None:
    """End the connections of all others, as an administrator may."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
            " datname = current_database() AND pid <> pg_backend_pid()"
        )


@contextmanager
def disturbed_by(disturb: Callable[[], None]) -> Iterator[None]:
    """Run something beside a worker, then have the worker end as by SIGTERM."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            disturb()
        except BaseException as error:  # told below, in the test's own thread
            failures.append(error)
        finally:
            connection.close()
            os.kill(os.getpid(), signal.SIGTERM)

    connection.close()
    previous = signal.signal(signal.SIGTERM, lambda *_: None)
    beside = threading.Thread(target=run)
    beside.start()
    try:
        yield
    finally:
        beside.join()
        signal.signal(signal.SIGTERM, previous)
    assert not failures, failures


def wait_until(condition: Callable[[], Any]) -> None:
    """Look again and again; the worker is the one that this may wait for."""
    for _ in range(3000):
        if condition():
            return
        threading.Event().wait(0.02)
    raise AssertionError("not within a minute")


def is_at_work() -> bool:
    """Whether all lanes of a worker have begun."""
    return ProcrastinateWorker.objects.count() == 1 + len(queue.LANES)


def all_is_done() -> bool:
    """Whether no task waits any more."""
    return not ProcrastinateJob.objects.exists()


def test_work_goes_on_after_lost_connections() -> None:
    def disturb() -> None:
        for _ in range(3):
            wait_until(is_at_work)
            end_connections()
            ask()
            queue.enqueue(queue.FOLLOW_UP, job=None, finished=0)
            wait_until(all_is_done)

    with disturbed_by(disturb):
        worker.run(wait=True)
    assert all_is_done()


def stall(*, attempts: int = 1) -> None:
    """Leave all tasks that wait as a worker does that dies over them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', attempts = %s"
            " WHERE status = 'todo'",
            [attempts],
        )


def test_a_stalled_task_that_was_asked_for_anew_is_done_once() -> None:
    """Nor does it keep others from being taken over."""
    for queueing_lock in ("again", None):
        queue.enqueue(
            queue.RESCORE_FACES, queueing_lock=queueing_lock, job=None, edit=0
        )
    stall()
    queue.enqueue(queue.RESCORE_FACES, queueing_lock="again", job=None, edit=0)
    with disturbed_by(lambda: wait_until(all_is_done)):
        worker.run(wait=True)
    assert all_is_done()


def test_a_task_that_kills_its_workers_whose_job_is_gone() -> None:
    job = JobFactory()
    queue.enqueue(queue.RUN_STAGES, job=job.pk, photos=[])
    stall(attempts=worker.MAX_TAKEOVERS)
    queue.enqueue(queue.RUN_STAGES, job=job.pk, photos=[])
    stall()
    Job.objects.all().delete()
    with disturbed_by(lambda: wait_until(nothing_is_under_way)):
        worker.run(wait=True)
    assert list(ProcrastinateJob.objects.values_list("status", flat=True)) == ["failed"]


def nothing_is_under_way() -> bool:
    """Whether each task has come to its end."""
    return not ProcrastinateJob.objects.filter(status__in=("todo", "doing")).exists()
