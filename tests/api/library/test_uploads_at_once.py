"""Uploads of one account that arrive at the same time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import Client as PlainClient

from librephotos.api.http.tokens import SignInToken
from librephotos.api.models import File, Upload, User
from librephotos.api.queries.library.uploads import bytes_of
from librephotos.api.services import uploads
from librephotos.api.storage.uploads import Spool
from tests.factories import UserFactory
from tests.support.locks import how_many_wait, somebody_waits
from tests.support.scanning import library
from tests.support.server import wait_for
from tests.support.uploads import CHUNK, Answered, Sent, Web2024, jpeg_of, through

MIB = 2**20
PICTURE = jpeg_of(700_000)
LATER_CHUNKS = jpeg_of(2 * CHUNK)[: CHUNK + 300_000]


@pytest.fixture
def me(transactional_db: None) -> User:
    """An ordinary user, of whom other connections know."""
    return UserFactory()


@pytest.fixture
def root(me: User, settings: Any, tmp_path: Path) -> Path:
    """One's folder, on a data folder of its own."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    return library(me, tmp_path / "pictures").root


@pytest.fixture
def client(me: User) -> Web2024:
    """A client that sends in chunks."""
    return Web2024(me.pk, str(SignInToken.for_user(me).access_token))


@pytest.fixture
def other() -> Iterator[ThreadPoolExecutor]:
    """A thread beside this one."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def spool_of(content: bytes) -> Spool:
    """Return bytes as the web server hands them on."""
    spool = Spool()
    spool.write(content)
    spool.finish()
    return spool


def sent(other: ThreadPoolExecutor, request: Sent) -> Future[Answered]:
    """Send a request from the other thread, and do not wait for its answer."""

    def send() -> Answered:
        try:
            return through(PlainClient())(request)
        finally:
            connections.close_all()

    return other.submit(send)


def receive_meanwhile(
    me: User, content: bytes, other: ThreadPoolExecutor, request: Sent
) -> Answered:
    """Begin an upload that is not committed before a request waits for that."""
    with transaction.atomic():
        uploads.receive(
            me, spool_of(content), upload="", start=None, told=uploads.Told()
        )
        answer = sent(other, request)
        while not somebody_waits():
            assert not answer.done(), answer.result()
    return answer.result()


def test_a_quota_holds_for_uploads_that_begin_at_once(
    me: User, root: Path, client: Web2024, other: ThreadPoolExecutor, settings: Any
) -> None:
    settings.UPLOAD_QUOTA_MIB = 1
    [first] = client.chunks(PICTURE, "a.jpg")
    answer = receive_meanwhile(me, PICTURE, other, first("", 0))
    assert answer.status == 507
    assert bytes_of(me) == len(PICTURE) < MIB
    assert len(list((settings.DATA / "uploads").iterdir())) == 1


def test_a_quota_holds_for_later_chunks(
    me: User, root: Path, client: Web2024, other: ThreadPoolExecutor, settings: Any
) -> None:
    first, later = client.chunks(LATER_CHUNKS, "b.jpg")
    upload = through(PlainClient())(first("", 0)).json["upload_id"]
    settings.UPLOAD_QUOTA_MIB = 2
    answer = receive_meanwhile(
        me, PICTURE + b"\0" * 300_000, other, later(upload, CHUNK)
    )
    assert answer.status == 507
    assert bytes_of(me) <= 2 * MIB
    assert Upload.objects.get(pk=upload).received == CHUNK


def test_the_same_file_from_two_clients_is_stored_once(
    me: User, root: Path, client: Web2024, other: ThreadPoolExecutor
) -> None:
    send = through(PlainClient())
    [first] = client.chunks(PICTURE, "a.jpg")
    mine, theirs = (send(first("", 0)).json["upload_id"] for _ in range(2))
    with transaction.atomic():
        said = uploads.Completion(md5=client.hash_of(PICTURE), file_name="a.jpg")
        uploads.complete(me, mine, said)
        answer = sent(other, client.completion(theirs, PICTURE, "b.jpg"))
        while not somebody_waits():
            assert not answer.done(), answer.result()
    assert answer.result().status == 200
    assert [path.name for path in (root / "uploads" / "web").iterdir()] == ["a.jpg"]
    imported = Upload.objects.values_list("pk", "imported")
    assert {str(pk): new for pk, new in imported} == {mine: True, theirs: False}


def uploaded(client: Web2024, count: int) -> list[Sent]:
    """Send a file so many times; return what completes these uploads."""
    [chunk] = client.chunks(PICTURE, "a.jpg")
    ids = [through(PlainClient())(chunk("", 0)).json["upload_id"] for _ in range(count)]
    return [client.completion(name, PICTURE, "a.jpg") for name in ids]


@pytest.mark.parametrize("count", [1, 2], ids=["the same upload", "the same file"])
def test_two_who_complete_at_once_get_one_file(
    client: Web2024, me: User, root: Path, count: int
) -> None:
    requests = (uploaded(client, count) * 2)[:2]
    with ThreadPoolExecutor(2) as others:
        with transaction.atomic():
            assert len(Upload.objects.select_for_update()) == count
            answers = [sent(others, request) for request in requests]
            wait_for(lambda: how_many_wait() == 2, "both wait for this one")
        told = [answer.result() for answer in answers]
    assert [answer.status for answer in told] == [200, 200]
    names = {(answer.json["filename"], answer.json["image_hash"]) for answer in told}
    assert names == {("a.jpg", f"{hashlib.md5(PICTURE).hexdigest()}{me.pk}")}
    folder = root / "uploads" / "web"
    assert [path.name for path in folder.iterdir()] == ["a.jpg"]
    assert (folder / "a.jpg").read_bytes() == PICTURE
    assert File.objects.count() == 1
    assert Upload.objects.filter(imported=True).count() == 1
