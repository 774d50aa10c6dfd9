"""Photos keep their identity, and no two become one, whatever happens to files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from PIL import Image
from procrastinate.contrib.django.models import ProcrastinateJob

from librephotos.api.models import (
    File,
    Job,
    Photo,
    PhotoDay,
    PhotoStage,
    ScanDirectory,
)
from librephotos.api.pipeline.scanning.delete_missing import delete_missing
from librephotos.api.pipeline.scanning.ingest import identify_files, ingest
from librephotos.api.pipeline.scanning.scan import scan
from librephotos.api.pipeline.work import jobs
from librephotos.api.pipeline.work.children import sandbox
from librephotos.api.services.users import change_user
from librephotos.media.dates import PREDEFINED_RULES, rules_as_json
from tests.support.pictures.images import dng
from tests.support.scanning import Library, library, work_until_idle, write_jpeg


def waiting_files() -> list[int]:
    """Return the files of the one batch that waits to be ingested."""
    task = ProcrastinateJob.objects.get(task_name="librephotos.ingest", status="todo")
    return list(task.args["files"])


def test_an_edit_and_a_copy_of_it_in_one_scan(photos: Library) -> None:
    path = write_jpeg(photos.root / "x.jpg", seed=1)
    photos.scan()
    identity = photos.photo_of(path).pk
    write_jpeg(path, seed=3)
    copy = photos.root / "a copy.jpg"
    shutil.copy(path, copy)
    job = photos.scan()
    assert not job.failed
    assert photos.photo_of(path).pk == photos.photo_of(copy).pk == identity


def test_two_photos_overwritten_with_the_same_bytes(photos: Library) -> None:
    paths = [write_jpeg(photos.root / f"{n}.jpg", seed=n) for n in (1, 2)]
    photos.scan()
    for path in paths:
        write_jpeg(path, seed=3)
    job = photos.scan()
    assert not job.failed
    assert photos.photo_of(paths[0]) == photos.photo_of(paths[1])
    assert photos.photo_of(paths[0]).visible


def test_a_photo_whose_file_became_another_serves_nothing(photos: Library) -> None:
    first = write_jpeg(photos.root / "a.jpg", seed=1)
    second = write_jpeg(photos.root / "b.jpg", seed=2)
    photos.scan()
    ghost = photos.photo_of(second).pk
    shutil.copy(first, second)
    photos.scan()
    assert Photo.objects.get(pk=ghost).main_file is None
    assert photos.photo_of(second) == photos.photo_of(first)


def test_an_edited_copy_is_a_picture_of_its_own(photos: Library) -> None:
    first = write_jpeg(photos.root / "a.jpg")
    second = photos.root / "copies" / "b.jpg"
    second.parent.mkdir()
    shutil.copy(first, second)
    photos.scan()
    identity = photos.photo_of(first).pk
    write_jpeg(second, seed=5)
    photos.scan()
    assert photos.photo_of(first).pk == identity
    assert photos.photo_of(second).pk != identity
    assert Photo.objects.visible().count() == 2


@pytest.mark.parametrize("lost", ["a.jpg", "copies/b.jpg"])
def test_another_copy_leads_when_the_main_file_is_lost(
    photos: Library, lost: str
) -> None:
    first = write_jpeg(photos.root / "a.jpg")
    second = photos.root / "copies" / "b.jpg"
    second.parent.mkdir()
    shutil.copy(first, second)
    write_jpeg(photos.root / "copies" / "c.jpg", seed=9)
    photos.scan()
    (photos.root / lost).unlink()
    photos.scan()
    (kept,) = {first, second} - {photos.root / lost}
    photo = photos.photo_of(kept)
    assert photo.main_file and photo.main_file.path == os.fsencode(kept)


def test_the_raw_leads_when_its_jpeg_is_deleted(photos: Library) -> None:
    jpeg = write_jpeg(photos.root / "i.jpg", seed=1, size=(300, 200))
    raw = dng(photos.root / "i.dng")
    write_jpeg(photos.root / "other.jpg", seed=2)
    photos.scan()
    identity = photos.photo_of(jpeg).pk
    jpeg.unlink()
    photos.scan()
    photo = photos.photo_of(raw)
    assert photo.pk == identity and photo.visible
    assert (photo.width, photo.height) == (256, 192)


def test_pairs_survive_a_full_scan_beside_copies_of_their_raw(photos: Library) -> None:
    jpeg = write_jpeg(photos.root / "a" / "i.jpg", seed=1)
    raw = dng(photos.root / "a" / "i.dng")
    (photos.root / "b").mkdir()
    shutil.copy(raw, photos.root / "b" / "k.dng")
    photos.scan()
    before = {path: photos.photo_of(path).pk for path in (jpeg, raw)}
    photos.scan(full=True)
    assert {path: photos.photo_of(path).pk for path in (jpeg, raw)} == before


def test_a_disk_that_comes_back_brings_its_photos(photos: Library) -> None:
    folder, away = photos.root / "disk", photos.root.parent / "away"
    path = write_jpeg(folder / "x.jpg", seed=1)
    write_jpeg(photos.root / "y.jpg", seed=2)
    job = jobs.start_scan(user=photos.owner)
    scan(job.pk, full=False)
    os.rename(folder, away)
    work_until_idle()
    os.rename(away, folder)
    photos.scan()
    assert photos.photo_of(path).visible


def test_a_file_lost_between_two_stages_is_taken_up_later(photos: Library) -> None:
    path = write_jpeg(photos.root / "x.jpg", seed=1)
    write_jpeg(photos.root / "y.jpg", seed=2)
    job = jobs.start_scan(user=photos.owner)
    scan(job.pk, full=False)
    identify_files(waiting_files(), sandbox=sandbox())
    away = photos.root.parent / "away.jpg"
    os.rename(path, away)
    work_until_idle()
    os.rename(away, path)
    photos.scan()
    assert photos.photo_of(path).visible


def rename_it(path: Path) -> None:
    os.rename(path, path.with_name("renamed.jpg"))


def become_another(path: Path) -> None:
    shutil.copy(path.with_name("other.jpg"), path)


def end_tasks(job: Job) -> None:
    """Take a job's tasks from the queue, as if they had been done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE args ->> 'job' = %s", [str(job.pk)]
        )


