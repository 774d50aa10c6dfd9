"""What people say of photos, on real files and through rescans."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.storage import storages
from PIL import Image
from rest_framework.test import APIClient

from librephotos.api.models import Face, File, Job, Photo
from librephotos.api.pipeline.work import jobs
from librephotos.api.storage.previews import PreviewSize, preview_name
from tests.support.pictures.images import gps, jpeg, with_metadata
from tests.support.scanning import Library, work_until_idle, write_jpeg

Clients = Callable[..., APIClient]


def halves(path: Path, *, left: str = "red", right: str = "blue") -> Path:
    """Write a picture twice as wide as high, of two colours."""
    picture = Image.new("RGB", (400, 200), left)
    picture.paste(right, (200, 0, 400, 200))
    picture.save(path, "JPEG", quality=95)
    return path


def colours(photo: Photo) -> tuple[tuple[int, int], str, str]:
    """Return the size of a photo's large preview, and its first and last colour."""
    name = preview_name(photo.pk, PreviewSize.BIG, photo.preview_format)
    with storages["previews"].open(name) as file:
        seen = Image.open(file).convert("RGB")
        seen.load()
    width, height = seen.size

    def colour(at: tuple[int, int]) -> str:
        red, _, blue = seen.getpixel(at)  # type: ignore[misc]
        return "red" if red > blue else "blue"

    return seen.size, colour((9, 9)), colour((width - 9, height - 9))


def kept_for_ever(client: APIClient, photo: Photo, **query: str) -> bool:
    """Whether whoever asks for the large preview may keep it."""
    answer = client.get(f"/media/thumbnails_big/{photo.image_hash}", query)
    assert answer.status_code == 200
    answer.close()
    return "immutable" in answer.headers["Cache-Control"]


def now(photo: Photo) -> Photo:
    return Photo.objects.get(pk=photo.pk)


def test_a_turn_is_made_within_seconds_and_stays(
    photos: Library, client_of: Clients
) -> None:
    path = halves(photos.root / "a.jpg")
    before = path.read_bytes()
    photos.scan()
    photo = photos.photo_of(path)
    face = Face.objects.create(
        photo=photo, owner=photos.owner, left=0.1, top=0.2, right=0.3, bottom=0.6
    )
    client = client_of(photos.owner)
    rotate = {"image_hash": photo.image_hash, "angle": 90}
    assert client.post("/api/photosedit/rotate/", rotate).status_code == 200
    # What is about to change is not to be kept by anybody.
    assert not kept_for_ever(client, photo)
    work_until_idle()
    photo = now(photo)
    assert (photo.width, photo.height, photo.shown_orientation) == (200, 400, 6)
    assert photo.aspect_ratio == 0.5
    assert colours(photo) == ((200, 400), "red", "blue")
    face.refresh_from_db()
    box = [face.left, face.top, face.right, face.bottom]
    assert box == pytest.approx([0.4, 0.1, 0.8, 0.3])
    assert not kept_for_ever(client, photo)
    assert kept_for_ever(client, photo, v="6")
    assert path.read_bytes() == before
    photos.scan(full=True)
    assert (now(photo).width, now(photo).shown_orientation) == (200, 6)
    # The file is replaced: the turn is still on top of what it says.
    halves(path, left="blue", right="red")
    photos.scan()
    assert colours(now(photo)) == ((200, 400), "blue", "red")
    client.post(f"/api/photos/{photo.pk}/metadata/revert-all")
    work_until_idle()
    assert colours(now(photo)) == ((400, 200), "blue", "red")
    assert now(photo).shown_orientation == 1


def test_a_flip_and_an_orientation_of_the_file_add_up(
    photos: Library, client_of: Clients
) -> None:
    path = photos.root / "a.jpg"
    path.write_bytes(
        with_metadata(halves(path).read_bytes(), exif={"Exif.Image.Orientation": "3"})
    )
    photos.scan()
    photo = photos.photo_of(path)
    assert colours(photo) == ((400, 200), "blue", "red")
    client = client_of(photos.owner)
    flip = {"image_hash": photo.image_hash, "flip_horizontal": True}
    client.post("/api/photosedit/rotate/", flip, format="json")
    work_until_idle()
    assert colours(now(photo)) == ((400, 200), "red", "blue")


