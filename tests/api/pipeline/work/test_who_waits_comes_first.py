"""What somebody waits for at a screen is done before, and beside, long work."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import connections, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from rest_framework.test import APIClient

from librephotos.api.locks import lock_people
from librephotos.api.models import Face, Photo, User
from librephotos.api.pipeline.work import queue
from librephotos.api.pipeline.worker import loop
from librephotos.api.services import faces as faces_service
from librephotos.api.services import search as searching
from librephotos.api.services.corrections import say
from librephotos.api.storage.previews import PreviewSize, preview_name
from librephotos.ml.face_recognition.boxes import Box
from tests.support.models.model_folders import CLIP, configure, install
from tests.support.models.tiny_clip import tiny_clip_folder  # noqa: F401
from tests.support.pictures.unknown_faces import face
from tests.support.scanning import Library, write_jpeg
from tests.support.server import PATIENCE_S, wait_for
from tests.support.workers import sign_of_life

RELABELLED = 12


@pytest.fixture
def labelled(photos: Library) -> Library:
    """A scanned photo, and many edits of faces whose consequences are queued."""
    write_jpeg(photos.root / "a.jpg", size=(320, 240))
    photos.scan()
    for number in range(RELABELLED):
        new = face(photos.owner, number % 3, seed=number)
        faces_service.label(photos.owner.pk, [new.pk], name=f"Person {number % 3}")
    assert waiting(queue.Task.RESCORE_FACES) == RELABELLED
    return photos


def waiting(task: queue.Task) -> int:
    """Return how many tasks of a kind nobody has begun."""
    tasks = ProcrastinateJob.objects.filter(task_name=task.in_queue)
    return tasks.filter(status="todo").count()


@contextmanager
def held_up(owner: User) -> Iterator[Callable[[], None]]:
    """Let no task that writes the owner's people end before the function is called."""
    held, released = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                lock_people(owner.pk)
                held.set()
                released.wait()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        holding = thread.submit(hold)
        assert held.wait(PATIENCE_S)
        try:
            yield released.set
        finally:
            released.set()
            holding.result()


def test_a_search_is_answered_while_relabelling_runs_and_waits(
    labelled: Library,
    models: Path,
    tiny_clip_folder: Path,  # noqa: F811
    client_of: Callable[..., APIClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(searching, "WAIT_S", 100.0)
    configure(semantic_search_model=CLIP)
    install(models, CLIP, tiny_clip_folder)
    labelled.scan()  # learns the photo's vector, and does what was queued
    relabel(labelled.owner)
    sign_of_life()

    def search() -> tuple[dict[str, Any], int]:
        try:
            asked = {"search": "red circle", "ranking": "meaning"}
            answer = client_of(labelled.owner).get("/api/photos/searchlist/", asked)
            return answer.json(), waiting(queue.Task.RESCORE_FACES)
        finally:
            release()
            connections.close_all()

    with held_up(labelled.owner) as release, ThreadPoolExecutor(1) as thread:
        answering = thread.submit(search)
        wait_for(lambda: waiting(queue.Task.ENCODE_TEXT), "the text is asked")
        loop.run(wait=False)  # ends once the relabelling does
        found, still_waiting = answering.result()
    assert found["meaning"]["state"] == "ranked"
    assert still_waiting >= RELABELLED - 1


def relabel(owner: User) -> None:
    """Say of each face that it is somebody else."""
    for number in range(RELABELLED):
        row = Face.objects.order_by("pk")[number]
        faces_service.label(owner.pk, [row.pk], name=f"Person {(number + 1) % 3}")


def test_a_drawn_face_is_measured_before_what_follows_from_names(
    labelled: Library,
) -> None:
    photo = labelled.photo_of(labelled.root / "a.jpg")
    drawn, _ = faces_service.draw(photo, box=Box(0.2, 0.2, 0.6, 0.7))
    loop.run(wait=False, queues=[queue.PICTURES])
    drawn.refresh_from_db()
    assert drawn.encoding is not None and drawn.crop
    assert waiting(queue.Task.RESCORE_FACES) == RELABELLED + 1


def test_a_lost_preview_does_not_wait_for_a_scan(
    labelled: Library, client_of: Callable[..., APIClient]
) -> None:
    photo = Photo.objects.get(files__path__isnull=False)
    name = preview_name(photo.pk, PreviewSize.BIG, photo.preview_format)
    storages["previews"].delete(name)
    queue.enqueue(queue.Task.RUN_STAGES, priority=queue.FIRST, job=None, photos=[])
    client = client_of(labelled.owner)
    address = f"/media/thumbnails_big/{photo.image_hash}"
    assert client.get(address).status_code == 503
    loop.run(wait=False, queues=[queue.PICTURES])
    assert client.get(address).getvalue().startswith(b"\xff\xd8")
    assert waiting(queue.Task.RUN_STAGES) == 1  # the scan's


def test_a_date_by_an_expression_does_not_wait_among_the_texts_of_searches(
    labelled: Library,
) -> None:
    rule = {"id": 90, "rule_type": "path", "custom_regexp": "(.)(.)(.)(.)(.)(.)"}
    User.objects.update(datetime_rules=json.dumps([rule]))
    photo = labelled.photo_of(labelled.root / "a.jpg")
    same = Photo.objects.filter(pk=photo.pk)
    for moment in ("1975-03-04T00:00:00", None):
        say(same, {"date": moment}, user=labelled.owner)
    (task,) = ProcrastinateJob.objects.filter(
        task_name=queue.Task.RUN_STAGES.in_queue, status="todo"
    )
    assert (task.queue_name, task.priority) == (queue.PICTURES, 0)
    loop.run(wait=False, queues=[queue.PICTURES])
    assert not waiting(queue.Task.RUN_STAGES)


def test_a_worker_of_the_interactive_queue_takes_all_that_is_waited_for(
    labelled: Library,
) -> None:
    photo = labelled.photo_of(labelled.root / "a.jpg")
    faces_service.draw(photo, box=Box(0.2, 0.2, 0.6, 0.7))
    for _ in range(3):  # what is locked by another task is left to the next look
        loop.run(wait=False, queues=[queue.INTERACTIVE])
    assert not ProcrastinateJob.objects.filter(status="todo").exists()
