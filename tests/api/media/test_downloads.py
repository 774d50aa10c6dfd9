"""Archives of photos: what is in them, for whom, and how they are sent."""

from __future__ import annotations

import io
import os
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from librephotos.api.http.tokens import SignInToken
from librephotos.api.models import Download, File, Job, Photo, User, UserAlbum
from librephotos.api.pipeline.previews.archives import remove_expired
from librephotos.api.services import downloads as service
from librephotos.api.storage.archives import (
    ArchiveBroken,
    ArchiveWriter,
    open_archive,
)
from librephotos.api.storage.previews import PreviewSize, preview_name
from librephotos.api.writes import user_albums
from librephotos.media.fingerprint import key64
from tests.contract import shapes
from tests.factories import FileFactory, PhotoFactory, UserFactory
from tests.support.scanning import work_until_idle
from tests.support.web_process import get, web_process

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def root(me: User, tmp_path: Path, settings: Any) -> Path:
    """Where the photos of `me` lie."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    root = tmp_path / "pictures"
    root.mkdir()
    me.scan_directories.create(path=os.fsencode(root))
    return root


def add(owner: User, path: Path, data: bytes, *, photo: Photo | None = None) -> File:
    """Write a file as a scan would know it, but for its checksum."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    stat = path.stat()
    photo = photo or PhotoFactory(owner=owner)
    main = Photo.objects.get(pk=photo.pk).main_file
    name = os.fsencode(path)
    file = FileFactory(
        photo=photo,
        path=name,
        size=stat.st_size,
        mtime_ns=stat.st_mtime_ns,
        stat_key=key64(name, stat.st_size),
        state=File.State.READY,
    )
    Photo.objects.filter(pk=photo.pk).update(main_file=main or file)
    return file


def asked(client: APIClient, **body: Any) -> Any:
    """Ask for an archive of all of one's photos, and have a worker prepare it."""
    wanted = body or {"select_all": True, "query": {}}
    answer = client.post("/api/photos/download", wanted, format="json")
    assert answer.status_code == 200, answer.json()
    work_until_idle()
    return answer.json()


def bytes_of(answer: Any) -> bytes:
    found = answer.getvalue()
    answer.close()
    return found


def fetched(client: APIClient, me: User, started: Any) -> zipfile.ZipFile:
    answer = client.get(f"/api/downloads/{started['url']}{me.pk}")
    assert answer.status_code == 200
    data = bytes_of(answer)
    assert len(data) == int(answer["Content-Length"])
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    return archive


def test_a_selection_comes_as_an_archive(
    client: APIClient, me: User, root: Path
) -> None:
    first = add(me, root / "a" / "IMG_1.JPG", b"first")
    second = add(me, root / "b" / "img_1.jpg", b"second")
    add(me, root / "c" / "not chosen.jpg", b"third")
    os.utime(os.fsdecode(first.path), (1_000_000_000, 1_000_000_000))
    hashes = [row.photo.image_hash for row in (first, second)]
    started = asked(client, image_hashes=hashes)
    assert started["photos"] == 2
    assert shapes.violations(started, shapes.STARTED_DOWNLOAD) == []
    state = client.get("/api/photos/download", {"job_id": started["job_id"]})
    assert (state.status_code, state.json()["status"]) == (200, "SUCCESS")
    assert shapes.violations(state.json(), shapes.DOWNLOAD_STATE) == []
    archive = fetched(client, me, started)
    assert state.json()["size"] == archive.fp.seek(0, io.SEEK_END)
    assert archive.namelist() == ["IMG_1.JPG", "img_1_1.jpg"]
    assert archive.read("img_1_1.jpg") == b"second"
    job = Job.objects.get(job_id=started["job_id"])
    assert (job.kind, job.failed) == (9, False)
    assert [(s.done, s.total) for s in job.stages.all()] == [(2, 2)]
    assert archive.infolist()[0].date_time == time.localtime(1_000_000_000)[:6]


def test_a_checksum_is_kept_and_not_read_again(
    client: APIClient, me: User, root: Path
) -> None:
    file = add(me, root / "a.jpg", b"picture")
    asked(client)
    file.refresh_from_db()
    assert file.crc32 == zlib.crc32(b"picture")
    File.objects.filter(pk=file.pk).update(crc32=7)  # taken as it is, not computed
    started = asked(client)
    answer = client.get(f"/api/downloads/{started['url']}{me.pk}.zip")
    archive = zipfile.ZipFile(io.BytesIO(bytes_of(answer)))
    assert archive.infolist()[0].CRC == 7


