"""Pictures of other bytes are photos of their own, however their files came to differ.

Only files that belong to one capture, or hold the same bytes, are one photo: else one
of two pictures would be seen nowhere.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from librephotos.api.models import Photo
from tests.support.scanning import Library, write_jpeg


@pytest.fixture
def copies(photos: Library) -> Library:
    """A library with a picture and its copy in another folder."""
    first = write_jpeg(photos.root / "a" / "first.jpg", seed=1)
    (photos.root / "b").mkdir()
    shutil.copy(first, photos.root / "b" / "second.jpg")
    for folder in ("a", "b"):
        write_jpeg(photos.root / folder / "other.jpg", seed=9)
    photos.scan()
    assert Photo.objects.count() == 2
    return photos


def assert_parted(photos: Library, *names: str) -> None:
    """See that each of the files is a visible photo of its own."""
    shown = {photos.photo_of(photos.root / name) for name in names}
    assert len(shown) == len(names)
    assert all(photo.visible for photo in shown)


def test_both_copies_are_edited(copies: Library) -> None:
    photo = copies.photo_of(copies.root / "a" / "first.jpg")
    write_jpeg(copies.root / "a" / "first.jpg", seed=2)
    write_jpeg(copies.root / "b" / "second.jpg", seed=3)
    copies.scan()
    assert_parted(copies, "a/first.jpg", "b/second.jpg")
    assert photo.main_file  # what was said of the photo stays with it
    assert copies.photo_of(Path(os.fsdecode(photo.main_file.path))).pk == photo.pk


def test_both_copies_are_edited_alike(copies: Library) -> None:
    for name in ("a/first.jpg", "b/second.jpg"):
        write_jpeg(copies.root / name, seed=2)
    copies.scan()
    assert Photo.objects.count() == 2


def test_one_copy_is_edited_while_the_other_is_moved(copies: Library) -> None:
    write_jpeg(copies.root / "a" / "first.jpg", seed=2)
    os.rename(copies.root / "b" / "second.jpg", copies.root / "b" / "moved.jpg")
    copies.scan()
    assert_parted(copies, "a/first.jpg", "b/moved.jpg")


@pytest.mark.parametrize("marked", [True, False])
def test_one_copy_is_edited_while_the_other_is_away(
    copies: Library, marked: bool
) -> None:
    identity = copies.photo_of(copies.root / "a" / "first.jpg").pk
    away = copies.root.parent / "away"
    if marked:
        os.rename(copies.root / "b" / "second.jpg", away)
        copies.scan()
    else:
        os.rename(copies.root / "b", away)
        (copies.root / "b").mkdir()
    write_jpeg(copies.root / "a" / "first.jpg", seed=2)
    copies.scan()
    if marked:
        os.rename(away, copies.root / "b" / "second.jpg")
    else:
        (copies.root / "b").rmdir()
        os.rename(away, copies.root / "b")
    copies.scan()
    assert_parted(copies, "a/first.jpg", "b/second.jpg")
    assert copies.photo_of(copies.root / "a" / "first.jpg").pk == identity


def test_the_original_is_kept_under_another_name(photos: Library) -> None:
    path = write_jpeg(photos.root / "a.jpg", seed=1)
    photos.scan()
    os.rename(path, photos.root / "original.jpg")
    write_jpeg(path, seed=2)
    photos.scan()
    assert_parted(photos, "a.jpg", "original.jpg")
