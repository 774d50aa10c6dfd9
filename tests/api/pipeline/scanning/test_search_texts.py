"""Search texts hold of a path what lies below the scan directory, wherever that is."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest
from django.db import connection

from librephotos.api.models import Job, Photo, ScanDirectory
from librephotos.api.pipeline.scanning import search_texts
from librephotos.api.pipeline.scanning.search_texts import refresh_search_texts
from librephotos.api.pipeline.work import jobs
from librephotos.api.services.users import set_scan_directory
from tests.support.scanning import Library, work_until_idle, write_jpeg


@pytest.fixture
def texts(photos: Library, settings: Any) -> Any:
    """Give what is found of the paths of three photos, two of them deeper down."""
    settings.SCAN_ROOTS = [str(photos.root.parent)]
    for at, name in enumerate(("secret/a.jpg", "secret/inner/b.jpg", "c.jpg")):
        write_jpeg(photos.root / name, seed=at)
    photos.scan()

    def read() -> list[str]:
        rows = Photo.objects.order_by("pk").values_list("search_text", flat=True)
        return sorted(text.rsplit("\n", 1)[-1] for text in rows)

    assert read() == ["/c.jpg", "/secret/a.jpg", "/secret/inner/b.jpg"]
    return read


def test_another_scan_directory_has_the_texts_composed_anew(
    photos: Library, texts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_texts, "_AT_ONCE", 2)
    set_scan_directory(photos.owner, str(photos.root / "secret" / "inner"))
    work_until_idle()
    assert texts() == ["/b.jpg", "a.jpg", "c.jpg"]
    set_scan_directory(photos.owner, str(photos.root))
    work_until_idle()
    assert texts() == ["/c.jpg", "/secret/a.jpg", "/secret/inner/b.jpg"]


def test_a_directory_whose_name_begins_alike_is_another_one(
    photos: Library, texts: Any
) -> None:
    ScanDirectory.objects.update(path=os.fsencode(photos.root / "sec"))
    refresh_search_texts(owner=photos.owner.pk)
    assert texts() == ["a.jpg", "b.jpg", "c.jpg"]


def test_texts_that_are_right_are_not_written(photos: Library, texts: Any) -> None:
    def versions() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT xmin::text FROM api_photo ORDER BY id")
            return list(cursor.fetchall())

    before = versions()
    refresh_search_texts(owner=photos.owner.pk)
    assert versions() == before


def test_copies_are_found_by_their_paths_as_they_come_and_go(photos: Library) -> None:
    first = write_jpeg(photos.root / "garden.jpg", seed=1)
    copy = photos.root / "best" / "rose.jpg"
    photos.scan()
    copy.parent.mkdir()
    shutil.copy(first, copy)
    photos.scan()

    def found_by(word: str) -> list[Photo]:
        return list(Photo.objects.filter(search_text__contains=word))

    photo = photos.photo_of(first)
    assert found_by("garden") == found_by("best/rose") == [photo]
    write_jpeg(copy, seed=2)
    photos.scan()
    assert found_by("garden") == [photo]
    assert found_by("best/rose") == [photos.photo_of(copy)] != [photo]


@pytest.mark.parametrize("lost", ["garden.jpg", "best/rose.jpg"])
def test_a_copy_that_is_forgotten_is_found_no_more(photos: Library, lost: str) -> None:
    first = write_jpeg(photos.root / "garden.jpg", seed=1)
    copy = photos.root / "best" / "rose.jpg"
    copy.parent.mkdir()
    shutil.copy(first, copy)
    for beside in (photos.root, copy.parent):
        write_jpeg(beside / "other.jpg", seed=2)
    photos.scan()
    photo = photos.photo_of(first)
    (photos.root / lost).unlink()
    photos.scan()
    jobs.start(Job.Kind.DELETE_MISSING_PHOTOS, user=photos.owner)
    work_until_idle()
    photo.refresh_from_db()
    (kept,) = {"garden.jpg", "best/rose.jpg"} - {lost}
    assert kept in photo.search_text and lost not in photo.search_text
