"""Uploads as clients of all generations send them, and what becomes of these."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as PlainClient
from django.utils import timezone

from librephotos.api.http.tokens import SignInToken
from librephotos.api.models import File, SiteSettings, Upload, User
from tests.contract import shapes
from tests.factories import UserFactory
from tests.support.scanning import library, write_jpeg
from tests.support.uploads import (
    CHUNK,
    CLIENTS,
    Answered,
    Client,
    Mobile2024,
    MobileNewest,
    Sent,
    Web2024,
    WebNewest,
    blob,
    jpeg_of,
    text,
    through,
)

BIG = jpeg_of(2 * CHUNK + 345)[: 2 * CHUNK + 345]
SMALL = jpeg_of(5000, seed=1)


def token_of(user: User) -> str:
    """Return an access token."""
    return str(SignInToken.for_user(user).access_token)


@pytest.fixture
def root(me: User, settings: Any, tmp_path: Path) -> Path:
    """One's folder, on a data folder of its own."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    return library(me, tmp_path / "pictures").root


@pytest.fixture
def send() -> Any:
    """Hand requests to the application."""
    return through(PlainClient())


def landed(root: Path) -> dict[str, bytes]:
    """Return the files that were uploaded, by name; what is hidden too."""
    folder = root / "uploads" / "web"
    return (
        {path.name: path.read_bytes() for path in folder.iterdir()}
        if folder.exists()
        else {}
    )


def left(settings: Any) -> list[str]:
    """Return what lies in the data folder of uploads."""
    return sorted(os.listdir(settings.DATA / "uploads"))


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("content", [SMALL, BIG], ids=["small", "chunks"])
def test_each_client_uploads(
    kind: type[Client], content: bytes, me: User, root: Path, send: Any, settings: Any
) -> None:
    client = kind(me.pk, token_of(me))
    answer = client.upload(content, "IMG_1.JPG", send)
    assert [one.status for one in client.answers] == [200] * len(client.answers)
    *chunks, _ = client.answers
    for chunk in chunks:
        assert shapes.violations(chunk.json, shapes.UPLOAD_CHUNK) == []
    assert answer.json["imported"] is True
    assert landed(root) == {"IMG_1.JPG": content}
    assert left(settings) == []
    file = File.objects.get(owner=me)
    assert (file.state, file.job) == ("pending", None)
    exists = PlainClient().get(
        f"/api/exists/{hashlib.md5(content).hexdigest()}{me.pk}",
        HTTP_AUTHORIZATION=f"Bearer {token_of(me)}",
    )
    assert exists.json() == {"exists": True}


def test_ids_of_two_digits_lengthen_what_one_client_takes_for_the_md5(
    root: Path, me: User, send: Any
) -> None:
    while (other := UserFactory()).pk < 100:
        pass
    other.scan_directories.create(path=os.fsencode(root))
    assert len(Mobile2024(other.pk, "").hash_of(SMALL)) > 32
    answer = Mobile2024(other.pk, token_of(other)).upload(SMALL, "a.jpg", send)
    assert answer.status == 200


@pytest.mark.parametrize("kind", [Web2024, Mobile2024])
def test_a_chunk_that_is_lost_does_not_damage_the_file(
    kind: type[Client], me: User, root: Path, send: Any
) -> None:
    """Neither client stops; what arrives then is no file, or still the whole."""
    count = 0

    def unreliable(request: Sent) -> Answered:
        nonlocal count
        count += 1
        return Answered(0, {}) if count == 2 else send(request)

    answer = kind(me.pk, token_of(me)).upload(BIG, "a.jpg", unreliable)
    assert answer.status == 400
    assert "MD5" in answer.json["detail"]
    assert landed(root) == {}


