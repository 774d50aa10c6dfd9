"""What a worker does when its connection to the queue is lost."""

from __future__ import annotations

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from librephotos.api.models import Job
from librephotos.api.pipeline.work import queue
from librephotos.api.pipeline.worker import loop, takeover
from librephotos.api.queries.operations.health import workers_alive
from tests.factories import JobFactory
from tests.support.triggers import refusing
from tests.support.workers import disturbed_by, wait_until

pytestmark = pytest.mark.usefixtures("empty_queue")


def ask() -> None:
    """Request something that is waited for."""
    queue.enqueue(queue.Task.RESCORE_FACES, job=None, edit=0)


def end_connections() -> None:
    """End the connections of all others, as an administrator may."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
            " datname = current_database() AND pid <> pg_backend_pid()"
        )


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
            queue.enqueue(queue.Task.FOLLOW_UP, job=None, finished=0)
            wait_until(all_is_done)

    with disturbed_by(disturb):
        loop.run(wait=True)
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
            queue.Task.RESCORE_FACES, queueing_lock=queueing_lock, job=None, edit=0
        )
    stall()
    queue.enqueue(queue.Task.RESCORE_FACES, queueing_lock="again", job=None, edit=0)
    with disturbed_by(lambda: wait_until(all_is_done)):
        loop.run(wait=True)
    assert all_is_done()


def test_nothing_waits_for_a_clock_that_was_set_back_by_a_day() -> None:
    """Neither what a dead worker has left, nor what is to be tried again."""
    for _ in range(2):
        ask()
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() + interval '1 day') RETURNING id)"
            " UPDATE procrastinate_jobs SET status = 'doing', attempts = 1,"
            " worker_id = dead.id FROM dead"
            " WHERE procrastinate_jobs.id ="
            " (SELECT min(id) FROM procrastinate_jobs)"
        )
        cursor.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 day'"
            " WHERE status = 'todo'"
        )
    assert workers_alive() == 0
    with disturbed_by(lambda: wait_until(all_is_done)):
        loop.run(wait=True)
    assert all_is_done()


def test_a_task_that_kills_its_workers_whose_job_is_gone() -> None:
    job = JobFactory()
    queue.enqueue(queue.Task.RUN_STAGES, job=job.pk, photos=[], blame=takeover.TOO_MUCH)
    stall()
    queue.enqueue(queue.Task.RUN_STAGES, job=job.pk, photos=[])
    stall()
    Job.objects.all().delete()
    with disturbed_by(lambda: wait_until(nothing_is_under_way)):
        loop.run(wait=True)
    assert list(ProcrastinateJob.objects.values_list("status", flat=True)) == ["failed"]


def nothing_is_under_way() -> bool:
    """Whether each task has come to its end."""
    return not ProcrastinateJob.objects.filter(status__in=("todo", "doing")).exists()


ODD_ARGUMENTS = ("[]", "null", '"text"', "7", '{"job": "x"}', '{"job": {}}', "{}")


def insert_odd_tasks() -> None:
    """Add tasks whose arguments no version of ours would write, done and to be done."""
    with connection.cursor() as cursor:
        for status in ("todo", "doing"):
            for name in (
                queue.Task.FOLLOW_UP.in_queue,
                "librephotos.unheard_of",
            ):
                for arguments in ODD_ARGUMENTS:
                    cursor.execute(
                        "INSERT INTO procrastinate_jobs"
                        " (queue_name, task_name, args, status, attempts)"
                        " VALUES ('io', %s, %s, %s::procrastinate_job_status, 1)",
                        [name, arguments, status],
                    )


def test_odd_tasks_and_a_stuck_job_keep_no_other_from_its_end() -> None:
    _, stuck, _ = JobFactory(), JobFactory(), JobFactory()
    insert_odd_tasks()

    def others_are_settled() -> bool:
        return Job.objects.unfinished().count() == 1

    def disturb() -> None:
        wait_until(others_are_settled)
        queue.enqueue(queue.Task.FOLLOW_UP, lock="sound", job=None, finished=0)
        queue.enqueue(queue.Task.RESCORE_FACES, lock="sound", job=None, edit=0)
        wait_until(lambda: not ProcrastinateJob.objects.filter(lock="sound").exists())
        wait_until(nothing_is_under_way)

    hindered = refusing("UPDATE", f"OLD.id = {stuck.pk}", says="not this one")
    with hindered, disturbed_by(disturb):
        loop.run(wait=True)
    assert list(Job.objects.unfinished()) == [stuck]


def lane_starts() -> set[int]:
    """Return the numbers under which the lanes of a worker work now."""
    return set(ProcrastinateWorker.objects.values_list("id", flat=True))


def test_a_task_asked_for_anew_while_it_is_tried_again_ends_no_lane() -> None:
    """Neither while it is taken over nor after it has failed."""

    def disturb() -> None:
        wait_until(is_at_work)
        before = lane_starts()
        queue.enqueue(queue.Task.RESCORE_FACES, queueing_lock="again", job=None, edit=0)
        wait_until(all_is_done)
        with connection.cursor() as cursor:
            for status, scheduled in (("doing", "now()"), ("todo", "now() + '1 day'")):
                cursor.execute(
                    "INSERT INTO procrastinate_jobs (queue_name, task_name,"
                    " queueing_lock, args, status, scheduled_at, attempts) VALUES"
                    " ('io', 'librephotos.follow_up', 'again',"
                    " '{\"job\": null}', %s::procrastinate_job_status,"
                    f" {scheduled}, 1)",
                    [status],
                )
        wait_until(nothing_is_done)
        assert lane_starts() == before

    with disturbed_by(disturb):
        loop.run(wait=True)


def nothing_is_done() -> bool:
    """Whether no task is under way, or left by somebody who died over it."""
    return not ProcrastinateJob.objects.filter(status="doing").exists()


def test_a_task_of_whose_end_the_queue_did_not_hear_is_taken_over() -> None:
    """Its worker goes on, and nobody else would: the task counted as under way."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE refused")
        cursor.execute(
            "CREATE FUNCTION refuse_once() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN IF nextval('refused') = 1 THEN RAISE EXCEPTION 'not now'"
            " USING ERRCODE = 'deadlock_detected'; END IF; RETURN OLD; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER refuse_once BEFORE DELETE ON procrastinate_jobs"
            " FOR EACH ROW EXECUTE FUNCTION refuse_once()"
        )
    try:
        ask()
        with disturbed_by(lambda: wait_until(all_is_done)):
            loop.run(wait=True)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION refuse_once CASCADE")
            cursor.execute("DROP SEQUENCE refused")
    assert all_is_done()
