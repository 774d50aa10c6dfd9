"""Rows that are deleted while somebody works on them: an outcome, no crash."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from librephotos.api.locks import lock_library, lock_people
from librephotos.api.models import File, Job, Photo, PhotoStage, SiteSettings, User
from librephotos.api.pipeline.ml_models import watch
from librephotos.api.pipeline.work import jobs, queue
from librephotos.api.services.users import delete_user
from tests.factories import FileFactory, JobFactory, PhotoFactory, UserFactory
from tests.support.locks import somebody_waits
from tests.support.pictures.unknown_faces import face
from tests.support.scanning import Library, work_until_idle, write_jpeg

pytestmark = pytest.mark.usefixtures("empty_queue")

PICTURES = 3


@pytest.fixture
def pictures(photos: Library) -> Library:
    """A user with pictures that were not scanned yet."""
    for number in range(PICTURES):
        write_jpeg(photos.root / f"{number}.jpg", seed=number)
    return photos


@contextmanager
def a_worker_that_waits(hold: Callable[[int], None], owner: int) -> Iterator[None]:
    """Have a worker do all tasks, and come upon something that is held meanwhile.

    What is done in the context becomes known to it when it goes on.
    """

    def work() -> None:
        try:
            work_until_idle()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as beside:
        with transaction.atomic():
            hold(owner)
            done = beside.submit(work)
            while not somebody_waits():
                assert not done.done(), done.result()
            yield
        done.result(120)
    assert not ProcrastinateJob.objects.exists()


def remove_job(job: Job) -> None:
    jobs.remove(job)


def remove_account(job: Job) -> None:
    delete_user(job.started_by)


def hold_photos(owner: int) -> None:
    """Keep the photos of an owner from being added to."""
    list(Photo.objects.filter(owner=owner).order_by("pk").select_for_update())


@pytest.mark.parametrize("remove", [remove_job, remove_account])
def test_while_files_become_photos(
    pictures: Library, remove: Callable[[Job], None]
) -> None:
    job = jobs.start_scan(user=pictures.owner)
    with a_worker_that_waits(lock_library, pictures.owner.pk):
        remove(job)
    assert not Photo.objects.exists()
    if remove is remove_account:
        assert not File.objects.exists() and not Job.objects.exists()
        return
    # What it had begun is left to the next one.
    again = pictures.scan()
    assert not again.failed
    assert Photo.objects.filter(visible=True).count() == PICTURES


@pytest.mark.parametrize("remove", [remove_job, remove_account])
def test_while_photos_pass_the_stages(
    pictures: Library, remove: Callable[[Job], None]
) -> None:
    pictures.scan()
    PhotoStage.objects.update(state=PhotoStage.State.PENDING, job=None)
    job = jobs.start_scan(user=pictures.owner)
    with a_worker_that_waits(hold_photos, pictures.owner.pk):
        remove(job)
    if remove is remove_account:
        assert not PhotoStage.objects.exists()
        return
    pictures.scan()
    assert not PhotoStage.objects.filter(state=PhotoStage.State.PENDING).exists()
    assert Photo.objects.filter(visible=True).count() == PICTURES


@pytest.mark.parametrize("remove", [remove_job, remove_account])
@pytest.mark.parametrize("kind", [Job.Kind.FIND_SIMILAR_FACES, Job.Kind.TRAIN_FACES])
def test_while_faces_are_compared(
    kind: Job.Kind, remove: Callable[[Job], None]
) -> None:
    owner = UserFactory()
    for seed in range(3):
        face(owner, 0, seed)
    job = jobs.start(kind, user=owner)
    with a_worker_that_waits(lock_people, owner.pk):
        remove(job)
    assert not Job.objects.filter(pk=job.pk).exists()


def hold_states(owner: int) -> None:
    list(PhotoStage.objects.order_by("pk").select_for_update())


@pytest.mark.parametrize("remove", [remove_job, remove_account])
def test_while_photos_are_handed_out(
    settings: Any, remove: Callable[[Job], None]
) -> None:
    settings.FACE_RECOGNITION = True
    owner = UserFactory()
    photo = PhotoFactory(owner=owner)
    PhotoStage.objects.create(photo=photo, stage="faces")
    job = jobs.start(Job.Kind.SCAN_FACES, user=owner)
    with a_worker_that_waits(hold_states, owner.pk):
        remove(job)
    assert not Job.objects.filter(kind=Job.Kind.SCAN_FACES).exists()


def test_a_photo_that_is_deleted_while_others_are_handed_out(settings: Any) -> None:
    settings.FACE_RECOGNITION = True
    owner = UserFactory()
    photos = [PhotoFactory(owner=owner) for _ in range(3)]
    PhotoStage.objects.create(photo=photos[0], stage="faces")
    job = jobs.start(Job.Kind.SCAN_FACES, user=owner)
    with a_worker_that_waits(hold_states, owner.pk):
        photos[2].delete()
    job.refresh_from_db()
    assert job.finished and not job.failed


TASKS = {
    queue.Task.SCAN: {"full": False},
    queue.Task.INGEST: {"files": [1]},
    queue.Task.RUN_STAGES: {"photos": []},
    queue.Task.HAND_OUT: {},
    queue.Task.LEARN: {"stage": "faces", "photos": []},
    queue.Task.ENCODE_FACES: {},
    queue.Task.GROUP_FACES: {},
    queue.Task.RECOGNISE_FACES: {},
    queue.Task.DELETE_MISSING: {},
    queue.Task.DOWNLOAD: {"model": "clip-vit-base-patch32"},
}


@pytest.mark.parametrize("task", TASKS)
def test_a_task_whose_job_is_gone_does_nothing(task: queue.Task) -> None:
    job = JobFactory()
    queue.enqueue(task, job=job.pk, **TASKS[task])
    job.delete()
    work_until_idle()
    assert not ProcrastinateJob.objects.exists()


def test_what_is_said_of_a_job_that_is_gone_is_dropped() -> None:
    jobs.note(0, "Nobody reads this.")
    jobs.fail(0, "Nor this.")
    jobs.finish_if_complete(0)


def test_a_job_is_removed_while_its_photos_are_counted(pictures: Library) -> None:
    """Neither waits for the other: both take a photo's state before the counts."""
    pictures.scan()
    job = jobs.start_scan(user=pictures.owner, full=True)
    photo = Photo.objects.first()
    PhotoStage.objects.update(job=job, state=PhotoStage.State.PENDING)
    job.stages.create(stage="metadata", total=PICTURES)

    def remove() -> None:
        try:
            jobs.remove(job)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as beside:
        with transaction.atomic():
            PhotoStage.objects.select_for_update().get(photo=photo, stage="metadata")
            removed = beside.submit(remove)
            while not somebody_waits():
                assert not removed.done()
            job.stages.update(done=1)
        removed.result(60)
    assert not Job.objects.filter(pk=job.pk).exists()


