"""Search texts hold of a path what lies below the scan directory, wherever that is."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import connection

from librephotos.api.models import Photo, ScanDirectory
from librephotos.api.pipeline.scanning import search_texts
from librephotos.api.pipeline.scanning.search_texts import refresh_search_texts
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
