"""Previews that were lost come back; those of deleted photos go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from rest_framework.test import APIClient

from librephotos.api.models import Job, Photo
from librephotos.api.pipeline.previews.store import preview_names
from librephotos.api.pipeline.work import jobs
from librephotos.api.services.users import change_user, delete_user
from librephotos.media.dates import PREDEFINED_RULES, rules_as_json
from tests.support.scanning import Library, work_until_idle, write_jpeg


def test_a_lost_preview_is_made_again_when_it_is_asked_for(
    photos: Library, client_of: Callable[..., APIClient]
) -> None:
    photo_path = write_jpeg(photos.root / "a.jpg")
    photos.scan()
    photo = photos.photo_of(photo_path)
    names = preview_names([photo])
    for name in names:
        storages["previews"].delete(name)
        storages["previews"].save(name, ContentFile(b""))
    storages["previews"].delete(names[0])
    client = client_of(photos.owner)
    address = f"/media/thumbnails_big/{photo.image_hash}"
    # No worker is at work.
    assert [client.get(address).status_code for _ in range(3)] == [503] * 3
    work_until_idle()
    answer = client.get(address)
    assert answer.status_code == 200 and answer.getvalue().startswith(b"\xff\xd8")
    assert all(storages["previews"].exists(name) for name in names)


def test_previews_go_with_the_photos_of_missing_files(photos: Library) -> None:
    gone = write_jpeg(photos.root / "gone.jpg", seed=1)
    kept = write_jpeg(photos.root / "kept.jpg", seed=2)
    photos.scan()
    lost, stays = photos.photo_of(gone), photos.photo_of(kept)
    gone.unlink()
    photos.scan()
    job = jobs.start(Job.Kind.DELETE_MISSING_PHOTOS, user=photos.owner)
    work_until_idle()
    job.refresh_from_db()
    assert job.finished and "1 photos" in job.message
    assert list(Photo.objects.all()) == [stays]
    assert not any(map(storages["previews"].exists, preview_names([lost])))
    assert all(map(storages["previews"].exists, preview_names([stays])))


def test_previews_go_with_their_owner(photos: Library) -> None:
    write_jpeg(photos.root / "a.jpg")
    photos.scan()
    names = preview_names(Photo.objects.all())
    delete_user(photos.owner)
    assert len(names) == 3
    assert not any(map(storages["previews"].exists, names))


def test_changed_date_rules_are_applied_to_the_library(photos: Library) -> None:
    path = write_jpeg(photos.root / "a.jpg", taken_at=datetime(2020, 5, 1))
    photos.scan()
    modified = next(rule for rule in PREDEFINED_RULES if rule.id == 8)
    change_user(photos.owner, {"datetime_rules": rules_as_json([modified])})
    work_until_idle()
    photo = photos.photo_of(path)
    assert photo.date_rule == 8
    assert photo.day == datetime.fromtimestamp(path.stat().st_mtime).toordinal()