def add_stage(job: Job) -> None:
    job.stages.create(stage="metadata")


def add_failure(job: Job) -> None:
    job.failures.create(stage="metadata", path=b"/a.jpg", message="No picture.")


def add_file(job: Job) -> None:
    FileFactory(owner=job.started_by, job=job)


def add_state(job: Job) -> None:
    PhotoFactory(owner=job.started_by).stages.create(stage="metadata", job=job)


def count(job: Job) -> None:
    job.stages.update(total=2)


@pytest.mark.parametrize("before", [None, count])
@pytest.mark.parametrize("add", [add_stage, add_failure, add_file, add_state])
def test_a_job_is_deleted_while_something_is_added_to_it(
    client_of: Any,
    add: Callable[[Job], None],
    before: Callable[[Job], None] | None,
) -> None:
    job = JobFactory()
    job.stages.create(stage="faces")

    def delete() -> int:
        try:
            client = client_of(job.started_by)
            return int(client.delete(f"/api/jobs/{job.job_id}/").status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as beside:
        with transaction.atomic():
            if before:
                before(job)
            add(job)
            if not before:  # the database looks for the job now, not at the end
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            deleted = beside.submit(delete)
            while not somebody_waits():
                assert not deleted.done()
        assert deleted.result(60) == 204
    assert not Job.objects.exists()


def test_an_account_that_is_deleted_while_others_catch_up(settings: Any) -> None:
    settings.FACE_RECOGNITION = True
    gone, kept = UserFactory(), UserFactory()
    PhotoFactory(owner=gone)
    PhotoFactory(owner=kept)
    watch.request_catch_up()
    with a_worker_that_waits(hold_account, gone.pk):
        delete_user(gone)
    assert Job.objects.filter(started_by=kept, kind=Job.Kind.SCAN_FACES).exists()


def hold_account(owner: int) -> None:
    User.objects.select_for_update().get(pk=owner)


def test_settings_of_the_site_that_are_gone_come_back() -> None:
    SiteSettings.objects.all().delete()
    with transaction.atomic():
        assert SiteSettings.locked().pk == SiteSettings.current().pk
