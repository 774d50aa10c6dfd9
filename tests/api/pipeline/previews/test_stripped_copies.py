"""What others than the owner get of a public photo, from the file to the answer."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import pyvips
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from librephotos.api.models import File, Job, Photo, PhotoShare, User
from librephotos.api.pipeline.previews.store import preview_names
from librephotos.api.pipeline.previews.stripping import strip
from librephotos.api.pipeline.work import jobs
from librephotos.api.pipeline.work.sandbox import Sandbox
from librephotos.api.services import stripped_copy_requests as service
from librephotos.api.services.users import delete_user
from librephotos.api.services.waiting import PLACES, Caller
from librephotos.api.storage import stripped_copies
from tests.factories import LinkFactory, UserFactory
from tests.support.pictures import marked
from tests.support.pictures.images import (
    corner_colours,
    encoded,
    jpeg,
    live_still,
    quadrants,
)
from tests.support.pictures.marked import RAW_MARK
from tests.support.scanning import Library, work_until_idle, write_jpeg
from tests.support.workers import sign_of_life

SHARED = ("share_location", "share_camera_info", "share_timestamps")
NAME = "Holiday in Munich 2021-07-05"


@pytest.fixture(autouse=True)
def copies(settings: Any, tmp_path: Path) -> Path:
    """Keep copies where this test alone looks for them."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    return tmp_path / "data" / "stripped"


def published(photos: Library, name: str, data: bytes) -> tuple[Photo, Path]:
    """A public photo of a file that has been scanned."""
    path = photos.root / name
    path.write_bytes(data)
    photos.scan()
    Photo.objects.update(public=True)
    User.objects.update(public_sharing=True)
    return photos.photo_of(path), path


def body(answer: Any) -> bytes:
    return answer.getvalue()


def fetched(client: Any, url: str, **headers: str) -> Any:
    """The answer once a worker has done what was asked of it."""
    answer = client.get(url, headers=headers)
    if answer.status_code != 503:
        return answer
    assert int(answer["Retry-After"]) > 0
    assert json.loads(answer.content)["errors"][0]["message"]
    work_until_idle()
    return client.get(url, headers=headers)


FILES: dict[str, Callable[[], bytes]] = {
    "jpg": lambda: marked.marked_jpeg(6),
    "png": marked.marked_png,
    "gif": marked.marked_gif,
    "webp": marked.marked_webp,
    "tif": marked.marked_tiff,
    "heic": marked.marked_heic,
    "jxl": marked.marked_jxl,
    "mp4": lambda: marked.marked_mp4(sound="aac"),
    "mov": lambda: marked.marked_mp4("mov"),
    "avi": lambda: marked.marked_video("avi", "mpeg4"),
    "mts": lambda: marked.marked_video("mpegts", hidden=b"\0\0\0\1" + marked.mdpm()),
    "mkv": lambda: marked.marked_video("matroska"),
}


@pytest.mark.parametrize("extension", FILES)
def test_no_door_lets_the_metadata_of_a_public_photo_out(photos, client_of, extension):
    data = FILES[extension]()
    photo, _ = published(photos, f"{NAME}.{extension}", data)
    hash = photo.image_hash
    for client in (client_of(), client_of(UserFactory(admin=True))):
        for kind in DOORS:
            answer = fetched(client, f"/media/{kind}/{hash}.{extension}")
            if kind == "photos" or (kind == "video" and photo.video):
                assert answer.status_code == 200
                assert "Munich" not in str(answer.headers)
                assert answer["Content-Disposition"].startswith("inline")
            sent = body(answer)
            assert sent != data
            for form in ("utf-8", "utf-16-le"):
                assert marked.MARK.encode(form) not in sent
            assert b"2021:07:05" not in sent
        details = client.get(f"/api/photos/{hash}/").content
        assert b"Munich" not in details and RAW_MARK not in details
    mine = client_of(photos.owner).get(f"/media/photos/{hash}")
    assert body(mine) == data
    assert NAME in mine["Content-Disposition"]


