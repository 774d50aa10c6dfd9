"""Files of what was deleted go, whoever is ended before the last one is removed."""

from __future__ import annotations

import os
import time
from pathlib import Path
from uuid import uuid4

import pytest

from librephotos.api.models import Job, Photo
from librephotos.api.pipeline.previews.store import preview_names
from librephotos.api.pipeline.scanning.delete_missing import delete_missing
from librephotos.api.pipeline.work import jobs
from librephotos.api.services.users import delete_user
from librephotos.api.storage.previews import AtomicFileSystemStorage
from tests.factories import UserFactory
from tests.support.scanning import Library, library, work_until_idle, write_jpeg

A_WHILE_AGO = time.time() - 3 * 86_400
PHOTO, DIGEST = "0190aaaa-0000-7000-8000-0000000000a4", "0123456789ab"


class Ended(BaseException):
    """The process is gone."""


class EndedAtTheFirst(AtomicFileSystemStorage):
    """A storage under a process that is ended when it begins to delete."""

    def delete(self, name: str) -> None:
        raise Ended(name)


@pytest.fixture
def data(settings, tmp_path):
    """A data folder of this test alone."""
    folder = tmp_path / "data"
    folder.mkdir()
    storage = {**settings.STORAGES["previews"]}
    storage["OPTIONS"] = {"location": folder / "previews"}
    settings.STORAGES = {**settings.STORAGES, "previews": storage}
    settings.DATA, settings.MEDIA_ROOT = folder, folder / "media"
    return folder


@pytest.fixture
def ended(settings, data):
    """Have every process end before it removes its first preview."""
    kept = settings.STORAGES
    mortal = f"{__name__}.{EndedAtTheFirst.__name__}"
    settings.STORAGES = {**kept, "previews": {**kept["previews"], "BACKEND": mortal}}

    def started_again() -> None:
        settings.STORAGES = kept

    return started_again


def previews(data: Path) -> set[str]:
    return {
        str(path.relative_to(data / "previews"))
        for path in data.rglob("previews/*/*")
        if path.is_file()
    }


def put(path: Path, *, at: float | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"a picture")
    if at:
        os.utime(path, (at, at))
    return path


def test_an_account_goes_with_its_previews_though_the_web_server_dies(
    photos: Library, ended, data: Path, tmp_path: Path
) -> None:
    other = library(UserFactory(), tmp_path / "other")
    for lib in (photos, other):
        write_jpeg(lib.root / "a.jpg", seed=lib.owner.pk)
        lib.scan()
    kept = preview_names(Photo.objects.filter(owner=other.owner))
    with pytest.raises(Ended):
        delete_user(photos.owner)
    assert len(previews(data)) == 6
    ended()
    work_until_idle()
    assert previews(data) == set(kept)


def test_missing_photos_go_with_their_previews_though_the_worker_dies(
    photos: Library, ended, data: Path
) -> None:
    gone = write_jpeg(photos.root / "gone.jpg", seed=1)
    kept = write_jpeg(photos.root / "kept.jpg", seed=2)
    photos.scan()
    gone.unlink()
    photos.scan()
    job = jobs.start(Job.Kind.DELETE_MISSING_PHOTOS, user=photos.owner)
    with pytest.raises(Ended):
        delete_missing(job.pk)
    assert len(previews(data)) == 6
    ended()
    work_until_idle()
    assert previews(data) == set(preview_names([photos.photo_of(kept)]))


def test_what_nobody_names_goes_and_nothing_else(photos: Library, data: Path) -> None:
    write_jpeg(photos.root / "a.jpg")
    photos.scan()
    photo = Photo.objects.get()
    own = data / "previews" / f"{photo.pk.hex[-2:]}"
    lost = [
        put(data / f"previews/a4/{PHOTO}-big.jpg"),
        put(data / f"previews/a4/{PHOTO}-face-{DIGEST}.jpg"),
        put(data / f"previews/a4/{PHOTO}-big.jpg.{uuid4().hex}.part"),
        put(own / f"{photo.pk}-big.jpg.{uuid4().hex}.part", at=A_WHILE_AGO),
        put(own / f"{photo.pk}-face-{DIGEST}.jpg", at=A_WHILE_AGO),
        put(data / "stripped/987654-whole-0123"),
        put(data / f"media/avatars/{uuid4().hex}.png", at=A_WHILE_AGO),
    ]
    stays = [
        put(own / f"{photo.pk}-small.jpg.{uuid4().hex}.part"),
        put(own / f"{photo.pk}-face-ba9876543210.jpg"),
        put(own / "notes.txt", at=A_WHILE_AGO),
        put(data / f"previews/of-a-friend/{PHOTO}-big.jpg", at=A_WHILE_AGO),
        put(data / f"stripped/{photo.main_file_id}-whole-0123"),
        put(data / f"media/avatars/{uuid4().hex}.png"),
        put(data / "media/avatars/drawing.png", at=A_WHILE_AGO),
        *(data / "previews" / name for name in preview_names([photo])),
    ]
    jobs.start(Job.Kind.DELETE_MISSING_PHOTOS, user=photos.owner)
    work_until_idle()
    assert not [path for path in lost if path.exists()]
    assert all(path.exists() for path in stays)