def test_a_place_by_name_is_looked_up_dates_the_photo_and_survives(
    photos: Library, client_of: Clients
) -> None:
    path = photos.root / "a.jpg"
    taken = {"Exif.Photo.DateTimeOriginal": "2020:01:02 03:04:05"}
    path.write_bytes(jpeg(exif={**gps(43.77, 11.25), **taken}))
    photos.scan()
    photo = photos.photo_of(path)
    assert (str(photo.place), photo.timezone) == ("Florence", "Europe/Rome")
    client = client_of(photos.owner)
    tokyo = {"exif_gps_lat": 35.68, "exif_gps_lon": 139.69}
    client.patch(f"/api/photos/edit/{photo.pk}/", tokyo, format="json")
    work_until_idle()
    photo = now(photo)
    assert photo.place is not None and photo.place.parent is not None
    assert photo.timezone == "Asia/Tokyo"
    found = client.get("/api/photos/searchlist/", {"search": "japan"}).json()
    assert len(found["results"]) == 1
    photos.scan(full=True)
    assert (now(photo).timezone, now(photo).latitude) == ("Asia/Tokyo", 35.68)
    # Nowhere is a word too, which no file overrules.
    act = {"image_hashes": [photo.image_hash], "latitude": None, "longitude": None}
    client.post("/api/photosedit/place/", act, format="json")
    work_until_idle()
    photos.scan(full=True)
    photo = now(photo)
    assert (photo.latitude, photo.place, photo.timezone) == (None, None, "")
    act = {"image_hashes": [photo.image_hash], "from_file": True}
    client.post("/api/photosedit/place/", act, format="json")
    work_until_idle()
    assert (str(now(photo).place), now(photo).timezone) == ("Florence", "Europe/Rome")


def test_dates_zones_and_words_survive_other_metadata_in_the_file(
    photos: Library, client_of: Clients
) -> None:
    path = photos.root / "a.jpg"
    write_jpeg(path, taken_at=datetime(2020, 1, 2, 3, 4, 5), description="of the file")
    photos.scan()
    photo = photos.photo_of(path)
    client = client_of(photos.owner)
    url = f"/api/photos/{photo.pk}/metadata"
    said = {
        "date_taken": "1965-07-08T09:10:11",
        "timezone_offset": "Europe/Lisbon",
        "title": "Grandmother",
        "keywords": ["garden"],
        "location_city": "Porto",
    }
    answer = client.patch(url, said, format="json").json()
    assert answer["date_taken"] == "1965-07-08T09:10:11Z"
    assert answer["timezone"] == "Europe/Lisbon"
    write_jpeg(path, taken_at=datetime(2021, 1, 2), description="other", seed=5)
    photos.scan()
    photos.scan(full=True)
    answer = client.get(url).json()
    assert answer["date_taken"] == "1965-07-08T09:10:11Z"
    assert answer["date_rule"]["id"] == 14
    assert (answer["title"], answer["keywords"]) == ("Grandmother", ["garden"])
    assert (answer["location_city"], answer["caption"]) == ("Porto", "other")
    tags = client.get("/api/tags/", {"photo": str(photo.pk)}).json()["results"]
    assert [tag["name"] for tag in tags] == ["garden"]
    # The file moves; what was said moves with it.
    moved = path.rename(photos.root / "b.jpg")
    photos.scan()
    assert photos.photo_of(moved).pk == photo.pk
    assert client.get(url).json()["title"] == "Grandmother"
    answer = client.post(f"{url}/revert-all").json()
    assert answer["date_taken"] == "2021-01-02T00:00:00Z"
    assert (answer["title"], answer["timezone"]) == (None, "")


def test_a_date_counts_for_who_has_no_rule_for_it(
    photos: Library, client_of: Clients
) -> None:
    photos.owner.datetime_rules = '[{"id": 1, "rule_type": "exif",'
    photos.owner.datetime_rules += ' "exif_tag": "EXIF:DateTimeOriginal"}]'
    photos.owner.save()
    path = write_jpeg(photos.root / "a.jpg", taken_at=datetime(2020, 1, 2, 3, 4, 5))
    photos.scan()
    photo = photos.photo_of(path)
    body = {"exif_timestamp": "1999-01-01T00:00:00"}
    client_of(photos.owner).patch(f"/api/photos/edit/{photo.pk}/", body, format="json")
    photos.scan(full=True)
    taken_at = now(photo).taken_at
    assert taken_at is not None and taken_at.year == 1999