@pytest.mark.parametrize("change", [rename_it, become_another])
def test_a_file_that_a_later_scan_takes_over_fails_no_earlier_one(
    photos: Library, change: Callable[[Path], None]
) -> None:
    write_jpeg(photos.root / "other.jpg", seed=2)
    photos.scan()
    path = write_jpeg(photos.root / "x.jpg", seed=1)
    earlier = jobs.start_scan(user=photos.owner)
    scan(earlier.pk, full=False)
    batch = waiting_files()
    identify_files(batch, sandbox=sandbox())
    identity = photos.photo_of(path).pk
    change(path)
    later = jobs.start_scan(user=photos.owner)
    scan(later.pk, full=False)
    found = File.objects.filter(job=later, state=File.State.PENDING)
    identify_files(list(found.values_list("pk", flat=True)), sandbox=sandbox())
    ingest(earlier.pk, files=batch, sandbox=sandbox())  # its file is another's by now
    end_tasks(earlier)
    jobs.settle_abandoned()
    work_until_idle()
    for job in (earlier, later):
        job.refresh_from_db()
        assert job.finished and not job.failed, job.message
        assert all(s.total == s.done + s.skipped for s in job.stages.all())
    renamed = Photo.objects.filter(
        files__path=os.fsencode(path.with_name("renamed.jpg"))
    )
    assert all(photo.pk == identity and photo.visible for photo in renamed)
    assert renamed.exists() is (change is rename_it)


def test_missing_photos_are_not_deleted_while_a_scan_may_find_them(
    photos: Library,
) -> None:
    write_jpeg(photos.root / "old" / "x.jpg", seed=1)
    write_jpeg(photos.root / "y.jpg", seed=2)
    photos.scan()
    identity = photos.photo_of(photos.root / "old" / "x.jpg").pk
    os.rename(photos.root / "old", photos.root / "new")
    job = jobs.start_scan(user=photos.owner)
    scan(job.pk, full=False)
    deletion = jobs.start(Job.Kind.DELETE_MISSING_PHOTOS, user=photos.owner)
    delete_missing(deletion.pk)
    work_until_idle()
    deletion.refresh_from_db()
    assert deletion.failed and "when it is done" in deletion.message
    assert photos.photo_of(photos.root / "new" / "x.jpg").pk == identity


def test_files_of_a_directory_that_is_not_scanned_any_more_are_missing(
    photos: Library,
) -> None:
    other = library(photos.owner, photos.root.parent / "other")
    path = write_jpeg(other.root / "a.jpg", seed=1)
    write_jpeg(photos.root / "b.jpg", seed=2)
    photos.scan()
    identity = photos.photo_of(path).pk
    directory = ScanDirectory.objects.get(path=os.fsencode(other.root))
    directory.delete()
    photos.scan()
    assert File.objects.get(path=os.fsencode(path)).missing_since
    ScanDirectory.objects.create(user=photos.owner, path=os.fsencode(other.root))
    photos.scan()
    assert photos.photo_of(path).pk == identity
    assert not File.objects.filter(missing_since__isnull=False).exists()


def test_directories_within_directories_are_read_once(photos: Library) -> None:
    write_jpeg(photos.root / "sub" / "x.jpg", seed=1)
    library(photos.owner, photos.root / "sub")
    job = photos.scan()
    assert job.stages.get(stage="files").total == 1


