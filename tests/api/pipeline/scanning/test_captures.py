"""Which files are one photo, from the first scan on and whatever comes later."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from librephotos.api.models import File, Photo
from tests.support.pictures.images import (
    dng,
    google_motion_photo,
    jpeg,
    live_still,
    samsung_motion_photo,
)
from tests.support.pictures.videos import video
from tests.support.scanning import Library, write_jpeg


def shot(moment: str) -> bytes:
    """A JPEG that was taken at this local time."""
    return jpeg(exif={"Exif.Photo.DateTimeOriginal": moment})


def film(began: str) -> bytes:
    """A QuickTime film of two seconds that says when it began."""
    said = {"creation_time": began} if began else {}
    return video(format="mov", seconds=2, metadata=said)


XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="{rating}"/></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def write_sidecar(path: Path, rating: int) -> Path:
    """Write an XMP sidecar that holds a rating."""
    path.write_text(XMP.format(rating=rating))
    return path


def test_a_sidecar_belongs_to_its_picture(photos: Library) -> None:
    picture = write_jpeg(photos.root / "a.jpg")
    sidecar = write_sidecar(photos.root / "a.xmp", rating=4)
    photos.scan()
    photo = photos.photo_of(picture)
    assert photos.photo_of(sidecar) == photo
    assert photo.rating == 4
    write_sidecar(sidecar, rating=2)
    photos.scan()
    assert photos.photo_of(picture).rating == 2


def test_a_rating_by_the_user_stands_above_the_sidecar(photos: Library) -> None:
    picture = write_jpeg(photos.root / "a.jpg")
    photos.scan()
    Photo.objects.update(user_rating=5)
    write_sidecar(photos.root / "a.jpg.xmp", rating=1)
    photos.scan()
    photo = photos.photo_of(picture)
    assert (photo.rating, photo.file_rating) == (5, 1)


def test_equal_sidecars_of_different_pictures_stay_apart(photos: Library) -> None:
    pictures = [write_jpeg(photos.root / f"{n}.jpg", seed=n) for n in range(3)]
    sidecars = [write_sidecar(photos.root / f"{n}.xmp", rating=3) for n in range(3)]
    photos.scan()
    for picture, sidecar in zip(pictures, sidecars, strict=True):
        assert photos.photo_of(picture) == photos.photo_of(sidecar)
    assert Photo.objects.count() == 3


def test_a_lone_sidecar_waits_for_its_picture(photos: Library) -> None:
    sidecar = write_sidecar(photos.root / "a.xmp", rating=4)
    job = photos.scan()
    assert File.objects.get().state == File.State.SKIPPED
    assert not job.failures.exists()
    picture = write_jpeg(photos.root / "a.jpg")
    photos.scan()
    assert photos.photo_of(picture) == photos.photo_of(sidecar)
    assert photos.photo_of(picture).rating == 4


def test_a_picture_moves_with_its_sidecar(photos: Library) -> None:
    picture = write_jpeg(photos.root / "a.jpg")
    write_sidecar(photos.root / "a.xmp", rating=4)
    photos.scan()
    identity = photos.photo_of(picture).pk
    folder = photos.root / "album"
    folder.mkdir()
    for name in ("a.jpg", "a.xmp"):
        os.rename(photos.root / name, folder / name)
    write_jpeg(photos.root / "other.jpg", seed=9)
    photos.scan()
    assert photos.photo_of(folder / "a.jpg").pk == identity
    assert photos.photo_of(folder / "a.xmp").pk == identity
    assert photos.photo_of(folder / "a.jpg").rating == 4


def test_raw_and_jpeg_are_one_photo_led_by_the_jpeg(photos: Library) -> None:
    dng(photos.root / "DSC_1.DNG")
    photos.scan()
    first = photos.photo_of(photos.root / "DSC_1.DNG")
    assert first.has_raw and first.visible
    jpeg = write_jpeg(photos.root / "DSC_1.JPG", seed=1, size=(300, 200))
    photos.scan()
    photo = photos.photo_of(jpeg)
    assert photo.pk == first.pk
    assert photo.has_raw and not photo.video
    assert photo.main_file and photo.main_file.path == os.fsencode(jpeg)
    assert (photo.width, photo.height) == (300, 200)


def test_raw_stays_apart_or_out_if_the_owner_wants_it(photos: Library) -> None:
    photos.owner.stack_raw_jpeg = False
    photos.owner.save()
    dng(photos.root / "DSC_1.DNG")
    write_jpeg(photos.root / "DSC_1.JPG", seed=1)
    photos.scan()
    assert Photo.objects.count() == 2
    photos.owner.skip_raw_files = True
    photos.owner.save()
    dng(photos.root / "DSC_2.DNG", width=128)
    photos.scan()
    assert Photo.objects.count() == 2
    assert File.objects.get(path__endswith="DSC_2.DNG").state == File.State.SKIPPED


def test_two_stills_of_one_name_are_two_photos(photos: Library) -> None:
    jpeg = write_jpeg(photos.root / "a.jpg", seed=1)
    other = write_jpeg(photos.root / "a.jpeg", seed=2)
    photos.scan()
    assert photos.photo_of(jpeg) != photos.photo_of(other)


def test_the_order_of_arrival_does_not_matter(photos: Library) -> None:
    names = ["x.xmp", "x.DNG", "x.jpg"]
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        folder = photos.root / "".join(map(str, order))
        folder.mkdir()
        for index in order:
            path = folder / names[index]
            if path.suffix == ".DNG":
                dng(path, width=128 + 32 * order[0])
            elif path.suffix == ".xmp":
                write_sidecar(path, rating=3)
            else:
                write_jpeg(path, seed=order[0] + 10)
            photos.scan()
        photo = photos.photo_of(folder / "x.jpg")
        assert photo.files.count() == 3
        assert photo.rating == 3
        assert photo.main_file and photo.main_file.path.endswith(b"x.jpg")


def test_a_live_photo_is_one_photo(photos: Library) -> None:
    still, clip = photos.root / "IMG_1.JPG", photos.root / "IMG_1.MOV"
    still.write_bytes(shot("2024:08:15 12:00:00"))
    clip.write_bytes(film("2024-08-15T10:00:01Z"))
    photos.scan()
    photo = photos.photo_of(still)
    assert photos.photo_of(clip) == photo
    assert photo.motion_photo and not photo.video


@pytest.mark.parametrize("began", ["2024-09-01T10:00:01Z", ""])
@pytest.mark.parametrize("first", ["both", "still", "film"])
def test_a_short_film_of_another_day_is_a_photo_of_its_own(
    photos: Library, began: str, first: str
) -> None:
    still, clip = photos.root / "IMG_9140.JPG", photos.root / "IMG_9140.MOV"
    if first != "film":
        still.write_bytes(shot("2024:08:15 12:00:00"))
    if first != "still":
        clip.write_bytes(film(began))
    photos.scan()
    still.write_bytes(shot("2024:08:15 12:00:00"))
    clip.write_bytes(film(began))
    photos.scan()
    assert photos.photo_of(still) != photos.photo_of(clip)
    assert photos.photo_of(clip).video and photos.photo_of(clip).visible
    assert not photos.photo_of(still).motion_photo


def test_what_an_earlier_version_joined_by_name_is_parted(photos: Library) -> None:
    still, clip = photos.root / "IMG_9140.JPG", photos.root / "IMG_9140.MOV"
    still.write_bytes(shot("2024:08:15 12:00:00"))
    clip.write_bytes(film("2024-09-01T10:00:01Z"))
    photos.scan()
    photo = photos.photo_of(still)
    Photo.objects.filter(pk=photo.pk).update(user_caption="kept", user_rating=5)
    alone = photos.photo_of(clip)
    File.objects.filter(path=os.fsencode(clip)).update(photo=photo)
    alone.delete()
    # As the migration leaves such files to the next scan.
    again = importlib.import_module(
        "librephotos.api.migrations.0012_paired_films_again"
    )
    File.objects.update(clock="")
    with connection.cursor() as cursor:
        cursor.execute(again.AGAIN)
    photos.scan()
    assert photos.photo_of(still).pk == photo.pk
    parted = photos.photo_of(clip)
    assert parted.pk != photo.pk and parted.video and parted.visible
    kept = Photo.objects.get(pk=photo.pk)
    assert (kept.user_caption, kept.user_rating, kept.motion_photo) == (
        "kept",
        5,
        False,
    )


def test_a_live_photo_outlives_a_full_scan(photos: Library) -> None:
    still, clip = photos.root / "IMG_1.JPG", photos.root / "IMG_1.MOV"
    still.write_bytes(shot("2024:08:15 12:00:00"))
    clip.write_bytes(film("2024-08-15T10:00:01Z"))
    photos.scan()
    photos.scan(full=True)
    assert photos.photo_of(still) == photos.photo_of(clip)
    assert Photo.objects.count() == 1


def test_a_film_of_the_same_name_is_a_photo_of_its_own(photos: Library) -> None:
    still, film = photos.root / "IMG_1.JPG", photos.root / "IMG_1.MP4"
    still.write_bytes(jpeg())
    film.write_bytes(video(seconds=9))
    photos.scan()
    assert photos.photo_of(film) != photos.photo_of(still)
    assert photos.photo_of(film).video and photos.photo_of(film).visible


def test_contradicting_identifiers_keep_still_and_video_apart(photos: Library) -> None:
    still, clip = photos.root / "IMG_1.JPG", photos.root / "IMG_1.MOV"
    still.write_bytes(live_still())
    clip.write_bytes(video(format="mov", seconds=2))
    photos.scan()
    assert photos.photo_of(clip) != photos.photo_of(still)


@pytest.mark.parametrize("make", [google_motion_photo, samsung_motion_photo])
def test_phones_put_the_video_into_the_still(
    photos: Library, make: Callable[[bytes], bytes]
) -> None:
    path = photos.root / "motion.jpg"
    path.write_bytes(make(video(seconds=1)))
    photos.scan()
    assert photos.photo_of(path).motion_photo
