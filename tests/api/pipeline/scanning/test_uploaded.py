"""Files that were uploaded: photos within moments, as if a scan had found them."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as PlainClient
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from librephotos.api.http.tokens import SignInToken
from librephotos.api.models import (
    File,
    Job,
    Photo,
    PhotoStage,
    SiteSettings,
    Upload,
)
from librephotos.api.pipeline.learning.following import follow_uploads
from librephotos.api.pipeline.previews import left_uploads
from librephotos.api.pipeline.scanning import ingest
from librephotos.api.pipeline.work.children import sandbox
from librephotos.api.pipeline.work.jobs import start_scan
from librephotos.api.pipeline.work.queue import IO, Task
from librephotos.api.pipeline.worker import loop
from librephotos.api.services.users import delete_user
from librephotos.api.storage import uploads as storage
from tests.support.pictures.images import jpeg
from tests.support.pictures.videos import video
from tests.support.scanning import Library, work_until_idle, write_jpeg
from tests.support.uploads import Answered, MobileNewest, Web2024, through

XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>"""


@pytest.fixture
def ours(photos: Library, settings: Any, tmp_path: Path) -> Library:
    """A library on a data folder of its own."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    return photos


def upload(to: Library, content: bytes, name: str, kind: Any = Web2024) -> Answered:
    """Upload a file as a client does."""
    token = str(SignInToken.for_user(to.owner).access_token)
    answer = kind(to.owner.pk, token).upload(content, name, through(PlainClient()))
    assert answer.status == 200, answer
    return answer


def picture(tmp_path: Path, **facts: Any) -> bytes:
    """Return a JPEG."""
    return write_jpeg(tmp_path / "made.jpg", **facts).read_bytes()


def test_an_upload_directory_beside_the_scan_directories(
    ours: Library, tmp_path: Path, client_of: Any
) -> None:
    """What lies there is one's own like all else: looked at, fetched and erased."""
    (tmp_path / "phone").mkdir()
    ours.owner.upload_directory = os.fsencode(tmp_path / "phone")
    ours.owner.save()
    content = picture(tmp_path)
    name = upload(ours, content, "a.jpg").json["image_hash"]
    work_until_idle()
    client = client_of(ours.owner)
    original = client.get(f"/media/photos/{name}")
    assert original.status_code == 200
    assert original.getvalue() == content
    folder = {"path": str(tmp_path / "phone")}
    found = client.get("/api/folders/subfolders/", folder)
    assert [row["name"] for row in found.json()["subfolders"]] == ["web"]
    started = client.post(
        "/api/photos/download/", {"image_hashes": [name]}, format="json"
    ).json()
    work_until_idle()
    archive = client.get(f"/api/downloads/{started['url']}{ours.owner.pk}")
    assert content in archive.getvalue()
    SiteSettings.current()
    SiteSettings.objects.update(delete_originals=True)
    Photo.objects.update(in_trashcan=True)
    erased = client.delete(
        "/api/photosedit/delete/", {"image_hashes": [name]}, format="json"
    )
    assert erased.json()["deleted"] == [name]
    assert not (tmp_path / "phone" / "web" / "a.jpg").exists()


def test_an_upload_is_a_photo_without_a_scan(ours: Library, tmp_path: Path) -> None:
    write_jpeg(ours.root / "not-looked-at.jpg", seed=9)
    day = datetime(2020, 5, 6, 7, 8)
    done = upload(ours, picture(tmp_path, taken_at=day), "a.jpg")
    work_until_idle()
    photo = Photo.objects.get()
    assert photo.visible
    assert photo.image_hash == done.json["image_hash"]
    assert photo.taken_at == day.replace(tzinfo=UTC)
    assert not Job.objects.exists()
    assert os.fsdecode(photo.main_file.path) == str(ours.root / "uploads/web/a.jpg")
    waiting = ProcrastinateJob.objects.filter(status="todo")
    [task] = waiting.values_list("task_name", flat=True)
    assert task == Task.FOLLOW_UPLOADS.in_queue
    # What a scan finds later is known.
    assert ours.scan().stages.count() == 5  # of the other file
    assert File.objects.filter(owner=ours.owner).count() == 2


