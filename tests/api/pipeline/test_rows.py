"""Rows are inserted by a statement as short as for one, as Django would."""

from __future__ import annotations

import pytest
from django.forms.models import model_to_dict

from librephotos.api.models import Photo, PhotoMetadata
from librephotos.api.writes import rows
from tests.factories import PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db


def said(photo: Photo, number: int) -> PhotoMetadata:
    """Return a row in which every kind of column has something, another each time."""
    return PhotoMetadata(
        photo=photo,
        title=f'"{{quoted}}", \\ and ü {number}',
        iso=number or None,
        fstop=2.8 + number,
        keywords=["a,b", '"c"', f"d{number}"][: number + 1],
        regions=[{"name": "Ä", "left": 0.5}] * number,
        dates={"Exif.Photo.DateTimeOriginal": f"2020:0{number + 1}:01 00:00:00"},
        warnings=[],
    )


@pytest.mark.parametrize("count", [1, 3])
def test_what_is_inserted_is_read_back(count: int) -> None:
    photos = PhotoFactory.create_batch(count)
    wanted = [said(photo, number) for number, photo in enumerate(photos)]
    PhotoMetadata.objects.all().delete()
    rows.insert(wanted)
    rows.insert(wanted, over="photo")
    found = {row.photo_id: row for row in PhotoMetadata.objects.all()}
    assert [model_to_dict(found[row.photo_id]) for row in wanted] == [
        model_to_dict(row) for row in wanted
    ]


def test_a_photo_of_defaults_is_what_django_makes() -> None:
    owner = UserFactory()
    ours = [Photo(owner=owner, image_hash=f"ours{n}") for n in range(2)]
    rows.insert(ours)
    other = Photo.objects.create(owner=owner, image_hash="other")
    for photo in Photo.objects.filter(pk__in=[each.pk for each in ours]):
        assert model_to_dict(photo, exclude=["image_hash"]) == model_to_dict(
            other, exclude=["image_hash"]
        )
        assert photo.added_on.date() == photo.last_modified.date()
