"""Uploads through the web server: taken apart while they come, and stored once."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import close_old_connections

from librephotos.api.http.tokens import SignInToken
from librephotos.api.models import Upload, User
from librephotos.web.body_limits import largest_body
from librephotos.web.wsgi import application
from tests.factories import UserFactory
from tests.support.scanning import library
from tests.support.server import wait_for
from tests.support.uploads import (
    CHUNK,
    CLIENTS,
    Answered,
    Client,
    MobileNewest,
    Sent,
    Web2024,
    blob,
    jpeg_of,
    text,
)
from tests.support.web_process import WebProcess, everything, web_process

BIG = jpeg_of(2 * CHUNK + 345)[: 2 * CHUNK + 345]
TYPES = "application/json"


@pytest.fixture
def owner(transactional_db: None, settings: Any, tmp_path: Path) -> User:
    """A user with a folder, on a data folder of its own."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    user = UserFactory()
    library(user, tmp_path / "pictures")
    return user


@pytest.fixture
def web(owner: User) -> Iterator[WebProcess]:
    """The web server around the application."""

    def answered(environ: Any, start_response: Any) -> Any:
        try:
            return application(environ, start_response)
        finally:
            close_old_connections()

    with web_process(answered, body_limit=largest_body) as process:
        yield process


def token_of(user: User) -> str:
    """Return an access token."""
    return str(SignInToken.for_user(user).access_token)


