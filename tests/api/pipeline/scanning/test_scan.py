"""What a scan makes of new, changed, moved, vanished and returned files."""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from librephotos.api.models import (
    File,
    Job,
    Photo,
    PhotoDay,
    PhotoStage,
    StageVersion,
)
from librephotos.api.pipeline.scanning.scan import scan
from librephotos.api.pipeline.work.registry import stage_names
from librephotos.api.writes import stage_jobs
from tests.factories import JobFactory
from tests.support.scanning import Library, write_jpeg


def checksums(root: Path) -> dict[Path, tuple[str, int]]:
    """Return the content and the modification time of each file."""
    return {
        path: (hashlib.md5(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def test_new_files_become_visible_photos(photos: Library) -> None:
    taken = datetime(2020, 2, 29, 23, 59, 58)
    path = write_jpeg(photos.root / "a" / "one.jpg", taken_at=taken, camera="Box")
    before = checksums(photos.root)
    job = photos.scan()
    photo = photos.photo_of(path)
    md5 = hashlib.md5(path.read_bytes()).hexdigest()
    assert photo.visible
    assert photo.image_hash == f"{md5}{photos.owner.pk}"
    assert photo.taken_at == taken.replace(tzinfo=UTC)
    assert photo.day == taken.toordinal()
    assert (photo.width, photo.height) == (96, 64)
    assert photo.metadata.camera_model == "Box"
    assert "box" in photo.search_text and "2020-02-29" in photo.search_text
    assert str(photos.root) not in photo.search_text
    assert not job.failed and not job.failures.exists()
    assert checksums(photos.root) == before


def test_progress_adds_up(photos: Library) -> None:
    for number in range(30):
        write_jpeg(photos.root / f"{number}.jpg", seed=number)
    (photos.root / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0nonsense")
    (photos.root / "notes.txt").write_text("no picture")
    job = photos.scan()
    stages = {stage.stage: stage for stage in job.stages.all()}
    assert stages["files"].total == 32
    assert stages["files"].skipped == 1
    for stage in stages.values():
        assert stage.done + stage.failed + stage.skipped == stage.total
    assert stages["thumbnails"].done == 30
    assert list(photos.failures(job)) == ["broken.jpg"]


def test_hundred_files_keep_their_identity(photos: Library) -> None:
    paths = [
        write_jpeg(
            photos.root / f"day{n % 7}" / f"{n:03}.jpg",
            seed=n,
            taken_at=datetime(2021, 1, 1 + n % 7, 12),
        )
        for n in range(100)
    ]
    photos.scan()
    moved, edited, deleted, returned = paths[3], paths[14], paths[25], paths[36]
    known = {
        path: photos.photo_of(path).pk for path in (moved, edited, deleted, returned)
    }
    Photo.objects.filter(pk__in=known.values()).update(
        user_rating=5, user_caption="kept"
    )
    shelter = photos.root.parent / "elsewhere.jpg"
    target = photos.root / "archive" / "renamed.jpg"
    target.parent.mkdir()
    os.rename(moved, target)
    write_jpeg(edited, seed=1000, taken_at=datetime(2022, 3, 3))
    deleted.unlink()
    os.rename(returned, shelter)
    photos.scan()
    missing = File.objects.filter(missing_since__isnull=False)
    assert {os.fsdecode(f.path) for f in missing} == {str(deleted), str(returned)}
    os.rename(shelter, returned)
    photos.scan()

    assert Photo.objects.filter(owner=photos.owner).count() == 100
    assert photos.photo_of(target).pk == known[moved]
    assert photos.photo_of(edited).pk == known[edited]
    assert photos.photo_of(returned).pk == known[returned]
    for photo in Photo.objects.filter(pk__in=known.values()):
        assert (photo.rating, photo.user_caption) == (5, "kept")
        assert photo.visible
    md5 = hashlib.md5(edited.read_bytes()).hexdigest()
    assert photos.photo_of(edited).image_hash == f"{md5}{photos.owner.pk}"
    assert photos.photo_of(edited).day == datetime(2022, 3, 3).toordinal()
    assert File.objects.get(path=os.fsencode(returned)).missing_since is None
    assert File.objects.filter(missing_since__isnull=False).count() == 1


def test_a_move_across_folders_and_back_is_no_copy(photos: Library) -> None:
    path = write_jpeg(photos.root / "a.jpg")
    other = photos.root / "b" / "a.jpg"
    photos.scan()
    identity = photos.photo_of(path).pk
    other.parent.mkdir()
    for source, target in ((path, other), (other, path), (path, other)):
        os.rename(source, target)
        write_jpeg(photos.root / "stays.jpg", seed=7)
        photos.scan()
        assert photos.photo_of(target).pk == identity
    assert File.objects.filter(photo=identity).count() == 1


def test_same_bytes_in_two_places_are_two_files_of_one_photo(photos: Library) -> None:
    first = write_jpeg(photos.root / "a.jpg")
    second = photos.root / "copies" / "b.jpg"
    second.parent.mkdir()
    shutil.copy(first, second)
    photos.scan()
    assert photos.photo_of(first) == photos.photo_of(second)
    assert Photo.objects.count() == 1 and File.objects.count() == 2
    first.unlink()
    write_jpeg(photos.root / "c.jpg", seed=9)
    photos.scan()
    photo = photos.photo_of(second)
    assert photo.visible and photo.main_file
    assert os.fsdecode(photo.main_file.path) == str(second)


def test_an_edit_that_makes_a_copy_joins_the_other_photo(photos: Library) -> None:
    first = write_jpeg(photos.root / "a.jpg", seed=1)
    second = write_jpeg(photos.root / "b.jpg", seed=2)
    photos.scan()
    shutil.copy(first, second)
    photos.scan()
    assert photos.photo_of(first) == photos.photo_of(second)


def test_unchanged_files_are_not_read_again(photos: Library) -> None:
    for number in range(5):
        write_jpeg(photos.root / f"{number}.jpg", seed=number)
    photos.scan()
    job = JobFactory(started_by=photos.owner)
    with CaptureQueriesContext(connection) as few:
        scan(job.pk, full=False)
    for number in range(5, 15):
        write_jpeg(photos.root / f"{number}.jpg", seed=number)
    photos.scan()
    job = JobFactory(started_by=photos.owner)
    with CaptureQueriesContext(connection) as many:
        scan(job.pk, full=False)
    assert len(many) == len(few)
    job.refresh_from_db()
    assert job.finished and not job.stages.exists()


def test_a_full_scan_reads_all_files_again(photos: Library) -> None:
    path = write_jpeg(photos.root / "a.jpg")
    photos.scan()
    identity = photos.photo_of(path).pk
    job = photos.scan(full=True)
    assert {s.stage: s.done for s in job.stages.all()} == {
        "files": 1,
        "metadata": 1,
        "geocode": 0,
        "dates": 1,
        "thumbnails": 1,
    }
    assert photos.photo_of(path).pk == identity


def test_an_emptied_folder_marks_nothing_missing(photos: Library) -> None:
    kept = write_jpeg(photos.root / "kept.jpg", seed=1)
    inside = write_jpeg(photos.root / "mount" / "a.jpg", seed=2)
    photos.scan()
    inside.unlink()
    job = photos.scan()
    assert not File.objects.filter(missing_since__isnull=False).exists()
    assert "empty now" in job.message and job.message.endswith("mount.")
    kept.unlink()
    inside.parent.rmdir()
    job = photos.scan()
    assert not File.objects.filter(missing_since__isnull=False).exists()
    assert "not mounted" in job.message


@pytest.mark.parametrize("left", [".DS_Store", "lost+found/", "@eaDir/", "a.jpg~"])
def test_what_lies_below_a_disk_that_is_not_mounted_is_no_sign_of_it(
    photos: Library, left: str
) -> None:
    write_jpeg(photos.root / "kept.jpg", seed=1)
    inside = write_jpeg(photos.root / "mount" / "sub" / "a.jpg", seed=2)
    photos.scan()
    shutil.rmtree(inside.parent)
    for folder in (photos.root, inside.parent.parent):
        (folder / left).mkdir() if left[-1] == "/" else (folder / left).touch()
    job = photos.scan()
    assert not File.objects.filter(missing_since__isnull=False).exists()
    assert "empty now" in job.message and job.message.endswith("mount.")
    (photos.root / "kept.jpg").unlink()
    shutil.rmtree(inside.parent.parent)
    job = photos.scan()
    assert not File.objects.filter(missing_since__isnull=False).exists()
    assert "not mounted" in job.message


def test_links_out_of_the_directory_and_loops_are_not_followed(photos: Library) -> None:
    outside = photos.root.parent / "outside"
    write_jpeg(outside / "secret.jpg", seed=3)
    write_jpeg(photos.root / "a.jpg", seed=4)
    (photos.root / "link").symlink_to(outside)
    (photos.root / "secret.jpg").symlink_to(outside / "secret.jpg")
    (photos.root / "loop").symlink_to(photos.root)
    photos.scan()
    assert [os.fsdecode(f.path) for f in File.objects.all()] == [
        str(photos.root / "a.jpg")
    ]


def test_skip_patterns_leave_out_paths(photos: Library) -> None:
    from librephotos.api.models import SiteSettings

    settings = SiteSettings.current()
    settings.skip_patterns = "/private/, .thumb"
    settings.save()
    write_jpeg(photos.root / "private" / "a.jpg", seed=1)
    write_jpeg(photos.root / "b.thumb.jpg", seed=2)
    kept = write_jpeg(photos.root / "c.jpg", seed=3)
    photos.scan()
    assert [os.fsdecode(f.path) for f in File.objects.all()] == [str(kept)]


@pytest.mark.parametrize(
    "name", [b"caf\xe9 \xff.jpg", "🏔 summit.jpg".encode(), b"x" * 251 + b".jpg"]
)
def test_odd_names_are_names(photos: Library, name: bytes) -> None:
    plain = write_jpeg(photos.root / "plain.jpg", seed=5)
    path = os.path.join(os.fsencode(photos.root), name)
    os.rename(plain, path)
    photos.scan()
    file = File.objects.get()
    assert file.path == path
    assert file.photo and file.photo.visible


def test_two_owners_of_one_folder_have_photos_of_their_own(
    photos: Library, tmp_path: Path
) -> None:
    from tests.factories import UserFactory
    from tests.support.scanning import library

    write_jpeg(photos.root / "a.jpg")
    other = library(UserFactory(), photos.root)
    photos.scan()
    other.scan()
    assert Photo.objects.count() == 2
    assert len(set(Photo.objects.values_list("image_hash", flat=True))) == 2


def test_day_counts_follow_the_photos(photos: Library) -> None:
    for number in range(6):
        write_jpeg(
            photos.root / f"{number}.jpg",
            seed=number,
            taken_at=datetime(2021, 5, 1 + number % 2),
        )
    photos.scan()

    def counts() -> dict[int, int]:
        rows = PhotoDay.objects.filter(owner=photos.owner, count__gt=0)
        return dict(rows.values_list("day", "count"))

    first, second = (datetime(2021, 5, day).toordinal() for day in (1, 2))
    assert counts() == {first: 3, second: 3}
    Photo.objects.filter(day=first).update(hidden=True)
    assert counts() == {second: 3}
    Photo.objects.filter(day=first).update(hidden=False, day=second)
    assert counts() == {second: 6}
    Photo.objects.filter(day=second).delete()
    assert counts() == {}


def test_photos_with_an_old_stage_version_pass_it_again(photos: Library) -> None:
    path = write_jpeg(photos.root / "a.jpg")
    photos.scan()
    photo = photos.photo_of(path)
    photo.stages.filter(stage="metadata").update(version=0)
    StageVersion.objects.filter(stage="metadata").update(version=0)
    photo.metadata.delete()
    job = photos.scan()
    assert photos.photo_of(path).metadata
    assert job.stages.get(stage="metadata").done == 1


def test_a_photo_whose_file_is_to_be_read_again_is_left_to_that(
    photos: Library,
) -> None:
    path = write_jpeg(photos.root / "a.jpg")
    photos.scan()
    photo = photos.photo_of(path)
    PhotoStage.objects.update(state=PhotoStage.State.PENDING, job=None)
    for state, left in ((File.State.PENDING, []), (File.State.READY, [photo.pk])):
        File.objects.update(state=state)
        found = stage_jobs.left_over(photos.owner.pk, stages=stage_names())
        assert found == left


def test_a_cancelled_scan_is_taken_up_by_the_next(photos: Library) -> None:
    from librephotos.api.pipeline.work import jobs
    from tests.support.scanning import work_until_idle

    path = write_jpeg(photos.root / "a.jpg")
    job = jobs.start_scan(user=photos.owner)
    scan(job.pk, full=False)
    jobs.cancel(job)
    work_until_idle()
    assert not Photo.objects.exists()
    photos.scan()
    assert photos.photo_of(path).visible
    assert Job.objects.unfinished().count() == 0