def test_what_belongs_together_is_joined(ours: Library, tmp_path: Path) -> None:
    upload(ours, picture(tmp_path), "a.jpg")
    work_until_idle()
    upload(ours, XMP, "a.jpg.xmp")
    work_until_idle()
    photo = Photo.objects.get()
    assert photo.files.count() == 2
    assert photo.rating == 4


def test_a_sidecar_may_come_first(ours: Library, tmp_path: Path) -> None:
    upload(ours, XMP, "a.jpg.xmp")
    work_until_idle()
    upload(ours, picture(tmp_path), "a.jpg")
    work_until_idle()
    photo = Photo.objects.get()
    assert photo.files.count() == 2
    assert photo.rating == 4


@pytest.mark.parametrize("first", ["scan", "upload"])
def test_a_scan_at_the_same_time(first: str, ours: Library, tmp_path: Path) -> None:
    """Whoever reads it first reads it for both; both come to their end."""
    upload(ours, picture(tmp_path), "a.jpg")
    scan = start_scan(user=ours.owner)
    loop.run(wait=False, queues=[IO])  # walks, and finds what waits already
    [file] = File.objects.all()
    assert file.job == scan
    if first == "upload":
        ingest.ingest(files=[file.pk], sandbox=sandbox())
    else:
        ingest.ingest(scan.pk, files=[file.pk], sandbox=sandbox())
    work_until_idle()
    scan.refresh_from_db()
    assert (scan.finished, scan.failed) == (True, False)
    assert {(row.total, row.done) for row in scan.stages.all()} <= {(1, 1), (1, 0)}
    assert Photo.objects.get().visible
    assert File.objects.count() == 1


def test_an_upload_comes_before_all_that_a_scan_has_found(
    ours: Library, tmp_path: Path
) -> None:
    for seed in range(3):
        write_jpeg(ours.root / f"{seed}.jpg", seed=seed)
    scan = start_scan(user=ours.owner)
    loop.run(wait=False, queues=[IO])
    upload(ours, picture(tmp_path), "a.jpg")
    waiting = ProcrastinateJob.objects.filter(status="todo")
    jobs = [row.args["job"] for row in waiting.order_by("-priority", "id")]
    assert jobs[0] is None and scan.pk in jobs[1:]


def test_a_scan_that_came_first(ours: Library, tmp_path: Path) -> None:
    """A file is in the folder, and its server was killed before it said so."""
    content = picture(tmp_path)
    folder = ours.root / "uploads" / "web"
    folder.mkdir(parents=True)
    (folder / "a.jpg").write_bytes(content)
    scan = start_scan(user=ours.owner)
    loop.run(wait=False, queues=[IO])
    assert upload(ours, content, "a.jpg").json["imported"] is False
    work_until_idle()
    scan.refresh_from_db()
    assert scan.finished
    assert (Photo.objects.count(), File.objects.count()) == (1, 1)


def test_what_cannot_be_read_is_told(ours: Library) -> None:
    upload(ours, b"\xff\xd8\xff\xe0 no picture" + bytes(5000), "a.jpg")
    work_until_idle()
    failed = PhotoStage.objects.filter(photo__owner=ours.owner, state="failed")
    assert failed.filter(stage="thumbnails").exists()
    assert not Photo.objects.filter(visible=True).exists()


def test_a_live_photo_is_sent_as_two_files(ours: Library) -> None:
    still = jpeg(exif={"Exif.Photo.DateTimeOriginal": "2024:08:15 12:00:00"})
    began = {"creation_time": "2024-08-15T10:00:01Z"}
    upload(ours, video(format="mov", seconds=2, metadata=began), "IMG_1.MOV")
    upload(ours, still, "IMG_1.JPG")
    work_until_idle()
    photo = Photo.objects.get()
    assert photo.motion_photo and not photo.video
    assert photo.visible


