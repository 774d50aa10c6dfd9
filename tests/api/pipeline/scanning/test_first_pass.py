"""A photo is visible once it is known; its previews follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from io import BytesIO
from itertools import count
from typing import Any
from uuid import UUID

import exiv2
import pytest
from django.db import connection
from PIL import Image
from procrastinate.contrib.django.models import ProcrastinateJob

from librephotos.api.models import File, Job, Photo, PhotoDay, PhotoStage
from librephotos.api.pipeline.scanning.batches import make_previews, make_visible
from librephotos.api.pipeline.scanning.ingest import ingest
from librephotos.api.pipeline.work import jobs, queue
from librephotos.api.pipeline.work.children import sandbox
from librephotos.api.pipeline.work.queue import IO
from librephotos.api.pipeline.worker import loop
from librephotos.api.queries.search.exact import search
from librephotos.api.services.corrections import turn
from librephotos.api.writes import stages_due
from tests.support.scanning import Library, work_until_idle, write_jpeg

NOON = datetime(2020, 5, 4, 12)


def walked(photos: Library) -> tuple[Job, list[int]]:
    """Walk a user's folder; return the job, and the files that are yet to be read."""
    job = jobs.start_scan(user=photos.owner)
    loop.run(wait=False, queues=[IO])
    pending = File.objects.filter(owner=photos.owner, state=File.State.PENDING)
    return job, list(pending.values_list("pk", flat=True))


def known(photos: Library) -> Job:
    """Take all new files through the first pass, and no further."""
    job, files = walked(photos)
    ingest(job.pk, files=files, sandbox=sandbox())
    return job


def requested() -> list[list[str]]:
    """Return the photos of each task that is to make previews."""
    tasks = ProcrastinateJob.objects.filter(
        task_name=queue.Task.MAKE_PREVIEWS.in_queue, status="todo"
    )
    return [task.args["photos"] for task in tasks.order_by("-priority", "id")]


def test_visible_searchable_and_counted_before_there_is_a_preview(
    photos: Library,
) -> None:
    path = photos.root / "a.jpg"
    write_jpeg(path, size=(60, 40), taken_at=NOON, description="a lighthouse")
    job = known(photos)
    photo = Photo.objects.get()
    assert (photo.visible, photo.preview_format) == (True, "")
    assert (photo.width, photo.height, photo.aspect_ratio) == (60, 40, 1.5)
    assert PhotoDay.objects.get(owner=photos.owner).count == 1
    assert photo.day == NOON.toordinal()
    [hit] = search(photos.owner, ["lighthouse"], start=0, size=10)
    assert hit.id == photo.pk
    assert requested() == [[str(photo.pk)]]
    job.refresh_from_db()
    progress = {
        row.stage: (row.done + row.skipped, row.total) for row in job.stages.all()
    }
    assert not job.finished
    assert progress["files"] == progress["dates"] == (1, 1)
    assert progress["thumbnails"] == (0, 1)
    assert not stages_due.any_due(photos.owner.pk, stage="embeddings:x", version=1)
    work_until_idle()
    job.refresh_from_db()
    photo.refresh_from_db()
    assert job.finished and photo.preview_format == "jpg"
    assert PhotoDay.objects.get(owner=photos.owner).count == 1
    assert stages_due.any_due(photos.owner.pk, stage="embeddings:x", version=1)


def test_previews_of_the_newest_day_come_first(photos: Library) -> None:
    for year in (2018, 2020, 2019):
        write_jpeg(
            photos.root / f"{year}.jpg", seed=year, taken_at=NOON.replace(year=year)
        )
    known(photos)
    [batch] = requested()
    days = [Photo.objects.get(pk=UUID(name)).day for name in batch]
    assert days == sorted(days, reverse=True)


def test_what_previews_tell_stands_above_the_header(photos: Library) -> None:
    write_jpeg(photos.root / "a.jpg", size=(60, 40))
    photos.scan()
    Photo.objects.update(width=61, aspect_ratio=61 / 40)
    job = jobs.start_scan(user=photos.owner, full=True)
    loop.run(wait=False, queues=[IO])
    files = list(File.objects.values_list("pk", flat=True))
    ingest(job.pk, files=files, sandbox=sandbox(), reread=True)
    assert Photo.objects.get().width == 61
    work_until_idle()
    assert Photo.objects.get().width == 60


@pytest.mark.parametrize("read_again", [True, False])
def test_a_turn_without_previews_turns_the_size(
    photos: Library, read_again: bool
) -> None:
    write_jpeg(photos.root / "a.jpg", size=(60, 40))
    known(photos)
    turn(Photo.objects.all(), angle=90, flip=False, user=photos.owner)
    if read_again:
        PhotoStage.objects.filter(stage__in=["metadata", "dates"]).update(
            state="pending"
        )
        make_visible(
            photos=[str(pk) for pk in Photo.objects.values_list("pk", flat=True)]
        )
    photo = Photo.objects.get()
    assert (photo.width, photo.height) == (40, 60)
    assert (photo.aspect_ratio, photo.shown_orientation) == (0.6667, 6)
    work_until_idle()
    photo.refresh_from_db()
    assert (photo.preview_format, photo.width, photo.height) == ("jpg", 40, 60)
    assert (photo.aspect_ratio, photo.shown_orientation) == (0.6667, 6)