def upright(data: bytes) -> bytes:
    """A picture as it is seen."""
    return bytes(pyvips.Image.new_from_buffer(data, "").autorot().pngsave_buffer())


DOORS = (
    "photos",
    "video",
    "embedded_media",
    "thumbnails_big",
    "square_thumbnails",
    "square_thumbnails_small",
)


def test_a_copy_is_turned_as_its_owner_has_turned_the_photo(photos, client_of, copies):
    photo, _ = published(photos, f"{NAME}.jpg", marked.marked_jpeg(6))
    owner, hash = client_of(photos.owner), photo.image_hash
    link = LinkFactory(photo=photo, sharing_options=dict.fromkeys(SHARED, False))
    PhotoShare.objects.create(photo=photo, recipient=UserFactory(), shown=0)
    recipient = client_of(User.objects.latest("pk"))
    doors = (
        (recipient, f"/media/photos/{hash}"),
        (client_of(), f"/media/photos/{hash}"),
        (client_of(), f"/api/public/photo/{link.slug}/media/file/"),
    )
    tags = set()
    # Red, green, blue and white from the upper left on, as a camera held aslant saw it.
    for angle, corners in ((0, "rgbw"), (90, "brwg"), (90, "wbgr"), (-180, "rgbw")):
        said = {"image_hash": hash, "angle": angle}
        assert owner.post("/api/photosedit/rotate/", said).status_code == 200
        work_until_idle()
        for client, door in doors:
            answer = fetched(client, door)
            sent = body(answer)
            assert corner_colours(upright(sent)) == tuple(corners)
            assert marked.RAW_MARK not in sent
        tags.add(answer["ETag"])
        assert len([*copies.iterdir()]) == 1
    assert len(tags) == 3
    assert corner_colours(upright(body(owner.get(f"/media/photos/{hash}")))) == tuple(
        "rgbw"
    )


@pytest.mark.parametrize("allowed", [*product((False, True), repeat=3)])
def test_only_who_shares_place_camera_and_time_shares_the_original(
    photos, client_of, allowed
):
    data = marked.marked_jpeg()
    photo, _ = published(photos, f"{NAME}.jpg", data)
    choices = dict(zip(SHARED, allowed, strict=True))
    owner = client_of(photos.owner)
    url = f"/api/user/{photos.owner.pk}/"
    patch = {"public_sharing_defaults": choices}
    assert owner.patch(url, patch, format="json").status_code == 200
    for client in (client_of(), client_of(UserFactory())):
        answer = fetched(client, f"/media/photos/{photo.image_hash}")
        assert (body(answer) == data) == all(allowed)
        assert answer["Cache-Control"] == "private, no-cache"
        assert "Munich" not in answer["Content-Disposition"]
    assert body(owner.get(f"/media/photos/{photo.image_hash}")) == data


