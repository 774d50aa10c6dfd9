"""A damaged picture is in the library, with a mark that goes when it is whole again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from librephotos.api.models import Photo, PhotoStage, StageVersion, User
from librephotos.api.pipeline.previews.store import remake_previews
from tests.support.pictures import images
from tests.support.scanning import Library, work_until_idle, write_jpeg

Clients = Callable[..., Any]


def _problems(client: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/files/failed/")
    assert answer.status_code == 200
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


def _cut(path: Path, share: float) -> bytes:
    """Cut a file short; return what it was."""
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    return whole


def test_a_picture_cut_short_is_shown_marked_and_listed(
    photos: Library, client_of: Clients
) -> None:
    good = write_jpeg(photos.root / "good.jpg", seed=1, size=(320, 240))
    torn = write_jpeg(photos.root / "torn.jpg", seed=2, size=(320, 240))
    whole = _cut(torn, 0.7)
    job = photos.scan()
    assert not job.failed and photos.failures(job) == {}
    photo = photos.photo_of(torn)
    assert photo.visible and (photo.width, photo.height) == (320, 240)
    client = client_of(photos.owner)
    [row] = _problems(client)
    assert (row["path"], row["shown"], row["photo"]) == (str(torn), True, str(photo.pk))
    assert "% of the picture can be shown" in row["message"]
    assert client.get(f"/api/photos/{photo.pk}/").json()["damage"] == row["message"]
    [day] = client.get("/api/albums/date/list/").json()["results"]
    items = client.get(f"/api/albums/date/{day['id']}/").json()["results"]["items"]
    marks = {item["id"]: item["damaged"] for item in items}
    assert marks == {str(photo.pk): True, str(photos.photo_of(good).pk): False}

    Photo.objects.filter(pk=photo.pk).update(user_caption="kept")
    torn.write_bytes(whole)
    photos.scan()
    mended = photos.photo_of(torn)
    assert (mended.pk, mended.damage, mended.user_caption) == (photo.pk, "", "kept")
    assert _problems(client) == []


def test_a_picture_that_breaks_is_marked_and_keeps_what_is_known(
    photos: Library, client_of: Clients
) -> None:
    path = write_jpeg(photos.root / "a.jpg", seed=3, size=(320, 240))
    photos.scan()
    Photo.objects.update(user_rating=4)
    assert _problems(client_of(photos.owner)) == []
    _cut(path, 0.6)
    photos.scan()
    photo = Photo.objects.get()
    assert photo.damage and photo.user_rating == 4 and photo.visible
    assert len(_problems(client_of(photos.owner))) == 1


@pytest.mark.parametrize("was_whole", [True, False])
def test_a_picture_of_which_nothing_can_be_decoded_is_marked(
    photos: Library, client_of: Clients, was_whole: bool
) -> None:
    path = write_jpeg(photos.root / "a.jpg", seed=7, size=(320, 240))
    whole = path.read_bytes()
    header = whole.index(b"\xff\xda")
    lost = whole[:header] + b"\xff\xda" + b"\0" * 64
    path.write_bytes(whole if was_whole else lost)
    photos.scan()
    path.write_bytes(lost)
    photos.scan()
    photo = Photo.objects.get()
    client = client_of(photos.owner)
    [row] = _problems(client)
    assert photo.visible and not row["shown"]
    assert client.get(f"/api/photos/{photo.pk}/").json()["damage"] == row["message"]
    [day] = client.get("/api/albums/date/list/").json()["results"]
    items = client.get(f"/api/albums/date/{day['id']}/").json()["results"]["items"]
    assert [item["damaged"] for item in items] == [True]

    path.write_bytes(whole)
    photos.scan()
    assert Photo.objects.get().damage == "" and _problems(client) == []


@pytest.mark.parametrize("name", ["a.jpg", "a"])
@pytest.mark.parametrize("content", [b"", bytes(5000), b"no picture"])
def test_a_picture_whose_file_is_none_any_more_is_marked(
    content: bytes, name: str, photos: Library, client_of: Clients
) -> None:
    path = write_jpeg(photos.root / name, seed=7, size=(320, 240))
    whole = path.read_bytes()
    photos.scan()
    path.write_bytes(content)
    for _ in range(2):
        photos.scan()
        photo = Photo.objects.get()
        assert photo.visible and photo.damage and photo.preview_format == "jpg"
    client = client_of(photos.owner)
    told = [(row["message"], row["shown"]) for row in _problems(client)]
    # What is not named like a picture is no problem of its own.
    assert told == [(photo.damage, False)] or (name == "a" and not told)

    path.write_bytes(whole)
    photos.scan()
    assert Photo.objects.get().damage == "" and _problems(client) == []


def test_a_picture_that_cannot_be_read_now_is_not_marked(photos: Library) -> None:
    path = write_jpeg(photos.root / "a.jpg", seed=8, size=(320, 240))
    photos.scan()
    path.unlink()
    photo = Photo.objects.get()
    remake_previews(photo.pk, burst=1)
    work_until_idle()
    photo.refresh_from_db()
    assert photo.damage == ""


def test_trying_again_looks_at_damaged_pictures_too(
    photos: Library, client_of: Clients
) -> None:
    path = write_jpeg(photos.root / "a.jpg", seed=4, size=(320, 240))
    _cut(path, 0.6)
    photos.scan()
    said = Photo.objects.get().damage
    # As an earlier version may have judged it.
    Photo.objects.update(damage="Nothing much.")
    client = client_of(photos.owner)
    assert client.post("/api/files/failed/retry/").status_code in (200, 201, 202)
    work_until_idle()
    assert Photo.objects.get().damage == said
    assert not PhotoStage.objects.exclude(state=PhotoStage.State.DONE).filter(
        stage="thumbnails"
    )


def test_damage_is_told_beside_other_problems_but_not_beside_no_preview(
    photos: Library, client_of: Clients
) -> None:
    path = write_jpeg(photos.root / "a.jpg", seed=5, size=(320, 240))
    _cut(path, 0.6)
    photos.scan()
    PhotoStage.objects.filter(stage="dates").update(
        state=PhotoStage.State.FAILED, error="No."
    )
    rows = _problems(client_of(photos.owner))
    found = {(row["stage"], row["shown"]) for row in rows}
    assert found == {("dates", False), ("thumbnails", True)}
    PhotoStage.objects.filter(stage="thumbnails").update(
        state=PhotoStage.State.FAILED, error="No."
    )
    rows = _problems(client_of(photos.owner))
    assert [row["shown"] for row in rows] == [False]


def test_others_do_not_learn_of_the_damage(photos: Library, client_of: Clients) -> None:
    from tests.factories import UserFactory

    path = write_jpeg(photos.root / "a.jpg", seed=6, size=(320, 240))
    _cut(path, 0.6)
    photos.scan()
    Photo.objects.update(public=True)
    User.objects.update(public_sharing=True)
    other = client_of(UserFactory())
    assert _problems(other) == []
    answer = other.get(f"/api/photos/{Photo.objects.get().pk}/").json()
    assert answer["damage"] == ""


@pytest.mark.parametrize(
    ("format", "share"), [("JPEG", 0.7), ("JPEG", 0.95), ("WEBP", 0.7), ("GIF", 0.7)]
)
def test_damage_of_photos_from_before_is_marked_by_the_next_scan(
    photos: Library, format: str, share: float
) -> None:
    torn, whole = (photos.root / f"{name}.{format.lower()}" for name in ("a", "b"))
    for path, seed in ((torn, 320), (whole, 330)):
        path.write_bytes(images.encoded(images.picture(seed, 240), format))
    _cut(torn, share)
    photos.scan()
    said = photos.photo_of(torn).damage
    assert said
    # As the version before left it.
    Photo.objects.update(damage="")
    StageVersion.objects.filter(stage="metadata").update(version=1)
    PhotoStage.objects.filter(stage="metadata").update(version=1)
    job = photos.scan()
    assert not job.failed and photos.failures(job) == {}
    assert photos.photo_of(torn).damage == said
    assert photos.photo_of(whole).damage == ""
    states = set(PhotoStage.objects.values_list("stage", "state"))
    assert ("thumbnails", PhotoStage.State.PENDING) not in states
