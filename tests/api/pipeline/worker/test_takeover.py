"""Who is to blame for the death of a worker, and who only happened to be under way."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import OperationalError, connection
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job as QueuedTask

from librephotos.api.models import Job, Photo, PhotoStage
from librephotos.api.pipeline.work import queue
from librephotos.api.pipeline.work.queue import Task
from librephotos.api.pipeline.work.runner import ENDS_WORKERS
from librephotos.api.pipeline.worker.takeover import (
    MANY,
    SOON_S,
    SUSPECTS,
    take_over,
)
from librephotos.api.pipeline.worker.tasks import RETRY
from librephotos.api.writes import left_tasks
from tests.factories import JobFactory, PhotoFactory

pytestmark = pytest.mark.usefixtures("empty_queue")

ITEM_LIMIT, WHOLE_LIMIT = 3, 6
"""So many deaths over nothing else are taken for proof, of an item and of a task."""


def begin() -> list[QueuedTask]:
    """Have the first task be under way; return what is, as who looks sees it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing'"
            " WHERE id = (SELECT min(id) FROM procrastinate_jobs)"
        )
    return [
        QueuedTask(
            id=row.pk,
            queue=row.queue_name,
            lock=row.lock,
            queueing_lock=row.queueing_lock,
            task_name=row.task_name,
            task_kwargs=row.args,
            attempts=row.attempts,
            priority=row.priority,
        )
        for row in ProcrastinateJob.objects.filter(status="doing").order_by("pk")
    ]


def die(*, alone: bool = True) -> None:
    """Have a worker die over the first task, and be found by another one."""
    for task in begin():
        take_over(task, alone=alone)


def photos_to_do(count: int = 1) -> list[Photo]:
    """Return photos that have yet to pass every stage."""
    return [PhotoFactory() for _ in range(count)]


def enqueue(photos: Sequence[Photo], **more: Any) -> None:
    """Have photos taken through the stages, in one batch."""
    names = [str(photo.pk) for photo in photos]
    queue.enqueue(Task.RUN_STAGES, job=None, photos=names, **more)


def failures() -> list[str]:
    """Why stages of photos have failed."""
    failed = PhotoStage.objects.filter(state=PhotoStage.State.FAILED)
    return list(failed.values_list("error", flat=True))


def waiting() -> list[str]:
    """The states of all tasks of the queue."""
    return list(ProcrastinateJob.objects.values_list("status", flat=True))


def try_again_after_an_error(times: int) -> None:
    """Have tasks been tried before, as after errors of the database."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET attempts = %s", [times])


def test_an_item_is_given_up_after_deaths_over_nothing_else() -> None:
    enqueue(photos_to_do())
    for _ in range(ITEM_LIMIT - 1):
        die()
        assert not failures()
    die()
    assert failures() == [ENDS_WORKERS]
    assert waiting() == ["todo"]


def test_tries_after_errors_are_no_deaths() -> None:
    enqueue(photos_to_do())
    try_again_after_an_error(5)
    for _ in range(ITEM_LIMIT - 1):
        die()
    assert not failures()


def test_what_is_under_way_beside_others_is_not_to_blame_as_soon() -> None:
    enqueue(photos_to_do())
    for _ in range(2 * ITEM_LIMIT):
        die(alone=False)
    assert not failures()
    assert waiting() == ["todo"]


def test_what_always_dies_beside_others_is_given_up_in_the_end() -> None:
    enqueue(photos_to_do())
    for _ in range(20):
        if not failures():
            die(alone=False)
    assert failures() == [ENDS_WORKERS]


def excuse_all(why: str = left_tasks.EXCUSED) -> set[int]:
    """Have the worker say, of all that it is at, that it does not end by it."""
    own = {task.id or 0: task.attempts for task in begin()}
    return left_tasks.excuse(own, note=why)


@pytest.mark.parametrize("count", [1, 4])
def test_who_is_told_to_end_dies_of_nothing(count: int) -> None:
    """However often: a machine may be switched off whenever it has got so far."""
    enqueue(photos_to_do(count))
    for _ in range(2 * MANY):
        excuse_all()
        die()
    assert not failures()
    (task,) = ProcrastinateJob.objects.all()
    assert (task.status, task.lock) == ("todo", None)
    assert len(task.args["photos"]) == count


def test_deaths_before_an_orderly_end_count_on() -> None:
    enqueue(photos_to_do())
    for _ in range(ITEM_LIMIT - 1):
        die()
    excuse_all()
    die()
    assert not failures()
    die()
    assert failures() == [ENDS_WORKERS]


def test_a_scan_that_is_never_left_in_peace_is_gone_on_with() -> None:
    queue.enqueue(Task.SCAN, job=JobFactory().pk, full=False)
    for _ in range(2 * MANY + WHOLE_LIMIT):
        excuse_all()
        die()
    assert waiting() == ["todo"]


def test_what_the_database_does_not_survive_is_excused_not_for_ever() -> None:
    enqueue(photos_to_do())
    for _ in range(2 * MANY):
        if not failures():
            excuse_all(left_tasks.LOST)
            die()
    assert failures() == [ENDS_WORKERS]


def test_orderly_ends_in_between_do_not_excuse_what_ends_the_database() -> None:
    enqueue(photos_to_do())
    for _ in range(2 * MANY):
        if not failures():
            excuse_all(left_tasks.LOST)
            die()
            excuse_all()
            die()
    assert failures() == [ENDS_WORKERS]


def let_time_pass(seconds: float) -> None:
    """Have the last losses of the database be longer ago."""
    for task in ProcrastinateJob.objects.all():
        losses = [loss - seconds for loss in task.args[left_tasks.LOSSES]]
        note_of(task, {left_tasks.LOSSES: losses})


def note_of(task: ProcrastinateJob, notes: dict[str, Any]) -> None:
    """Change what is noted of a task."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET args = args || %s::jsonb WHERE id = %s",
            [json.dumps(notes), task.pk],
        )