def test_head_ranges_and_tags_are_those_of_the_copy(photos, client_of):
    data = marked.marked_jpeg()
    photo, path = published(photos, "a.jpg", data)
    url = f"/media/photos/{photo.image_hash}"
    mine = client_of(photos.owner).get(url)
    body(mine)
    answer = fetched(client_of(), url)
    copy = body(answer)
    assert answer["Content-Length"] == str(len(copy)) != str(len(data))
    assert answer["ETag"] != mine["ETag"]
    for fact in (f"{path.stat().st_size:x}", f"{path.stat().st_mtime_ns:x}"):
        assert fact not in answer["ETag"]
    head = client_of().head(url)
    assert (head["Content-Length"], head["ETag"]) == (str(len(copy)), answer["ETag"])
    part = client_of().get(url, headers={"range": "bytes=10-19"})
    assert (part.status_code, body(part)) == (206, copy[10:20])
    end = client_of().get(url, headers={"range": f"bytes={len(copy)}-"})
    assert end.status_code == 416
    same = client_of().get(url, headers={"if-none-match": answer["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    not_mine = client_of().get(url, headers={"if-none-match": mine["ETag"]})
    assert body(not_mine) == copy


@pytest.mark.parametrize("beside", [False, True])
def test_the_video_of_a_motion_photo_has_no_metadata(photos, client_of, beside):
    film = marked.marked_mp4("mov" if beside else "mp4")
    if beside:
        key = "com.apple.quicktime.content.identifier"
        film = marked.marked_mp4("mov", metadata={key: marked.APPLE_IDENTIFIER})
        (photos.root / "a.mov").write_bytes(film)
    still = live_still() if beside else marked.google_motion_photo(film)
    photo, _ = published(photos, "a.jpg", still)
    assert photo.motion_photo
    url = f"/media/embedded_media/{photo.image_hash}"
    answer = fetched(client_of(), url)
    sent = body(answer)
    assert answer["Content-Type"] == "video/mp4"
    assert sent[4:8] == b"ftyp" and RAW_MARK not in sent and b"2021-07-05" not in sent
    assert RAW_MARK in body(client_of(photos.owner).get(url))


def test_a_copy_is_made_once_and_anew_when_the_file_changes(photos, client_of, copies):
    photo, path = published(photos, "a.jpg", marked.marked_jpeg())
    url = f"/media/photos/{photo.image_hash}"
    for _ in range(3):
        assert client_of().get(url).status_code == 503
    waiting = ProcrastinateJob.objects.filter(task_name="librephotos.strip")
    assert waiting.filter(status="todo").count() == 1
    first = body(fetched(client_of(), url))
    [kept] = copies.iterdir()
    inode = kept.stat().st_ino
    assert body(client_of().get(url)) == first
    assert kept.stat().st_ino == inode
    path.write_bytes(marked.with_packet(jpeg(40, 30)))
    second = body(fetched(client_of(), url))
    assert second != first and RAW_MARK not in second
    [now] = copies.iterdir()
    assert now != kept


def test_a_copy_is_of_the_bytes_that_the_library_knows(photos):
    """After a restored backup the key of a file may be that of another one."""
    photo, _ = published(photos, "a.jpg", marked.marked_jpeg())
    file = File.objects.get(photo=photo)
    other = File(pk=file.pk, md5="0" * 32)
    names = {
        stripped_copies.copy_name(
            each, size=file.size, mtime_ns=file.mtime_ns, embedded_video=False
        )
        for each in (file, other)
    }
    assert len(names) == 2


def test_originals_are_left_as_they_are(photos, client_of):
    data = marked.marked_jpeg()
    photo, path = published(photos, "a.jpg", data)
    before = path.stat()
    body(fetched(client_of(), f"/media/photos/{photo.image_hash}"))
    after = path.stat()
    assert path.read_bytes() == data
    assert (before.st_mtime_ns, before.st_ctime_ns) == (
        after.st_mtime_ns,
        after.st_ctime_ns,
    )


def test_a_waiting_request_gets_the_copy_as_soon_as_a_worker_has_made_it(
    photos, client_of
):
    photo, _ = published(photos, "a.jpg", marked.marked_jpeg())
    sign_of_life()
    started = threading.Event()

    def work() -> None:
        started.wait()
        try:
            while not ProcrastinateJob.objects.filter(status="todo").exists():
                pass
            work_until_idle()
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    started.set()
    answer = client_of().get(f"/media/photos/{photo.image_hash}")
    worker.join()
    assert answer.status_code == 200
    assert RAW_MARK not in body(answer)


def test_whoever_waits_too_long_is_told_when_to_ask_again(
    photos, client_of, monkeypatch
):
    photo, _ = published(photos, "a.jpg", marked.marked_jpeg())
    sign_of_life()
    monkeypatch.setattr(service, "WAIT_S", 0.0)
    answer = client_of().get(f"/media/photos/{photo.image_hash}")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_not_all_threads_wait_for_copies(photos, client_of, monkeypatch):
    photo, _ = published(photos, "a.jpg", marked.marked_jpeg())
    sign_of_life()
    monkeypatch.setattr(service, "WAIT_S", 1e9)
    with ExitStack() as waiting:
        while waiting.enter_context(PLACES.take(Caller.address("127.0.0.1"))):
            pass
        answer = client_of().get(f"/media/photos/{photo.image_hash}")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert ProcrastinateJob.objects.filter(status="todo").count() == 1


def test_what_cannot_be_freed_is_refused_and_not_tried_again(photos, client_of):
    photo, _ = published(photos, "a.avi", marked.marked_video("avi", "png"))
    url = f"/media/photos/{photo.image_hash}"
    for _ in range(2):
        answer = fetched(client_of(), url)
        assert answer.status_code == 422
        [error] = json.loads(answer.content)["errors"]
        assert "cannot be freed from their metadata" in error["message"]
    assert not ProcrastinateJob.objects.filter(status="todo").exists()
    body(client_of(photos.owner).get(url))


def test_no_copy_uses_the_reserve_of_the_disk(photos, client_of, settings, copies):
    photo, _ = published(photos, "a.jpg", marked.marked_jpeg())
    settings.MIN_FREE_MIB = 2**40
    answer = fetched(client_of(), f"/media/photos/{photo.image_hash}")
    assert answer.status_code == 503
    assert not copies.exists()


def test_the_oldest_copies_give_way(settings, copies):
    settings.STRIPPED_MIB = 1
    for at in range(4):
        stripped_copies.make_room(300_000)
        partial = stripped_copies.partial_copy(f"copy{at}")
        partial.write_bytes(bytes(300_000))
        used_at = time.time() - 1000 + at
        os.utime(partial, (used_at, used_at))
        stripped_copies.keep_copy(f"copy{at}", partial)
    assert {path.name for path in copies.iterdir()} == {"copy1", "copy2", "copy3"}


def test_a_copy_that_cannot_be_removed_holds_up_no_other(settings, copies):
    settings.STRIPPED_MIB = 1
    stuck = copies / "7-whole-former"
    stuck.mkdir(parents=True)  # which no system removes as a file
    os.utime(stuck, (1000, 1000))
    for at in range(4):
        stripped_copies.make_room(300_000)
        name = f"7-whole-{at}"
        partial = stripped_copies.partial_copy(name)
        partial.write_bytes(bytes(300_000))
        stripped_copies.keep_copy(name, partial)
    assert {path.name for path in copies.iterdir()} == {stuck.name, "7-whole-3"}
    for at in range(4):
        stripped_copies.make_room(300_000)
        stripped_copies.partial_copy(f"{at}-whole-a").write_bytes(bytes(300_000))
        partial = stripped_copies.partial_copy(f"{at}-whole-a")
        stripped_copies.keep_copy(f"{at}-whole-a", partial)
    assert len(list(copies.iterdir())) == 4 and stuck.exists()


def test_what_else_lies_beside_the_copies_keeps_none_from_going(copies):
    copies.mkdir(exist_ok=True)
    for name in ("7-whole-a", "8-whole-b", "a-b.txt", "\u00b2-whole-c"):
        (copies / name).write_bytes(b"any")
    assert stripped_copies.files_with_copies() == {7, 8}
    assert stripped_copies.all_deleted({7})
    assert [path.name for path in copies.iterdir()] == ["8-whole-b"]


def test_copies_from_before_the_clock_was_set_back_give_way_first(settings, copies):
    settings.STRIPPED_MIB = 1
    for name, ahead_s in (("now", 0), ("ahead", 10 * 365 * 86_400), ("later", 0)):
        partial = stripped_copies.partial_copy(name)
        partial.write_bytes(bytes(300_000))
        used_at = time.time() + ahead_s
        os.utime(partial, (used_at, used_at))
        stripped_copies.keep_copy(name, partial)
    stripped_copies.make_room(300_000)
    assert {path.name for path in copies.iterdir()} == {"now", "later"}


def test_a_file_that_is_larger_than_all_copies_may_be_is_refused(
    photos, client_of, settings
):
    photo, _ = published(photos, "a.jpg", marked.marked_jpeg() + bytes(2**20))
    settings.STRIPPED_MIB = 1
    answer = client_of().get(f"/media/photos/{photo.image_hash}")
    assert answer.status_code == 422
    assert b"LIBREPHOTOS_STRIPPED_MIB" in answer.content


def test_a_proxy_is_shown_the_copy(photos, client_of, settings, copies):
    photo, path = published(photos, "a.jpg", marked.marked_jpeg())
    body(fetched(client_of(), f"/media/photos/{photo.image_hash}"))
    settings.ACCEL_REDIRECT_PREFIX = "/protected"
    answer = client_of().get(f"/media/photos/{photo.image_hash}")
    [copy] = copies.iterdir()
    assert answer["X-Accel-Redirect"] == f"/protected{copy}"
    assert copy.stat().st_mode & 0o777 == 0o640


ERASED = {"jpg": marked.marked_jpeg, "gif": marked.marked_gif, "avi": None}


@pytest.mark.parametrize("by", ["its file is gone", "its account is gone"])
def test_no_byte_of_an_erased_photo_is_left(photos, client_of, settings, by):
    """Of copies, reasons for none, previews of former formats and crops alike."""
    previews = {**settings.STORAGES["previews"]}
    previews["OPTIONS"] = {"location": settings.DATA / "previews"}
    settings.STORAGES = {**settings.STORAGES, "previews": previews}
    for extension, make in ERASED.items():
        path = photos.root / f"a.{extension}"
        path.write_bytes(make() if make else marked.marked_video("avi", "png"))
    (photos.root / "b.webp").write_bytes(encoded(quadrants(90, 60), "PNG"))
    photos.scan()
    (photos.root / "b.webp").write_bytes(marked.marked_gif())
    photos.scan()
    Photo.objects.update(public=True)
    User.objects.update(public_sharing=True)
    for photo in Photo.objects.all():
        body(fetched(client_of(), f"/media/photos/{photo.image_hash}"))
    assert len(files_in(settings.DATA)) > 12
    if by == "its account is gone":
        delete_user(photos.owner)
    else:
        for path in photos.root.iterdir():
            path.unlink()
        write_jpeg(photos.root / "other.jpg")
        photos.scan()
        jobs.start(Job.Kind.DELETE_MISSING_PHOTOS, user=photos.owner)
        work_until_idle()
    left = {path.name for path in files_in(settings.DATA)}
    kept = {Path(name).name for name in preview_names(Photo.objects.all())}
    assert left == kept


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_copy_goes_when_a_scan_finds_other_bytes(photos, client_of, copies):
    photo, path = published(photos, "a.jpg", marked.marked_jpeg())
    body(fetched(client_of(), f"/media/photos/{photo.image_hash}"))
    (copies / "0123456789abcdef0123456789abcdef").write_bytes(b"of another version")
    assert len(list(copies.iterdir())) == 2
    path.write_bytes(jpeg(40, 30))
    photos.scan()
    assert not list(copies.iterdir())


def test_a_copy_that_is_made_while_its_file_is_erased_goes(photos, copies):
    photo, _ = published(photos, "a.jpg", marked.marked_jpeg())
    file = photo.main_file

    class ErasingSandbox(Sandbox):
        """A child during whose work somebody erases the photo."""

        def map(self, *args: Any, **options: Any) -> Any:
            outcomes = list(super().map(*args, **options))
            assert list(copies.iterdir())
            File.objects.filter(pk=file.pk).delete()
            return outcomes

    sandbox = ErasingSandbox(timeout_s=600, memory_bytes=2**32)
    strip(file=file.pk, embedded_video=False, sandbox=sandbox)
    sandbox.stop()
    assert not list(copies.iterdir())