@pytest.mark.parametrize("asked_for", ["bytes=0-9", "bytes=35-60", "bytes=-22"])
def test_a_part_can_be_asked_for(
    client: APIClient, me: User, root: Path, asked_for: str
) -> None:
    for number in range(3):
        add(me, root / f"{number}.jpg", bytes([number]) * 20)
    started = asked(client)
    address = f"/api/downloads/{started['url']}{me.pk}"
    whole = bytes_of(client.get(address))
    part = client.get(address, headers={"Range": asked_for})
    first, _, last = asked_for.removeprefix("bytes=").partition("-")
    wanted = whole[int(first) : int(last) + 1] if first else whole[-int(last) :]
    assert (part.status_code, bytes_of(part)) == (206, wanted)
    assert client.head(address)["Content-Length"] == str(len(whole))
    beyond = client.get(address, headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416


def test_what_lacks_is_named_in_the_archive(
    client: APIClient, me: User, root: Path
) -> None:
    add(me, root / "there.jpg", b"picture")
    lost = add(me, root / "lost.jpg", b"picture")
    Path(os.fsdecode(lost.path)).unlink()
    outside = add(me, root.parent / "elsewhere.jpg", b"secret")
    (root / "link.jpg").symlink_to(os.fsdecode(outside.path))
    started = asked(client)
    archive = fetched(client, me, started)
    assert archive.namelist() == ["there.jpg", "MISSING.txt"]
    text = archive.read("MISSING.txt").decode()
    assert "lost.jpg: The file is not there any more." in text
    assert "elsewhere.jpg: The file is outside" in text
    state = client.get("/api/photos/download", {"job_id": started["job_id"]}).json()
    assert state["missing"] == 2


def test_nothing_readable_is_a_failure(client: APIClient, me: User, root: Path) -> None:
    lost = add(me, root / "lost.jpg", b"picture")
    Path(os.fsdecode(lost.path)).unlink()
    started = asked(client)
    state = client.get("/api/photos/download", {"job_id": started["job_id"]})
    assert state.status_code == 200
    assert state.json() == {
        "status": "FAILURE",
        "result": "None of the photos can be read.",
    }
    answer = client.get(f"/api/downloads/{started['url']}{me.pk}")
    assert answer.status_code == 404


@pytest.mark.parametrize("what", ["gone", "longer", "touched", "a link"])
def test_a_file_that_changes_breaks_the_archive_off(
    client: APIClient, me: User, root: Path, what: str
) -> None:
    add(me, root / "a.jpg", b"first")
    path = root / "b.jpg"
    add(me, path, b"second")
    started = asked(client)
    if what == "longer":
        path.write_bytes(b"second and more")
    elif what == "touched":
        os.utime(path, (1, 1))
    else:
        path.rename(root.parent / "moved.jpg")
        if what == "a link":
            path.symlink_to(root.parent / "moved.jpg")
    answer = client.get(f"/api/downloads/{started['url']}{me.pk}")
    with pytest.raises(ArchiveBroken):
        bytes_of(answer)


def test_the_sizes_and_files_that_one_may_choose(
    client: APIClient, me: User, root: Path
) -> None:
    still = add(me, root / "a.heic", b"original")
    assert still.photo is not None
    add(me, root / "a.xmp", b"sidecar", photo=still.photo)
    film = add(me, root / "film.mp4", b"film")
    Photo.objects.filter(pk=film.photo_id).update(video=True)
    name = preview_name(still.photo.pk, PreviewSize.BIG, "webp")
    storages["previews"].save(name, ContentFile(b"preview"))
    wanted = {"select_all": True, "query": {}}
    large = fetched(client, me, asked(client, **wanted, size="large"))
    assert large.namelist() == ["a.webp", "film.mp4"]
    assert large.read("a.webp") == b"preview"
    every = fetched(client, me, asked(client, **wanted, include_stacked_photos=True))
    assert every.namelist() == ["a.heic", "a.xmp", "film.mp4"]
    main = fetched(client, me, asked(client, **wanted))
    assert main.namelist() == ["a.heic", "film.mp4"]


def test_an_album_of_ones_own(client: APIClient, me: User, root: Path) -> None:
    inside = add(me, root / "in.jpg", b"in")
    add(me, root / "out.jpg", b"out")
    album = UserAlbum.objects.create(owner=me, title="CON: Été/2020")
    with transaction.atomic():
        user_albums.add(album, Photo.objects.filter(pk=inside.photo_id))
    started = asked(client, user_album=album.pk, title=album.title)
    assert fetched(client, me, started).namelist() == ["in.jpg"]
    answer = client.get(f"/media/zip/{started['url']}")
    assert answer["Content-Type"] == "application/x-zip-compressed"
    assert "filename*=utf-8''CON_%20%C3%89t%C3%A9_2020.zip" in (
        answer["Content-Disposition"]
    )
    answer.close()
    foreign = UserAlbum.objects.create(owner=UserFactory(), title="x")
    for number in (foreign.pk, 2**40):
        body = {"user_album": number}
        refused = client.post("/api/photos/download", body, format="json")
        assert (refused.status_code, refused.json()["error"]) == (
            404,
            "No photos found",
        )


def test_only_who_asked_gets_it(
    client: APIClient, me: User, root: Path, client_of: Callable[..., APIClient]
) -> None:
    add(me, root / "a.jpg", b"picture")
    started = asked(client)
    url, job = started["url"], started["job_id"]
    for stranger in (UserFactory(), UserFactory(admin=True)):
        other = client_of(stranger)
        for path in (
            f"/api/downloads/{url}{me.pk}",
            f"/api/downloads/{url}{stranger.pk}",
            f"/media/zip/{url}",
            f"/api/photos/download?job_id={job}",
        ):
            assert other.get(path).status_code == 404
        assert other.delete(f"/api/delete/zip/{url}").status_code == 200
    anonymous = client_of()
    assert anonymous.get(f"/api/downloads/{url}{me.pk}").status_code == 401
    refused = anonymous.get(f"/media/zip/{url}")
    assert refused.status_code == 403
    assert refused["X-Media-Error"] == "authentication"
    assert client.get(f"/api/downloads/{url}{me.pk + 1}").status_code == 404
    assert fetched(client, me, started).namelist() == ["a.jpg"]


def test_a_photo_of_somebody_else_is_no_photo(
    client: APIClient, me: User, root: Path
) -> None:
    public = PhotoFactory(public=True, owner__public_sharing=True)
    own = add(me, root / "a.jpg", b"picture")
    assert own.photo is not None
    body = {"image_hashes": [public.image_hash, str(public.pk)]}
    refused = client.post("/api/photos/download", body, format="json")
    assert refused.status_code == 404
    body["image_hashes"].append(own.photo.image_hash)
    assert asked(client, **body)["photos"] == 1


@pytest.mark.parametrize("body", [{}, {"image_hashes": []}, {"select_all": False}])
def test_nothing_named_is_told(client: APIClient, body: dict[str, Any]) -> None:
    answer = client.post("/api/photos/download", body, format="json")
    assert answer.status_code == 400
    assert answer.json()["error"] == "image_hashes required"
    assert answer.json()["errors"]


@pytest.mark.parametrize("query", [{"search": ""}, {"album": 7}, {"tag": 7}])
def test_a_view_that_shows_nothing_has_no_archive(
    client: APIClient, me: User, root: Path, query: dict[str, Any]
) -> None:
    add(me, root / "a.jpg", b"picture")
    body = {"select_all": True, "query": query}
    answer = client.post("/api/photos/download", body, format="json")
    assert answer.status_code == 404
    assert answer.json()["errors"]


def test_a_download_can_be_given_up(client: APIClient, me: User, root: Path) -> None:
    add(me, root / "a.jpg", b"picture")
    started = asked(client)
    archive = open_archive(UUID(started["url"]), roots=[os.fsencode(root)])
    assert archive is not None
    assert client.delete(f"/api/delete/zip/{started['url']}").status_code == 200
    assert client.delete(f"/api/delete/zip/{started['url']}").status_code == 200
    assert client.delete("/api/delete/zip/no-uuid").status_code == 404
    assert open_archive(UUID(started["url"]), roots=()) is None
    assert client.get(f"/media/zip/{started['url']}").status_code == 404
    assert archive.read(4) == b"PK\x03\x04"  # who is fetching it gets the rest
    archive.close()


def test_no_page_of_another_site_gives_it_up_with_the_cookie(
    client: APIClient, me: User, root: Path
) -> None:
    add(me, root / "a.jpg", b"picture")
    address = f"/api/delete/zip/{asked(client)['url']}"
    browser = APIClient()
    browser.cookies["jwt"] = str(SignInToken.for_user(me).access_token)
    for sent in (
        {"HTTP_ORIGIN": "http://evil.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},  # another port of this host
    ):
        assert browser.delete(address, **sent).status_code == 401, sent
    assert Download.objects.exists()
    own = {"HTTP_ORIGIN": "http://testserver", "HTTP_SEC_FETCH_SITE": "same-origin"}
    assert browser.delete(address, **own).status_code == 200
    assert not Download.objects.exists()


def test_it_ends_after_a_day_and_with_its_job(
    client: APIClient, me: User, root: Path, settings: Any
) -> None:
    add(me, root / "a.jpg", b"picture")
    kept, old, removed = (asked(client)["url"] for _ in range(3))
    Download.objects.filter(pk=old).update(
        created_at=timezone.now() - timedelta(days=1, minutes=1)
    )
    assert client.get(f"/media/zip/{old}").status_code == 404
    Job.objects.filter(download=removed).delete()
    remove_expired()
    left = [path.stem for path in (settings.DATA / "archives").iterdir()]
    assert left == [kept]
    assert [str(row.pk) for row in Download.objects.all()] == [kept]


def test_the_oldest_give_way(
    client: APIClient, me: User, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_KEPT", 2)
    add(me, root / "a.jpg", b"picture")
    urls = [asked(client)["url"] for _ in range(3)]
    found = [client.get(f"/media/zip/{url}") for url in urls]
    assert [answer.status_code for answer in found] == [404, 200, 200]
    for answer in found:
        answer.close()


def test_unknown_jobs_and_cancelled_ones(
    client: APIClient, me: User, root: Path
) -> None:
    address = "/api/photos/download"
    assert client.get(address).status_code == 400
    for name in (str(uuid4()), "7", "x"):
        assert client.get(address, {"job_id": name}).status_code == 404
    add(me, root / "a.jpg", b"picture")
    wanted = {"select_all": True, "query": {}}
    started = client.post(address, wanted, format="json").json()
    pending = client.get(address, {"job_id": started["job_id"]})
    assert (pending.status_code, pending.json()) == (
        202,
        {"status": "PENDING", "progress": {"current": 0, "total": 1}},
    )
    assert client.get(f"/media/zip/{started['url']}").status_code == 404
    client.post(f"/api/jobs/{started['job_id']}/cancel/")
    work_until_idle()
    cancelled = client.get(address, {"job_id": started["job_id"]})
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "FAILURE")
    assert client.get(f"/media/zip/{started['url']}").status_code == 404


@pytest.mark.parametrize("count", [1, 20])
def test_asking_takes_as_many_queries_for_many(
    client: APIClient,
    me: User,
    root: Path,
    count: int,
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(count):
        add(me, root / f"{number}.jpg", b"picture")
    wanted = {"select_all": True, "query": {}}
    with django_assert_max_num_queries(20):
        answer = client.post("/api/photos/download", wanted, format="json")
    assert answer.json()["photos"] == count


@pytest.mark.parametrize("what", ["whole", "part", "changed"])
def test_the_web_server_puts_it_together(
    tmp_path: Path, settings: Any, what: str
) -> None:
    """As `sendfile` and blocks of the description, in turns of a few MiB."""
    settings.DATA = tmp_path
    root = tmp_path / "files"
    root.mkdir()
    pictures = {f"{n}.jpg": os.urandom(n * 1_000_003) for n in range(1, 7)}
    archive = uuid4()
    with closing(ArchiveWriter(archive)) as writer:
        for name, data in pictures.items():
            (root / name).write_bytes(data)
            stat = (root / name).stat()
            writer.add_file(
                name,
                os.fsencode(root / name),
                size=stat.st_size,
                mtime_ns=stat.st_mtime_ns,
                crc32=zlib.crc32(data),
            )
        writer.keep()

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        file = open_archive(archive, roots=[os.fsencode(root)])
        assert file is not None
        start = int(environ.get("HTTP_RANGE", "0"))
        file.seek(start)
        length = file.length - start
        start_response("200 OK", [("Content-Length", str(length))])
        return environ["wsgi.file_wrapper"](file, 1000)

    if what == "changed":
        (root / "5.jpg").write_bytes(b"another")
    with web_process(application) as process:
        skipped = 8_000_000 if what == "part" else 0
        received = process.ask(get("/", f"Range: {skipped}"))
    head, _, sent = received.partition(b"\r\n\r\n")
    promised = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    if what == "changed":
        assert 10_000_000 < len(sent) < promised
        return
    assert len(sent) == promised
    if what == "part":
        assert (
            sent in (whole := described_bytes(archive, root)) and len(whole) > promised
        )
        return
    with zipfile.ZipFile(io.BytesIO(sent)) as found:
        assert {name: found.read(name) for name in found.namelist()} == pictures


def described_bytes(archive: UUID, root: Path) -> bytes:
    file = open_archive(archive, roots=[os.fsencode(root)])
    assert file is not None
    blocks = b"".join(iter(lambda: file.read(2**20), b""))
    file.close()
    return blocks