def test_the_device_tells_the_date_where_nothing_else_does(
    ours: Library, tmp_path: Path
) -> None:
    ours.owner.default_timezone = "Europe/Berlin"
    ours.owner.save()
    upload(ours, picture(tmp_path), "image.jpg", MobileNewest)
    work_until_idle()
    photo = Photo.objects.get()
    moment = datetime.fromtimestamp(MobileNewest.created_ms / 1000, UTC)
    assert photo.taken_at == moment + timedelta(hours=2)  # on the wall in Berlin
    assert photo.timezone == "Europe/Berlin"
    path = ours.root / "uploads" / "web" / "image.jpg"
    assert path.stat().st_mtime == moment.timestamp() + 60
    path.rename(ours.root / "moved.jpg")
    ours.scan()
    photo.refresh_from_db()
    assert photo.main_file.device_created_at == moment
    assert photo.taken_at == moment + timedelta(hours=2)


def test_the_file_tells_the_date_better(ours: Library, tmp_path: Path) -> None:
    day = datetime(2020, 5, 6, 7, 8)
    upload(ours, picture(tmp_path, taken_at=day), "image.jpg", MobileNewest)
    work_until_idle()
    assert Photo.objects.get().taken_at == day.replace(tzinfo=UTC)


def test_learning_follows_once_for_many(ours: Library, tmp_path: Path) -> None:
    for seed in range(3):
        upload(ours, picture(tmp_path, seed=seed), f"{seed}.jpg")
    work_until_idle()
    waiting = ProcrastinateJob.objects.filter(status="todo")
    assert waiting.filter(task_name=Task.FOLLOW_UPLOADS.in_queue).count() == 1
    follow_uploads(owner=ours.owner.pk)  # as it will half a minute later
    kinds = list(Job.objects.values_list("kind", flat=True))
    assert len(kinds) == len(set(kinds))
    assert Job.Kind.SCAN_PHOTOS not in kinds


def test_what_is_given_up_is_removed(ours: Library, tmp_path: Path) -> None:
    client = Web2024(ours.owner.pk, str(SignInToken.for_user(ours.owner).access_token))
    send = through(PlainClient())
    content = picture(tmp_path)
    old, new = [
        send(chunk("", 0)).json["upload_id"]
        for chunk in [*client.chunks(content, ""), *client.chunks(content, "")]
    ]
    left_uploads.request_if_due()
    assert not ProcrastinateJob.objects.filter(status="todo").exists()
    yesterday = timezone.now() - timedelta(days=2)
    Upload.objects.filter(pk=old).update(expires_on=yesterday)
    paths = {
        name: storage.part_path(Upload.objects.get(pk=name).pk) for name in (old, new)
    }
    spool = paths[old].parent / f"incoming-{'a' * 32}.part"
    half = ours.root / "uploads" / "web" / f".librephotos-{'b' * 32}.part"
    half.parent.mkdir(parents=True)
    for path in (paths[old], spool):
        path.write_bytes(b"half")
        os.utime(path, (yesterday.timestamp(),) * 2)
    half.write_bytes(b"half")
    left_uploads.request_if_due()
    work_until_idle()
    assert sorted(os.listdir(spool.parent)) == [paths[new].name]
    assert half.exists()  # it may be copied at this moment
    assert Upload.objects.get(pk=old).state == "expired"
    assert send(client.completion(old, content, "a.jpg")).status == 410
    assert send(client.completion(new, content, "a.jpg")).status == 200


def test_the_end_of_an_account_ends_its_uploads(ours: Library, tmp_path: Path) -> None:
    client = Web2024(ours.owner.pk, str(SignInToken.for_user(ours.owner).access_token))
    [chunk] = client.chunks(picture(tmp_path), "")
    assert through(PlainClient())(chunk("", 0)).status == 200
    assert len(storage.parts()) == 1
    delete_user(ours.owner)
    assert storage.parts() == set()
    assert not Upload.objects.exists()
