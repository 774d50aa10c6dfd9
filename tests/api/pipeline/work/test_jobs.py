"""What a job tells its user, and that it tells nothing more once it has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import DatabaseError, connections, transaction

from librephotos.api.locks import lock_library
from librephotos.api.models import Job
from librephotos.api.pipeline.scanning.delete_missing import delete_missing
from librephotos.api.pipeline.work import jobs
from tests.factories import JobFactory
from tests.support.locks import somebody_waits
from tests.support.scanning import Library, work_until_idle, write_jpeg
from tests.support.triggers import refusing

pytestmark = pytest.mark.usefixtures("empty_queue")


@contextmanager
def beside(act: Callable[[], object], *, hold: Callable[[], object]) -> Iterator[None]:
    """Have somebody act, and come upon what is held until the end of the context."""

    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            hold()
            done = pool.submit(run)
            while not somebody_waits():
                assert not done.done(), done.result()
            yield
        done.result(120)


def cancelled() -> Job:
    """A job that was cancelled."""
    job = JobFactory(running=True)
    jobs.cancel(job)
    job.refresh_from_db()
    return job


def finished() -> Job:
    """A job that came to its end."""
    job = JobFactory(running=True, enumerated=True)
    jobs.finish_if_complete(job.pk)
    job.refresh_from_db()
    return job


def failed() -> Job:
    """A job that has failed once."""
    job = JobFactory(running=True)
    jobs.fail(job.pk, "The first reason.")
    job.refresh_from_db()
    return job


@pytest.mark.parametrize("ended", [cancelled, finished, failed])
def test_what_has_ended_does_not_fail_and_keeps_what_it_said(
    ended: Callable[[], Job],
) -> None:
    job = ended()
    before = Job.objects.filter(pk=job.pk).values().get()
    jobs.fail(job.pk, "Another reason.")
    assert Job.objects.filter(pk=job.pk).values().get() == before


def test_a_job_that_is_cancelled_while_it_fails_says_nothing_of_it() -> None:
    job = JobFactory(running=True)
    the_job = Job.objects.select_for_update()
    with beside(lambda: jobs.fail(job.pk, "A reason."), hold=the_job.get):
        jobs.cancel(job)
    job.refresh_from_db()
    assert (job.cancelled, job.failed, job.message) == (True, False, "")


def test_why_a_job_has_failed_is_written_with_its_end_or_not_at_all() -> None:
    job = JobFactory(running=True)
    with refusing("UPDATE", "NEW.failed", says="not now"):
        with pytest.raises(DatabaseError, match="not now"):
            jobs.fail(job.pk, "A reason.")
    job.refresh_from_db()
    assert (job.finished, job.message) == (False, "")


@pytest.mark.parametrize("ended", [finished, failed])
def test_a_job_that_has_ended_has_said_everything(ended: Callable[[], Job]) -> None:
    job = ended()
    jobs.note(job.pk, "And another thing.")
    assert Job.objects.get().message == job.message


def deletion_of_one(photos: Library) -> Job:
    """Start the removal of one of two photos, whose file is gone."""
    path = write_jpeg(photos.root / "a.jpg")
    write_jpeg(photos.root / "b.jpg", seed=1)
    photos.scan()
    path.unlink()
    photos.scan()
    return jobs.start(Job.Kind.DELETE_MISSING_PHOTOS, user=photos.owner)


def test_a_deletion_that_is_cancelled_too_late_says_what_it_has_removed(
    photos: Library,
) -> None:
    job = deletion_of_one(photos)
    library = partial(lock_library, photos.owner.pk)
    with beside(lambda: delete_missing(job.pk), hold=library):
        jobs.cancel(job)
        at = Job.objects.get(pk=job.pk).finished_at
    job.refresh_from_db()
    assert job.cancelled and job.finished_at == at
    assert job.message == "1 photos without files were removed."


def test_a_deletion_that_is_begun_again_tells_what_was_removed_before(
    photos: Library,
) -> None:
    job = deletion_of_one(photos)
    with refusing("UPDATE", "NEW.finished_at IS NOT NULL", says="not now"):
        with pytest.raises(DatabaseError, match="not now"):
            delete_missing(job.pk)
    work_until_idle()
    job.refresh_from_db()
    assert job.finished and not job.failed
    assert job.message == "1 photos without files were removed."
