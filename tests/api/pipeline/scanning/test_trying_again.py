"""Files that failed are read again when somebody asks for it, and not before."""

from __future__ import annotations

import importlib
import os

import pytest
from django.db import connection
from PIL import Image

from librephotos.api.models import Job, PhotoStage
from librephotos.api.pipeline.work.registry import stage_names
from librephotos.api.queries.operations.failed_files import failed_files
from librephotos.api.services.failed_files import retry_failed_files
from tests.support.scanning import Library, work_until_idle, write_jpeg


def retry(library: Library) -> Job:
    """Try again to the end, as workers do."""
    job = retry_failed_files(library.owner)
    work_until_idle()
    job.refresh_from_db()
    assert job.finished
    return job


def failed_names(library: Library) -> set[str]:
    """Return the names of the files that are listed as failed."""
    rows = failed_files(library.owner, stages=stage_names())
    return {os.path.basename(os.fsdecode(row["failed_path"])) for row in rows}


def damage(library: Library) -> None:
    """Write a good picture, one that is no photo and one without previews."""
    write_jpeg(library.root / "good.jpg", seed=1)
    (library.root / "early.jpg").write_bytes(b"")
    (library.root / "late.jpg").write_bytes(b"\xff\xd8\xff no picture")


def total_of(job: Job, stage: str) -> int:
    """Return how many files or photos the job took through a stage."""
    return sum(job.stages.filter(stage=stage).values_list("total", flat=True))


def test_a_scan_leaves_failed_files_alone_and_a_retry_reads_them(
    photos: Library,
) -> None:
    damage(photos)
    photos.scan()
    assert failed_names(photos) == {"early.jpg", "late.jpg"}
    again = photos.scan()
    assert not again.stages.exists()
    assert failed_names(photos) == {"early.jpg", "late.jpg"}
    retried = retry(photos)
    assert (total_of(retried, "files"), total_of(retried, "thumbnails")) == (1, 1)
    assert set(photos.failures(retried)) == {"early.jpg", "late.jpg"}
    assert failed_names(photos) == {"early.jpg", "late.jpg"}
    assert not photos.scan().stages.exists()


def test_a_file_that_can_be_read_now_leaves_the_list(photos: Library) -> None:
    """Its size and times are as before, as after a change of rights."""
    picture = write_jpeg(photos.root / "locked.jpg", seed=2)
    state = picture.stat()
    good = picture.read_bytes()
    picture.write_bytes(b"".ljust(len(good), b"\0"))
    os.utime(picture, ns=(state.st_atime_ns, state.st_mtime_ns))
    photos.scan()
    assert failed_names(photos) == {"locked.jpg"}
    picture.write_bytes(good)
    os.utime(picture, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert not photos.scan().stages.exists()
    retry(photos)
    assert failed_names(photos) == set()
    assert photos.photo_of(picture).visible


def test_a_failed_file_that_is_gone_by_then_leaves_the_list(photos: Library) -> None:
    damage(photos)
    photos.scan()
    for name in ("early.jpg", "late.jpg"):
        (photos.root / name).unlink()
    retry(photos)
    assert failed_names(photos) == set()


@pytest.mark.parametrize("update", ["0014_previews_again", "0016_more_previews_again"])
def test_after_an_update_failed_previews_and_those_of_tiffs_are_tried_again(
    photos: Library, update: str
) -> None:
    damage(photos)
    Image.new("RGB", (40, 30), "teal").save(photos.root / "scanned.tif")
    photos.scan()
    migration = importlib.import_module(f"librephotos.api.migrations.{update}")
    with connection.cursor() as cursor:
        cursor.execute(migration.AGAIN)
    pending = PhotoStage.objects.filter(state=PhotoStage.State.PENDING)
    assert set(pending.values_list("photo", "stage")) == {
        (photos.photo_of(photos.root / name).pk, "thumbnails")
        for name in ("late.jpg", "scanned.tif")
    }
    assert total_of(photos.scan(), "thumbnails") == 2
    assert photos.photo_of(photos.root / "scanned.tif").visible
    assert failed_names(photos) == {"early.jpg", "late.jpg"}
