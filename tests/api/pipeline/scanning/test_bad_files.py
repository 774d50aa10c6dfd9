"""Bad files are recorded with a reason; the rest of the library does not suffer."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from PIL import Image

from librephotos.api.models import File, Photo
from tests.support.scanning import Library, write_jpeg


def test_each_bad_file_fails_with_its_reason(photos: Library) -> None:
    good = write_jpeg(photos.root / "good.jpg", seed=1, size=(640, 480))
    whole = good.read_bytes()
    (photos.root / "empty.jpg").touch()
    (photos.root / "truncated.jpg").write_bytes(whole[:300])
    (photos.root / "text.jpg").write_text("This is not a picture.")
    (photos.root / "zeros.png").write_bytes(bytes(5000))
    (photos.root / "dangling.jpg").symlink_to("nowhere")
    job = photos.scan()
    reasons = photos.failures(job)
    assert set(reasons) == {"empty.jpg", "truncated.jpg", "text.jpg", "zeros.png"}
    assert all(reason.endswith(".") for reason in reasons.values())
    assert "empty" in reasons["empty.jpg"]
    assert [p for p in Photo.objects.visible()] == [photos.photo_of(good)]
    assert not job.failed


def test_the_content_decides_not_the_extension(photos: Library) -> None:
    picture = write_jpeg(photos.root / "picture.jpg", seed=2)
    os.rename(picture, photos.root / "picture.png")
    nameless = write_jpeg(photos.root / "other.jpg", seed=3)
    os.rename(nameless, photos.root / "nameless")
    photos.scan()
    assert Photo.objects.visible().count() == 2
    assert set(File.objects.values_list("mime", flat=True)) == {"image/jpeg"}


def test_more_pixels_than_allowed_are_not_decoded(
    photos: Library, settings: Any
) -> None:
    settings.MAX_PIXELS = 1_000_000
    Image.new("L", (20_000, 20_000)).save(photos.root / "bomb.png")
    small = write_jpeg(photos.root / "small.jpg", seed=4)
    job = photos.scan()
    assert "pixels" in photos.failures(job)["bomb.png"]
    assert photos.photo_of(small).visible


def test_failed_files_are_tried_again_when_they_change(photos: Library) -> None:
    path = photos.root / "late.jpg"
    path.write_bytes(b"\xff\xd8\xff")
    assert "late.jpg" in photos.failures(photos.scan())
    assert photos.failures(photos.scan()) == {}
    write_jpeg(path, seed=5)
    assert photos.failures(photos.scan()) == {}
    assert photos.photo_of(path).visible


def test_a_picture_that_breaks_keeps_what_is_known_of_it(photos: Library) -> None:
    path = write_jpeg(photos.root / "a.jpg", seed=6)
    photos.scan()
    Photo.objects.update(user_caption="kept")
    path.write_bytes(b"")
    assert "a.jpg" in photos.failures(photos.scan())
    photo = Photo.objects.get()
    assert photo.user_caption == "kept" and photo.visible


def test_the_malformed_corpus_fails_or_works_but_never_stops(
    photos: Library, corpus: Path
) -> None:
    from librephotos.api.models import ScanDirectory

    ScanDirectory.objects.update(path=os.fsencode(corpus / "malformed"))
    job = photos.scan()
    files = job.stages.get(stage="files")
    assert files.done + files.failed + files.skipped == files.total == 200
    shown = Photo.objects.visible()
    recorded = len(photos.failures(job))
    assert shown.exclude(preview_format="").count() + recorded == 200
    # Their headers tell how large they are: they keep their place.
    assert shown.filter(preview_format="").exists()
    assert not job.failed


def test_a_full_disk_leaves_no_half_written_preview(small_disk: Path) -> None:
    from librephotos.api.storage.previews import AtomicFileSystemStorage

    storage = AtomicFileSystemStorage(location=small_disk)
    storage.save("aa/kept.jpg", ContentFile(bytes(1000)))
    with pytest.raises(OSError, match="No space left"):
        storage.save("aa/large.jpg", ContentFile(bytes(2_000_000)))
    assert [path.name for path in (small_disk / "aa").iterdir()] == ["kept.jpg"]
    assert (small_disk / "aa" / "kept.jpg").stat().st_size == 1000


def test_a_data_folder_that_fills_up_fails_the_job_and_not_the_files(
    photos: Library, settings: Any
) -> None:
    path = write_jpeg(photos.root / "a.jpg", seed=7)
    settings.MIN_FREE_MIB = 2**40
    job = photos.scan()
    assert job.failed and "make room, then scan again" in job.message
    settings.MIN_FREE_MIB = 0
    job = photos.scan()
    assert not job.failed
    assert photos.photo_of(path).visible


def test_a_disk_that_fills_up_meanwhile_fails_the_job_and_not_the_files(
    photos: Library, small_disk: Path, settings: Any
) -> None:
    path = write_jpeg(photos.root / "a.jpg", seed=7)
    settings.MIN_FREE_MIB = 0
    previews = {**settings.STORAGES["previews"], "OPTIONS": {"location": small_disk}}
    settings.STORAGES = {**settings.STORAGES, "previews": previews}
    (small_disk / "filling").write_bytes(bytes(2**20))
    job = photos.scan()
    assert job.failed and "has become full: make room, then scan again" in job.message
    assert photos.failures(job) == {}
    (small_disk / "filling").unlink()
    job = photos.scan()
    assert not job.failed
    assert photos.photo_of(path).visible


@contextmanager
def every_try_the_last() -> Iterator[None]:
    """Have tasks begin with their last try: all take minutes."""
    table = "ALTER TABLE procrastinate_jobs ALTER attempts SET DEFAULT"
    with connection.cursor() as cursor:
        cursor.execute(f"{table} 6")
        try:
            yield
        finally:
            cursor.execute(f"{table} 0")


def test_previews_that_can_never_be_written_fail_the_job_and_say_why(
    photos: Library, tmp_path: Path, settings: Any
) -> None:
    """As where their disk is read-only for longer than all tries take."""
    path = write_jpeg(photos.root / "a.jpg", seed=7)
    location = tmp_path / "previews"
    previews = {**settings.STORAGES["previews"], "OPTIONS": {"location": location}}
    settings.STORAGES = {**settings.STORAGES, "previews": previews}
    location.write_bytes(b"where a folder should be")
    with every_try_the_last():
        job = photos.scan()
    assert job.failed and os.strerror(errno.ENOTDIR) in job.message
    assert str(location) not in job.message
    assert photos.failures(job) == {}
    location.unlink()
    assert not photos.scan().failed
    assert photos.photo_of(path).visible


def test_missing_previews_are_made_again(photos: Library) -> None:
    path = write_jpeg(photos.root / "a.jpg", seed=8)
    photos.scan()
    photo = photos.photo_of(path)
    folder, names = str(photo.pk.hex[-2:]), storages["previews"]
    for name in names.listdir(folder)[1]:
        names.delete(f"{folder}/{name}")
    photos.scan(full=True)
    assert len(names.listdir(folder)[1]) == 3