@pytest.mark.parametrize("kind", [Task.SCAN, Task.RUN_STAGES])
def test_a_database_that_is_lost_now_and_then_is_no_fault_of_a_task(kind: Task) -> None:
    if kind is Task.SCAN:
        queue.enqueue(kind, job=JobFactory().pk, full=False)
    else:
        enqueue(photos_to_do())
    for _ in range(2 * MANY):
        excuse_all(left_tasks.LOST)
        die()
        let_time_pass(SOON_S)
    assert waiting() == ["todo"] and not failures()


def test_an_excuse_is_for_one_attempt() -> None:
    """Whatever becomes of it: it may end in order, or by an error, after all."""
    enqueue(photos_to_do())
    for _ in range(ITEM_LIMIT):
        assert not failures()
        excuse_all()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL)"
                " FROM procrastinate_jobs"
            )
        die()
    assert failures() == [ENDS_WORKERS]


def test_who_has_lost_a_task_to_others_does_not_excuse_their_end() -> None:
    enqueue(photos_to_do())
    own = {task.id or 0: task.attempts for task in begin()}
    die()
    for _ in range(ITEM_LIMIT - 1):
        assert not failures()
        begin()
        for why in (left_tasks.EXCUSED, left_tasks.LOST):
            assert left_tasks.excuse(own, note=why) == set()
        die()
    assert failures() == [ENDS_WORKERS]


def test_a_worker_knows_what_is_still_its_own() -> None:
    enqueue(photos_to_do())
    own = {task.id or 0: task.attempts for task in begin()}
    assert left_tasks.excuse(own, note=left_tasks.LOST) == set(own)
    ProcrastinateJob.objects.all()._raw_delete(using="default")
    assert left_tasks.excuse(own, note=left_tasks.LOST) == set()


def test_a_later_stage_is_not_blamed_for_deaths_in_an_earlier_one() -> None:
    enqueue(photos_to_do())
    for _ in range(ITEM_LIMIT):
        die()
    for _ in range(ITEM_LIMIT - 1):
        die()
    assert len(failures()) == 1


def test_a_batch_is_halved_once_though_two_workers_have_seen_its_death() -> None:
    enqueue(photos_to_do(5), lock=SUSPECTS)
    (seen,) = begin()
    take_over(seen, alone=True)
    begin()  # one half is under way when the second worker comes to it
    take_over(seen, alone=True)
    sizes = [len(row.args["photos"]) for row in ProcrastinateJob.objects.order_by("pk")]
    assert sizes == [2, 3]


def test_a_task_that_was_taken_over_and_begun_is_left_alone() -> None:
    enqueue(photos_to_do())
    (seen,) = begin()
    take_over(seen, alone=True)
    begin()
    take_over(seen, alone=True)
    assert waiting() == ["doing"]


def test_two_workers_that_take_over_at_once_count_one_death() -> None:
    enqueue(photos_to_do())
    (seen,) = begin()
    together = threading.Barrier(2)

    def come() -> None:
        together.wait()
        try:
            take_over(seen, alone=True)
        finally:
            connection.close()

    workers = [threading.Thread(target=come) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    (task,) = ProcrastinateJob.objects.all()
    assert (task.status, task.attempts) == ("todo", 1)


def test_a_scan_outlives_the_files_that_end_its_worker_again_and_again() -> None:
    job = JobFactory()
    queue.enqueue(Task.SCAN, job=job.pk, full=False, lock="user-1")
    for _ in range(2 * WHOLE_LIMIT):
        die(alone=False)
    (task,) = ProcrastinateJob.objects.all()
    assert (task.status, task.lock) == ("todo", "user-1")
    # Until it is begun again, whatever was beside it has run without it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheduled_at > now() FROM procrastinate_jobs")
        assert cursor.fetchone() == (True,)


def test_a_task_that_ends_its_workers_by_itself_is_given_up() -> None:
    job = JobFactory()
    queue.enqueue(Task.SCAN, job=job.pk, full=False)
    for _ in range(WHOLE_LIMIT):
        assert waiting() == ["todo"]
        die()
    assert waiting() == ["failed"]
    assert Job.objects.get().failed


@pytest.mark.parametrize("gone", [Job.objects.all, Photo.objects.all])
def test_what_was_deleted_meanwhile_comes_to_an_end(gone: Any) -> None:
    (photo,) = photos_to_do()
    job = JobFactory(started_by=photo.owner)
    queue.enqueue(Task.RUN_STAGES, job=job.pk, photos=[str(photo.pk)])
    gone().delete()
    for _ in range(2 * ITEM_LIMIT):
        if "failed" not in waiting():
            die()
    assert not failures() or gone == Job.objects.all


def decision(exception: Exception) -> Any:
    """What becomes of the first task after such an end."""
    (task,) = begin()
    return RETRY.get_retry_decision(exception=exception, job=task)


def test_neither_deaths_nor_orderly_ends_use_up_the_tries_after_errors() -> None:
    queue.enqueue(Task.SCAN, job=JobFactory().pk, full=False)
    for _ in range(8):
        excuse_all()
        die()
    assert decision(OperationalError("away"))
    try_again_after_an_error(8 + 6)
    assert decision(OperationalError("away")) is None
    assert decision(JobAborted())