def test_a_scan_asked_for_after_the_walk_finds_what_has_come(photos: Library) -> None:
    write_jpeg(photos.root / "a.jpg", seed=1)
    first = jobs.start_scan(user=photos.owner)
    assert jobs.start_scan(user=photos.owner) == first
    assert not Job.objects.exclude(pk=first.pk).exists()
    scan(first.pk, full=False)
    late = write_jpeg(photos.root / "b.jpg", seed=2)
    second = jobs.start_scan(user=photos.owner)
    assert second != first
    work_until_idle()
    assert photos.photo_of(late).visible
    for job in (first, second):
        job.refresh_from_db()
        assert job.finished and not job.failed
    assert Photo.objects.count() == 2


def test_a_full_scan_asked_for_during_a_walk_is_not_forgotten(photos: Library) -> None:
    path = write_jpeg(photos.root / "a.jpg")
    photos.scan()
    first = jobs.start_scan(user=photos.owner)
    full = jobs.start_scan(user=photos.owner, full=True)
    assert full != first
    work_until_idle()
    full.refresh_from_db()
    assert full.finished and full.stages.get(stage="thumbnails").done == 1
    assert photos.photo_of(path).visible


def test_changed_date_rules_decode_nothing(photos: Library) -> None:
    write_jpeg(photos.root / "a.jpg", taken_at=datetime(2020, 5, 1))
    photos.scan()
    modified = next(rule for rule in PREDEFINED_RULES if rule.id == 8)
    change_user(photos.owner, {"datetime_rules": rules_as_json([modified])})
    job = jobs.start_scan(user=photos.owner)
    work_until_idle()
    assert [(s.stage, s.done) for s in job.stages.all()] == [("dates", 1)]


def test_a_position_that_was_removed_leaves_no_place(photos: Library) -> None:
    path = photos.root / "a.jpg"

    def write(exif: Image.Exif) -> None:
        Image.new("RGB", (90, 60)).save(path, exif=exif)

    located = Image.Exif()
    located.get_ifd(0x8825).update(
        {1: "N", 2: (52.0, 31.0, 0.0), 3: "E", 4: (13.0, 24.0, 0.0)}
    )
    write(located)
    photos.scan()
    photo = photos.photo_of(path)
    assert photo.place and photo.place.name.lower() in photo.search_text
    name = photo.place.name.lower()
    write(Image.Exif())
    photos.scan()
    photo = photos.photo_of(path)
    assert photo.place is None and name not in photo.search_text


def test_a_photo_erased_while_its_job_runs_does_not_fail_it(photos: Library) -> None:
    path = write_jpeg(photos.root / "x.jpg", seed=1)
    write_jpeg(photos.root / "y.jpg", seed=2)
    photos.scan()
    write_jpeg(path, seed=3)
    job = jobs.start_scan(user=photos.owner)
    scan(job.pk, full=False)
    identify_files(waiting_files(), sandbox=sandbox())
    Photo.objects.filter(files__path=os.fsencode(path)).update(removed=True)
    work_until_idle()
    jobs.settle_abandoned()
    job.refresh_from_db()
    assert job.finished and not job.failed


def test_raw_files_come_in_once_they_are_wanted(photos: Library) -> None:
    change_user(photos.owner, {"skip_raw_files": True})
    raw = dng(photos.root / "i.dng")
    photos.scan()
    assert not Photo.objects.exists()
    change_user(photos.owner, {"skip_raw_files": False})
    photos.scan()
    assert photos.photo_of(raw).visible


def test_a_new_version_reaches_the_stages_that_need_it(photos: Library) -> None:
    from librephotos.api.models import StageVersion

    write_jpeg(photos.root / "a.jpg")
    photos.scan()
    StageVersion.objects.filter(stage="metadata").update(version=0)
    PhotoStage.objects.filter(stage="metadata").update(version=0)
    job = photos.scan()
    passed = {s.stage: s.done + s.skipped for s in job.stages.all()}
    assert passed == {"metadata": 1, "geocode": 1, "dates": 1}


def test_a_user_can_be_deleted_with_their_days(photos: Library) -> None:
    write_jpeg(photos.root / "a.jpg")
    photos.scan()
    photos.owner.delete()
    assert not PhotoDay.objects.exists() and not PhotoStage.objects.exists()


def test_hundreds_of_copies_are_one_photo(photos: Library) -> None:
    original = write_jpeg(photos.root / "original.jpg", size=(16, 16))
    for number in range(200):
        shutil.copy(original, photos.root / f"{number}.jpg")
    photos.scan()
    assert Photo.objects.count() == 1
    assert photos.photo_of(original).files.count() == 201