def test_a_picture_that_cannot_be_decoded_keeps_its_place(photos: Library) -> None:
    path = write_jpeg(photos.root / "a.jpg", size=(60, 40), taken_at=NOON)
    whole = path.read_bytes()
    start = whole.index(b"\xff\xda")
    path.write_bytes(whole[:start] + b"\xff\xd9")  # a header, and no picture
    job = photos.scan()
    photo = Photo.objects.get()
    assert (photo.visible, photo.preview_format, photo.aspect_ratio) == (True, "", 1.5)
    assert PhotoStage.objects.get(photo=photo, stage="thumbnails").state == "failed"
    assert photos.failures(job).keys() == {"a.jpg"}


def test_the_thumbnail_in_the_file_is_the_first_to_be_seen(photos: Library) -> None:
    path = photos.root / "a.jpg"
    write_jpeg(path, size=(60, 40))
    image = exiv2.ImageFactory.open(str(path))
    image.readMetadata()
    small = write_jpeg(photos.root.parent / "small.jpg", size=(30, 20)).read_bytes()
    exiv2.ExifThumb(image.exifData()).setJpegThumbnail(small)
    image.writeMetadata()
    known(photos)
    photo = Photo.objects.get()
    with Image.open(BytesIO(photo.placeholder)) as placeholder:
        assert placeholder.size == (16, 11)  # of 3:2, as the picture
    assert photo.phash is None


@pytest.mark.parametrize("is_decodable", [True, False])
def test_the_preview_before_an_edit_is_not_kept_as_the_one_after_it(
    photos: Library, client_of: Callable[..., Any], is_decodable: bool
) -> None:
    path = write_jpeg(photos.root / "a.jpg", seed=1, size=(60, 40))
    photos.scan()
    client = client_of(photos.owner)

    def is_kept() -> list[bool]:
        photo = Photo.objects.get()
        names = (photo.image_hash, f"{photo.pk}_{photo.image_hash[:6]}")
        answers = [client.get(f"/media/square_thumbnails/{name}") for name in names]
        assert {answer.status_code for answer in answers} == {200}
        for answer in answers:
            answer.close()
        return ["immutable" in answer.headers["Cache-Control"] for answer in answers]

    assert is_kept() == [True, True]
    before = Photo.objects.get().image_hash
    whole = write_jpeg(path, seed=2, size=(60, 40)).read_bytes()
    if not is_decodable:
        path.write_bytes(whole[: whole.index(b"\xff\xda")] + b"\xff\xd9")
    known(photos)
    assert Photo.objects.get().image_hash != before
    assert is_kept() == [False, False]
    work_until_idle()
    assert is_kept() == [is_decodable, is_decodable]


class Killed(BaseException):
    """What ends a worker: nothing of it is caught."""


@contextmanager
def killed_at(number: int) -> Iterator[list[str]]:
    """End whoever works when it is about to make its statement of this number."""
    made: list[str] = []

    def execute(run: Callable[..., Any], sql: str, *rest: Any) -> Any:
        made.append(sql)
        if len(made) == number:
            raise Killed
        return run(sql, *rest)

    with connection.execute_wrapper(execute):
        yield made


@pytest.mark.parametrize("task", ["ingest", "make_previews"])
def test_killed_at_statement_after_statement(photos: Library, task: str) -> None:
    for number in count(1 if task == "ingest" else 2, 3):
        path = write_jpeg(photos.root / f"{number}.jpg", seed=number, taken_at=NOON)
        job, files = walked(photos)
        if task == "make_previews":
            ingest(job.pk, files=files, sandbox=sandbox())
        with killed_at(number) as made, suppress(Killed):
            do(task, job, files)
        do(task, job, files)  # as whoever takes it over
        photo = photos.photo_of(path)
        assert (str(photo.pk) in sum(requested(), [])) and photo.visible
        work_until_idle()
        job.refresh_from_db()
        assert job.finished and not job.failed
        counts = {(row.total, row.done + row.skipped) for row in job.stages.all()}
        assert counts == {(1, 1)}
        shown = Photo.objects.visible().exclude(preview_format="").count()
        assert shown == Photo.objects.count() == File.objects.count()
        assert PhotoDay.objects.get(owner=photos.owner).count == shown
        if len(made) < number:
            return


def do(task: str, job: Job, files: list[int]) -> None:
    """Do a task of a scan for these files."""
    if task == "ingest":
        ingest(job.pk, files=files, sandbox=sandbox())
    else:
        found = Photo.objects.filter(files__in=files).values_list("pk", flat=True)
        make_previews(job.pk, photos=[str(pk) for pk in found])