def raw(request: Sent, *, length: int | None = None) -> bytes:
    """Return the bytes of a request."""
    lines = [f"POST {request.path} HTTP/1.1", "Host: localhost", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    lines.append(f"Content-Length: {len(request.body) if length is None else length}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + request.body


def through(web: WebProcess, *, at_once: int = 2**16) -> Any:
    """Return what sends requests over a socket, so many bytes at a time."""

    def send(request: Sent) -> Answered:
        message = raw(request)
        with web.connect() as client:
            for start in range(0, len(message), at_once):
                client.sendall(message[start : start + at_once])
            return read(client)

    return send


def read(client: socket.socket) -> Answered:
    """Return the answer that comes on a connection."""
    head, _, body = everything(client).partition(b"\r\n\r\n")
    return Answered(int(head.split()[1]), json.loads(body))


def left(settings: Any) -> list[str]:
    """Return what lies in the data folder of uploads."""
    folder = settings.DATA / "uploads"
    return os.listdir(folder) if folder.exists() else []


@pytest.mark.parametrize("kind", CLIENTS)
def test_each_client_uploads(
    kind: type[Client], owner: User, web: WebProcess, settings: Any, tmp_path: Path
) -> None:
    client = kind(owner.pk, token_of(owner))
    answer = client.upload(BIG, "IMG_1.JPG", through(web, at_once=70_001))
    assert answer.status == 200, client.answers
    landed = tmp_path / "pictures" / "uploads" / "web" / "IMG_1.JPG"
    assert landed.read_bytes() == BIG
    wait_for(lambda: not left(settings), "the bodies are removed")


@pytest.mark.parametrize("at_once", [1, 3, 17])
def test_however_the_bytes_arrive(
    at_once: int, owner: User, web: WebProcess, tmp_path: Path
) -> None:
    content = jpeg_of(3000) + b"\r\n--b0undary-5d0c.ap" + b"\r\n--b0undary-5d0\r"
    client = MobileNewest(owner.pk, token_of(owner))
    answer = client.upload(content, "a.jpg", through(web, at_once=at_once))
    assert answer.status == 200, client.answers
    landed = tmp_path / "pictures" / "uploads" / "web" / "a.jpg"
    assert landed.read_bytes() == content


def test_a_connection_that_is_cut_leaves_nothing(
    owner: User, web: WebProcess, settings: Any
) -> None:
    client = MobileNewest(owner.pk, token_of(owner))
    [chunk] = client.chunks(BIG, "a.jpg")
    message = raw(chunk("", 0))
    with web.connect() as cut:
        cut.sendall(message[: len(message) // 2])
        wait_for(lambda: left(settings), "the body comes")
    wait_for(lambda: not left(settings), "what has come is removed")
    assert not Upload.objects.exists()
    assert client.upload(BIG, "a.jpg", through(web)).status == 200


def test_a_cut_between_the_chunks_is_gone_on_from(owner: User, web: WebProcess) -> None:
    client = Web2024(owner.pk, token_of(owner))
    send = through(web)
    first, second, third = client.chunks(BIG, "a.jpg")
    upload = send(first("", 0)).json["upload_id"]
    message = raw(second(upload, CHUNK))
    with web.connect() as cut:
        cut.sendall(message[: len(message) // 2])
    assert send(second(upload, CHUNK)).json["offset"] == 2 * CHUNK
    with web.connect() as deaf:  # it is stored, and nobody hears of it
        deaf.sendall(raw(third(upload, 2 * CHUNK)))
        wait_for(lambda: Upload.objects.get().received == len(BIG), "it is stored")
    assert send(third(upload, 2 * CHUNK)).json["offset"] == len(BIG)
    assert send(client.completion(upload, BIG, "a.jpg")).status == 200


@pytest.mark.parametrize("token", ["", "wrong"])
def test_what_nobody_has_signed_is_read_and_thrown_away(
    token: str, owner: User, web: WebProcess, settings: Any
) -> None:
    """It is read to its end, or the client would see no answer."""
    content = jpeg_of(5 * 2**20)
    client = MobileNewest(owner.pk, token)
    [chunk] = client.chunks(content, "a.jpg")
    message = raw(chunk("", 0))
    with web.connect() as connection:
        connection.sendall(message[:-100])
        assert left(settings) == []
        connection.sendall(message[-100:])
        answer = read(connection)
    assert answer.status == 401
    assert answer.json["detail"]


@pytest.fixture
def no_temporary_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever is put into a temporary file is refused (507)."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not-there"))


def in_chunks(request: Sent, method: str = "POST") -> bytes:
    """Return the bytes of a request that does not tell its length."""
    lines = [f"{method} {request.path} HTTP/1.1", "Host: localhost"]
    lines += ["Connection: close", "Transfer-Encoding: chunked"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    body = b"".join(
        b"%x\r\n%b\r\n" % (len(block), block)
        for start in range(0, len(request.body), 50_000)
        for block in [request.body[start : start + 50_000]]
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body + b"0\r\n\r\n"


def test_a_body_that_tells_no_length_is_taken_apart_too(
    owner: User,
    web: WebProcess,
    settings: Any,
    tmp_path: Path,
    no_temporary_files: None,
) -> None:
    client = MobileNewest(owner.pk, token_of(owner))
    [chunk] = client.chunks(BIG, "a.jpg")
    message = in_chunks(chunk("", 0))
    with web.connect() as sender:
        sender.sendall(message[: len(message) // 2])
        wait_for(lambda: left(settings), "the body comes")
        sender.sendall(message[len(message) // 2 :])
        answer = read(sender)
    assert answer.json["offset"] == len(BIG)
    done = client.completion(answer.json["upload_id"], BIG, "a.jpg")
    assert through(web)(done).status == 200
    assert (tmp_path / "pictures/uploads/web/a.jpg").read_bytes() == BIG


@pytest.mark.parametrize("path", ["/api/upload/", "/api/upload", "//api/upload/"])
def test_nothing_is_kept_of_what_tells_neither_length_nor_sender(
    path: str, owner: User, web: WebProcess, settings: Any, no_temporary_files: None
) -> None:
    """Or anybody could fill the disk."""
    [chunk] = MobileNewest(owner.pk, "").chunks(BIG, "a.jpg")
    request = chunk("", 0)
    with web.connect() as sender:
        sender.sendall(in_chunks(Sent(path, request.headers, request.body)))
        assert read(sender).status == 401
    assert left(settings) == []


def test_a_body_that_tells_no_length_is_no_longer_than_others(
    owner: User, web: WebProcess, settings: Any
) -> None:
    settings.UPLOAD_MAX_MIB = 1
    [chunk] = MobileNewest(owner.pk, token_of(owner)).chunks(BIG, "a.jpg")
    with web.connect() as sender:
        sender.sendall(in_chunks(chunk("", 0)))
        assert read(sender).status == 413
    assert left(settings) == []


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("PUT", "multipart/form-data"),
        ("PATCH", "multipart/form-data"),
        ("GET", "multipart/form-data"),
        ("POST", "multipart/mixed"),
        ("POST", "multipart/x"),
    ],
)
@pytest.mark.parametrize("chunked", [True, False])
def test_what_is_no_upload_is_not_long(
    method: str,
    kind: str,
    chunked: bool,
    owner: User,
    web: WebProcess,
) -> None:
    """It would lie in a temporary file before anybody asks who sends it."""
    [chunk] = MobileNewest(owner.pk, "").chunks(BIG, "a.jpg")
    sent = chunk("", 0)
    headers = {"Content-Type": f"{kind}; boundary=b"}
    request = Sent(sent.path, headers, sent.body)
    message = in_chunks(request, method)
    if not chunked:
        message = raw(request).replace(b"POST", method.encode(), 1)
    with web.connect() as sender:
        sender.sendall(message)
        assert read(sender).status == 413


def test_refused_in_words_after_the_body(
    owner: User, web: WebProcess, settings: Any
) -> None:
    send = through(web)
    client = MobileNewest(owner.pk, token_of(owner))
    settings.UPLOAD_MAX_MIB = 1
    large = client.upload(jpeg_of(3 * 2**20), "a.jpg", send)
    settings.UPLOAD_MAX_MIB = 100
    settings.MIN_FREE_MIB = 2**40
    full = client.upload(BIG, "a.jpg", send)
    settings.MIN_FREE_MIB = 0
    form = Sent("/api/upload/", client.headers(), client.form(blob(BIG))[:-20])
    assert send(form).status == 400
    many = client.form(*(text(f"field{n}", "x") for n in range(50)))
    assert send(Sent("/api/upload/", client.headers(), many)).status == 400
    long = client.form(text("md5", "x" * 100_000), blob(BIG))
    assert send(Sent("/api/upload/", client.headers(), long)).status == 400
    statuses = [answer.status for answer in client.answers]
    assert statuses[:1] + statuses[2:3] == [413, 507]
    assert (large.status, full.status) == (400, 400)  # without an upload_id
    wait_for(lambda: not left(settings), "the bodies are removed")


def test_the_other_addresses_take_no_large_bodies(owner: User, web: WebProcess) -> None:
    client = MobileNewest(owner.pk, token_of(owner))
    for path in ("/api/upload/complete/", "/api/upload/x/", "/api/uploads/"):
        request = Sent(path, client.headers(), b"")
        with web.connect() as connection:
            connection.sendall(raw(request, length=2**30))
            assert read(connection).status == 413


def test_much_takes_no_memory(owner: User, web: WebProcess, tmp_path: Path) -> None:
    """It lies on the disk of the data folder alone, and once."""
    block = jpeg_of(2**20)[: 2**20]
    blocks = 200
    client = MobileNewest(owner.pk, token_of(owner))
    before, _, after = client.form(blob(b"|", name="a.jpg")).partition(b"|")
    length = len(before) + blocks * len(block) + len(after)
    digest = hashlib.md5()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with web.connect() as connection:
        connection.sendall(
            raw(Sent("/api/upload/", client.headers(), before), length=length)
        )
        for _ in range(blocks):
            connection.sendall(block)
            digest.update(block)
        [spool] = os.listdir(tmp_path / "data" / "uploads")
        assert spool.startswith("incoming-")
        inode = (tmp_path / "data" / "uploads" / spool).stat().st_ino
        connection.sendall(after)
        answer = read(connection)
    assert answer.json["offset"] == blocks * len(block)
    request = client.completion(answer.json["upload_id"], b"", "a.jpg")
    empty, real = hashlib.md5(b"").hexdigest(), digest.hexdigest()
    body = request.body.replace(empty.encode(), real.encode())
    assert through(web)(Sent(request.path, request.headers, body)).status == 200
    landed = tmp_path / "pictures" / "uploads" / "web" / "a.jpg"
    assert landed.stat().st_size == blocks * len(block)
    assert landed.stat().st_ino == inode
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak
    assert grown_kib < 40 * 1024