def test_a_bulk_edit_of_many_is_done_by_workers(
    photos: Library, client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("librephotos.api.services.corrections.FEW", 1)
    paths = [
        write_jpeg(photos.root / f"{n}.jpg", seed=n, taken_at=datetime(2020, 1, n))
        for n in (1, 2, 3)
    ]
    photos.scan()
    client = client_of(photos.owner)
    every = {"select_all": True, "query": {}}
    body = {**every, "seconds": 3600}
    answer = client.post("/api/photosedit/shift/", body, format="json").json()
    body = {**every, "latitude": 35.68, "longitude": 139.69}
    client.post("/api/photosedit/place/", body, format="json")
    work_until_idle()
    for number, path in enumerate(paths, 1):
        photo = photos.photo_of(path)
        assert photo.taken_at is not None
        assert photo.taken_at.replace(tzinfo=None) == datetime(2020, 1, number, 1)
        assert photo.timezone == "Asia/Tokyo"
    undo = {"edit": answer["edit"]}
    undone = client.post("/api/photosedit/revert/", undo, format="json").json()
    assert undone["count"] == 3
    work_until_idle()
    taken_at = photos.photo_of(paths[0]).taken_at
    assert taken_at is not None and taken_at.hour == 0


def test_the_file_that_stands_for_a_photo_is_chosen(
    photos: Library, client_of: Clients
) -> None:
    first = halves(photos.root / "a.jpg")
    photos.scan()
    photo = photos.photo_of(first)
    other = photos.root / "a.png"
    Image.new("RGB", (90, 60), "blue").save(other)
    photos.scan()
    png = File.objects.get(path=bytes(other))
    File.objects.filter(pk=png.pk).update(photo=photo)
    Photo.objects.filter(pk=png.photo_id).delete()
    client = client_of(photos.owner)
    url = f"/api/photos/{photo.pk}/main-file"
    answer = client.post(url, {"file_hash": png.md5}, format="json")
    assert answer.json()["main_file_hash"] == png.md5
    work_until_idle()
    assert (now(photo).main_file_id, now(photo).width) == (png.pk, 90)
    photos.scan(full=True)
    assert (now(photo).main_file_id, now(photo).width) == (png.pk, 90)
    jpg = File.objects.get(path=bytes(first))
    download = f"/api/photos/{photo.image_hash}/file/{jpg.md5}"
    answer = client.get(f"/api/photos/{now(photo).image_hash}/file/{jpg.md5}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    sent = answer.getvalue()  # type: ignore[attr-defined]
    assert sent == first.read_bytes()
    assert client.get(download).status_code == 404
    assert client.post(url, {"file_hash": "0" * 32}, format="json").status_code == 404
    answer.close()
    client.post(f"/api/photos/{photo.pk}/metadata/revert-all")
    work_until_idle()
    assert now(photo).main_file_id == jpg.pk


def test_screenshots_and_documents_are_told_by_their_files(
    photos: Library, client_of: Clients
) -> None:
    names = {
        "Screenshot_2021-03-04-05-06-07.png": "screenshot",
        "Bildschirmfoto 2021-03-04 um 05.06.07.png": "screenshot",
        "Scan_20210304.png": "document",
        "IMG_1234.png": "photo",
        "screenshotted nothing.png": "photo",
    }
    for name in names:
        Image.new("RGB", (9, 9), f"#0000{len(name):02x}").save(photos.root / name)
    apple = write_jpeg(photos.root / "IMG_2.jpg", description="Screenshot")
    camera = write_jpeg(
        photos.root / "Screenshot by camera.jpg", seed=3, camera="EOS R6"
    )
    photos.scan()
    for name, category in names.items():
        assert photos.photo_of(photos.root / name).category == category, name
    assert photos.photo_of(apple).category == "screenshot"
    assert photos.photo_of(camera).category == "photo"
    Photo.objects.update(found_category="photo")
    Photo.objects.filter(pk=photos.photo_of(apple).pk).update(user_category="photo")
    answer = client_of(photos.owner).post("/api/classifymedia").json()
    work_until_idle()
    job = Job.objects.get(job_id=answer["job_id"])
    assert job.finished and not job.failed
    assert job.kind == Job.Kind.CLASSIFY_MEDIA_CATEGORIES
    for name, category in names.items():
        assert photos.photo_of(photos.root / name).category == category, name
    assert photos.photo_of(apple).category == "photo"


def test_an_edit_while_a_scan_runs_is_not_lost(
    photos: Library, client_of: Clients
) -> None:
    path = halves(photos.root / "a.jpg")
    photos.scan()
    photo = photos.photo_of(path)
    client = client_of(photos.owner)
    jobs.start_scan(user=photos.owner, full=True)
    rotate = {"image_hash": photo.image_hash, "angle": 90}
    client.post("/api/photosedit/rotate/", rotate)
    body = {"date_taken": "1999-01-01T00:00:00", "title": "Said"}
    client.patch(f"/api/photos/{photo.pk}/metadata", body, format="json")
    work_until_idle()
    photo = now(photo)
    assert (photo.shown_orientation, photo.width) == (6, 200)
    assert photo.taken_at is not None and photo.taken_at.year == 1999
    assert not Job.objects.filter(failed=True).exists()