def test_a_chunk_whose_answer_was_lost_may_come_again(
    me: User, root: Path, send: Any
) -> None:
    client = Web2024(me.pk, token_of(me))
    first, second, third = client.chunks(BIG, "a.jpg")
    upload = send(first("", 0)).json["upload_id"]
    for _ in range(2):
        answer = send(second(upload, CHUNK))
        assert (answer.status, answer.json["offset"]) == (200, 2 * CHUNK)
    other = send(first(upload, CHUNK // 2))
    assert (other.status, other.json["offset"]) == (400, 2 * CHUNK)
    assert shapes.violations(other.json, shapes.UPLOAD_REFUSED) == []
    send(third(upload, 2 * CHUNK))
    assert send(client.completion(upload, BIG, "a.jpg")).status == 200
    assert landed(root) == {"a.jpg": BIG}


def test_what_one_can_go_on_with_is_told(me: User, root: Path, send: Any) -> None:
    client = Web2024(me.pk, token_of(me))
    first, *_ = client.chunks(BIG, "a.jpg")
    md5 = hashlib.md5(BIG).hexdigest()
    request = first("", 0)
    told = client.form(
        text("md5", md5),
        text("size", str(len(BIG))),
        text("filename", "a.jpg"),
        blob(BIG[:CHUNK]),
    )
    upload = send(Sent(request.path, request.headers, told)).json["upload_id"]
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {client.token}"}
    [row] = PlainClient().get("/api/upload/", **bearer).json()
    assert row.pop("expires")
    assert row == {
        "upload_id": upload,
        "offset": CHUNK,
        "md5": md5,
        "size": len(BIG),
        "filename": "a.jpg",
    }
    one = f"/api/upload/{upload}"
    assert PlainClient().get(one, **bearer).json()["offset"] == CHUNK
    assert PlainClient().delete(one, **bearer).status_code == 204
    assert PlainClient().get(one, **bearer).status_code == 404
    assert PlainClient().get("/api/upload/", **bearer).json() == []


def test_completing_again_says_the_same(me: User, root: Path, send: Any) -> None:
    client = Web2024(me.pk, token_of(me))
    done = client.upload(SMALL, "a.jpg", send)
    upload = str(Upload.objects.get().pk)
    again = send(client.completion(upload, SMALL, "a.jpg"))
    assert (again.status, again.json) == (200, done.json)
    assert len(landed(root)) == 1
    assert send(client.completion(upload, BIG, "a.jpg")).status == 400
    [chunk] = client.chunks(SMALL, "a.jpg")
    assert send(chunk(upload, len(SMALL))).status == 400


def test_what_is_there_is_not_stored_again(me: User, root: Path, send: Any) -> None:
    client = Web2024(me.pk, token_of(me))
    client.upload(SMALL, "a.jpg", send)
    again = client.upload(SMALL, "other.jpg", send)
    assert again.json["imported"] is False
    assert again.json["filename"] == "a.jpg"
    assert landed(root) == {"a.jpg": SMALL}
    # Gone from the disk, though the library does not know yet: it is stored.
    (root / "uploads" / "web" / "a.jpg").unlink()
    assert client.upload(SMALL, "b.jpg", send).json["imported"] is True
    assert landed(root) == {"b.jpg": SMALL}


def test_a_name_that_is_taken_gets_the_image_hash(
    me: User, root: Path, send: Any
) -> None:
    client = Web2024(me.pk, token_of(me))
    client.upload(SMALL, "a.jpg", send)
    other = jpeg_of(5000, seed=2)
    client.upload(other, "a.jpg", send)
    marked = f"a_{hashlib.md5(other).hexdigest()}{me.pk}.jpg"
    assert landed(root) == {"a.jpg": SMALL, marked: other}


def test_a_file_of_the_same_bytes_under_the_name_will_do(
    me: User, root: Path, send: Any
) -> None:
    folder = root / "uploads" / "web"
    folder.mkdir(parents=True)
    (folder / "a.jpg").write_bytes(SMALL)  # as of a server that was killed just then
    answer = Web2024(me.pk, token_of(me)).upload(SMALL, "a.jpg", send)
    assert (answer.status, answer.json["imported"]) == (200, False)
    assert landed(root) == {"a.jpg": SMALL}
    assert File.objects.filter(owner=me).count() == 1


@pytest.mark.parametrize(
    "content",
    [b"<!doctype html><script>alert(1)</script>" + b" " * 5000, b"MZ" + bytes(9000)],
)
@pytest.mark.parametrize("kind", [Web2024, MobileNewest])
def test_what_is_no_photo_is_dropped(
    kind: type[Client], content: bytes, me: User, root: Path, send: Any, settings: Any
) -> None:
    client = kind(me.pk, token_of(me))
    client.upload(content, "a.jpg", send)
    assert client.answers[-1].status in (400, 404)
    refused = next(one for one in client.answers if one.status == 400)
    assert "no picture" in refused.json["detail"] or "upload_id" in (
        refused.json["detail"]
    )
    assert landed(root) == {}
    assert not Upload.objects.exists()
    assert left(settings) == []


def test_a_sidecar_is_taken(me: User, root: Path, send: Any) -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"></x:xmpmeta>'
    answer = Web2024(me.pk, token_of(me)).upload(xmp, "a.jpg.xmp", send)
    assert answer.status == 200
    assert landed(root) == {"a.jpg.xmp": xmp}


def test_without_a_folder_the_upload_stays(
    me: User, root: Path, send: Any, settings: Any
) -> None:
    me.scan_directories.all().delete()
    client = Web2024(me.pk, token_of(me))
    answer = client.upload(SMALL, "a.jpg", send)
    assert answer.status == 400
    assert "scan directory" in answer.json["detail"]
    upload = Upload.objects.get()
    library(me, root)
    assert send(client.completion(str(upload.pk), SMALL, "a.jpg")).status == 200
    assert landed(root) == {"a.jpg": SMALL}


def test_an_upload_directory_of_its_own(me: User, root: Path, send: Any) -> None:
    me.upload_directory = os.fsencode(root / "phone")
    me.save()
    client = Web2024(me.pk, token_of(me))
    assert "not there" in client.upload(SMALL, "a.jpg", send).json["detail"]
    (root / "phone").mkdir()
    assert client.upload(SMALL, "a.jpg", send).status == 200
    assert (root / "phone" / "web" / "a.jpg").read_bytes() == SMALL


@pytest.mark.parametrize("part", ["uploads", "uploads/web"])
def test_no_link_is_followed(
    part: str, me: User, root: Path, send: Any, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (root / part).parent.mkdir(exist_ok=True)
    (root / part).symlink_to(elsewhere)
    answer = Web2024(me.pk, token_of(me)).upload(SMALL, "a.jpg", send)
    assert answer.status == 400
    assert "link" in answer.json["detail"]
    assert list(elsewhere.iterdir()) == []


def test_a_link_under_the_name_is_left_alone(
    me: User, root: Path, send: Any, tmp_path: Path
) -> None:
    folder = root / "uploads" / "web"
    folder.mkdir(parents=True)
    target = tmp_path / "secret.jpg"
    (folder / "a.jpg").symlink_to(target)
    assert Web2024(me.pk, token_of(me)).upload(SMALL, "a.jpg", send).status == 200
    assert not target.exists()
    marked = f"a_{hashlib.md5(SMALL).hexdigest()}{me.pk}.jpg"
    assert (folder / marked).read_bytes() == SMALL


def test_switched_off(me: User, root: Path, send: Any) -> None:
    row = SiteSettings.current()
    row.allow_upload = False
    row.save()
    answer = Web2024(me.pk, token_of(me)).upload(SMALL, "a.jpg", send)
    assert answer.status == 403
    assert "switched off" in answer.json["detail"]


def test_nobody_and_somebody_elses(me: User, root: Path, send: Any) -> None:
    [chunk] = Web2024(me.pk, "").chunks(SMALL, "a.jpg")
    refused = send(chunk("", 0))
    assert refused.status == 401
    assert shapes.violations(refused.json, shapes.UPLOAD_REFUSED) == []
    [chunk] = Web2024(me.pk, token_of(me)).chunks(SMALL, "a.jpg")
    upload = send(chunk("", 0)).json["upload_id"]
    other = UserFactory()
    stranger = Web2024(other.pk, token_of(other))
    [chunk] = stranger.chunks(SMALL, "a.jpg")
    unknown = str(uuid4())
    for name in (upload, unknown, "../../etc/passwd", "a"):
        answers = [
            send(chunk(name, len(SMALL))),
            send(stranger.completion(name, SMALL, "a.jpg")),
        ]
        assert [one.status for one in answers] == [404, 404]
        assert answers[0].json["detail"].startswith("There is no such upload")
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {stranger.token}"}
    for name in (upload, unknown):
        assert PlainClient().get(f"/api/upload/{name}", **bearer).status_code == 404
        assert PlainClient().delete(f"/api/upload/{name}", **bearer).status_code == 404
    assert Upload.objects.filter(pk=upload).exists()


@pytest.mark.parametrize("user, status", [("", 200), ("undefined", 200), (0, 403)])
def test_the_account_is_that_of_the_token(
    user: Any, status: int, me: User, root: Path, send: Any
) -> None:
    [chunk] = Web2024(user, token_of(me)).chunks(SMALL, "a.jpg")
    assert send(chunk("", 0)).status == status


def test_the_cookie_from_the_pages_of_this_site_alone(
    me: User, root: Path, send: Any
) -> None:
    client = Web2024(me.pk, "", cookie=token_of(me))
    [chunk] = client.chunks(SMALL, "a.jpg")
    request = chunk("", 0)
    own = {"Host": "photos.localhost", "Origin": "http://photos.localhost"}
    cases = [
        ({}, 200),
        (own, 200),
        ({**own, "Origin": "http://evil.example"}, 401),
        ({**own, "Origin": "null"}, 401),
        ({"Sec-Fetch-Site": "cross-site"}, 401),
        ({"Sec-Fetch-Site": "same-site"}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
    ]
    for more, status in cases:
        headers = {**request.headers, **more}
        assert send(Sent(request.path, headers, request.body)).status == status, more


def test_expired_after_a_day(me: User, root: Path, send: Any) -> None:
    client = Web2024(me.pk, token_of(me))
    first, second, _ = client.chunks(BIG, "a.jpg")
    upload = send(first("", 0)).json["upload_id"]
    Upload.objects.update(expires_on=timezone.now() - timedelta(seconds=1))
    assert send(second(upload, CHUNK)).status == 410
    assert send(client.completion(upload, BIG, "a.jpg")).status == 410


def test_forms_that_make_no_sense(me: User, root: Path, send: Any) -> None:
    client = Web2024(me.pk, token_of(me))
    bad = [
        client.form(text("offset", "0")),
        client.form(blob(b"")),
        client.form(blob(SMALL))[:-10],
        b"",
        b"no form at all",
    ]
    for body in bad:
        answer = send(Sent("/api/upload/", client.headers(), body))
        assert answer.status == 400, body[:40]
        assert answer.json["detail"]
    for header in ("bytes 0-10/10", "bytes 5-5004/5000"):
        headers = client.headers(Content_Range=header)
        body = client.form(blob(SMALL))
        assert send(Sent("/api/upload/", headers, body)).status == 400
    for missing in ("upload_id", "md5"):
        fields = {"upload_id": str(uuid4()), "md5": "a" * 32} | {missing: ""}
        body = client.form(*(text(*field) for field in fields.items()))
        answer = send(Sent("/api/upload/complete/", client.headers(), body))
        assert answer.status == (400 if missing == "upload_id" else 404)
    assert not Upload.objects.exists()


def test_without_content_range_and_in_capitals(me: User, root: Path, send: Any) -> None:
    client = Web2024(me.pk, token_of(me), scheme="BEARER")
    answer = send(Sent("/api/upload/", client.headers(), client.form(blob(SMALL))))
    done = client.completion(answer.json["upload_id"], SMALL, "a.jpg")
    md5 = hashlib.md5(SMALL).hexdigest()
    upper = done.body.replace(md5.encode(), md5.upper().encode())
    assert send(Sent(done.path, done.headers, upper)).status == 200


def test_limits_are_told_at_the_first_chunk(
    me: User, root: Path, send: Any, settings: Any
) -> None:
    client = Mobile2024(me.pk, token_of(me))
    first, *_ = client.chunks(BIG, "a.jpg")
    settings.UPLOAD_MAX_MIB = 1
    assert send(first("", 0)).status == 413
    settings.UPLOAD_MAX_MIB = 100
    settings.UPLOAD_QUOTA_MIB = 1
    answer = send(first("", 0))
    assert answer.status == 507
    assert "may take 1 MiB" in answer.json["detail"]
    settings.UPLOAD_QUOTA_MIB = 0
    settings.MIN_FREE_MIB = 2**40
    answer = send(first("", 0))
    assert answer.status == 507
    assert "full" in answer.json["detail"]
    assert not Upload.objects.exists()
    assert left(settings) == []


@pytest.mark.parametrize(
    "told", ["../../../etc/cron.d/x.jpg", "..\\..\\x.jpg", "/etc/x.jpg", "x\0.jpg"]
)
def test_no_name_leads_out_of_the_folder(
    told: str, me: User, root: Path, send: Any, tmp_path: Path
) -> None:
    assert Web2024(me.pk, token_of(me)).upload(SMALL, told, send).status == 200
    assert landed(root) == {"x.jpg": SMALL}
    write_jpeg(tmp_path / "unrelated.jpg")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "data",
        "pictures",
        "unrelated.jpg",
    ]


@pytest.mark.parametrize(
    "field", ["filename", "md5", "offset", "size", "user", "upload_id"]
)
def test_a_field_that_the_database_cannot_hold(
    field: str, me: User, root: Path, send: Any, settings: Any
) -> None:
    """It is no error of the server, and leaves no bytes that nobody counts."""
    client = Web2024(me.pk, token_of(me))
    form = client.form(text(field, "a\0b"), blob(SMALL))
    answer = send(Sent("/api/upload/", client.headers(), form))
    assert answer.status in (200, 404)
    assert len(left(settings)) == Upload.objects.count()


def test_as_many_queries_for_the_twentieth_chunk_as_for_the_second(
    me: User, root: Path, send: Any, django_assert_num_queries: Any
) -> None:
    client = Web2024(me.pk, token_of(me))
    content = jpeg_of(1000)

    def chunk(upload: str, offset: int) -> Sent:
        [made] = client.chunks(content, "a.jpg")
        return made(upload, offset)

    upload = send(chunk("", 0)).json["upload_id"]
    for number in (1, 2, 20):
        offset = Upload.objects.get().received
        if number == 2:
            continue
        with django_assert_num_queries(7):
            assert send(chunk(upload, offset)).status == 200


def test_the_data_folder_on_another_disk(
    me: User, root: Path, send: Any, settings: Any, small_disk: Path
) -> None:
    """Then the file is copied, and a disk without room is told."""
    settings.MIN_FREE_MIB = 0
    me.scan_directories.update(path=os.fsencode(small_disk))
    client = Web2024(me.pk, token_of(me))
    assert client.upload(SMALL, "a.jpg", send).status == 200
    assert landed(small_disk) == {"a.jpg": SMALL}
    answer = client.upload(BIG, "b.jpg", send)
    assert answer.status == 507
    assert landed(small_disk) == {"a.jpg": SMALL}
    assert Upload.objects.filter(state="verified").count() == 1


def test_an_administrator_names_the_upload_directory(
    me: User, root: Path, settings: Any, client_of: Any
) -> None:
    settings.SCAN_ROOTS = [root]
    (root / "phone").mkdir()
    staff = client_of(UserFactory(admin=True))
    address = f"/api/manage/user/{me.pk}/"
    for told, stored in ((str(root / "phone"), str(root / "phone")), (None, "")):
        answer = staff.patch(address, {"upload_directory": told}, format="json")
        assert answer.status_code == 200
        assert answer.json()["upload_directory"] == stored
    refused = staff.patch(address, {"upload_directory": "/etc"}, format="json")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "upload_directory"


def test_an_upload_whose_bytes_are_lost_begins_anew(
    me: User, root: Path, send: Any, settings: Any
) -> None:
    """As where the database was restored from a backup."""
    client = Web2024(me.pk, token_of(me))
    first, *rest = client.chunks(BIG, "a.jpg")
    upload = send(first("", 0)).json["upload_id"]
    for name in left(settings):
        (settings.DATA / "uploads" / name).unlink()
    told = send(rest[0](upload, CHUNK))
    assert (told.status, told.json["offset"]) == (400, 0)
    offset = 0
    for chunk in (first, *rest):
        offset = send(chunk(upload, offset)).json["offset"]
    assert send(client.completion(upload, BIG, "a.jpg")).status == 200
    assert landed(root) == {"a.jpg": BIG}


@pytest.mark.parametrize("told", ["-1e15", "1e400", "nan", "0001-01-01", "tomorrow"])
def test_odd_times_of_devices(told: str, me: User, root: Path, send: Any) -> None:
    client = WebNewest(me.pk, token_of(me), created_at=told)
    assert client.upload(SMALL, "a.jpg", send).status == 200
