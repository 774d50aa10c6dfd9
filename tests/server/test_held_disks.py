"""A network drive that hangs in the middle of a file keeps no more than that file."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from librephotos.api.http.tokens import SignInToken
from librephotos.api.models import Photo, ScanDirectory, User
from librephotos.server.http.limits import Limits
from tests.factories import FileFactory, PhotoFactory, UserFactory
from tests.support.held_disk import held_disk
from tests.support.own_web import OwnWeb, own_web
from tests.support.server import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 8
CONTENT = bytes(range(256)) * 2000


@pytest.fixture
def owner() -> User:
    return UserFactory()


@contextmanager
def photos_on_a_disk(
    owner: User, folder: Path, *, hangs: str, count: int = 1
) -> Iterator[list[Photo]]:
    """Have photos whose files are found and opened, for as long as the disk hangs.

    `hangs` says in what: as `held_disk` names it.
    """
    ScanDirectory.objects.create(user=owner, path=os.fsencode(folder))
    files = {f"{number}.jpg": CONTENT for number in range(count)}
    photos = [PhotoFactory(owner=owner) for _ in files]
    for photo, name in zip(photos, files, strict=True):
        FileFactory(photo=photo, path=os.fsencode(folder / name), size=len(CONTENT))
    with held_disk(folder, files, **{hangs: set(files)}):
        yield photos


@pytest.fixture
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnWeb]:
    with own_web(tmp_path_factory.mktemp("data"), threads=THREADS) as running:
        yield running


def token_of(user: User) -> str:
    return str(SignInToken.for_user(user).access_token)


def begun(web: OwnWeb, photo: Photo) -> socket.socket:
    """Ask for an original, and take nothing of the answer."""
    client = socket.create_connection(("127.0.0.1", web.port), timeout=120)
    lines = (
        f"GET /media/photos/{photo.image_hash} HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {token_of(photo.owner)}",
    )
    client.sendall("\r\n".join((*lines, "", "")).encode())
    return client


def test_downloads_that_hang_hold_up_nobody(
    web: OwnWeb, owner: User, tmp_path: Path
) -> None:
    many = photos_on_a_disk(owner, tmp_path, hangs="held", count=4 * THREADS)
    with many as photos, ExitStack() as clients:
        for photo in photos:
            clients.enter_context(begun(web, photo))
        for _ in range(2 * THREADS):
            listed = web.ask("/api/photos/recentlyadded/", token_of(owner))
            assert listed.status == 200
        assert web.answers()


def test_downloads_that_hang_shut_no_address_out(
    web: OwnWeb, owner: User, tmp_path: Path
) -> None:
    allowed = Limits().connections_per_address
    many = photos_on_a_disk(owner, tmp_path, hangs="held", count=allowed)
    with many as photos:
        with ExitStack() as clients:
            waiting = [clients.enter_context(begun(web, photo)) for photo in photos]
            for client in waiting:  # its file is open, and is to be sent from now on
                assert client.recv(12) == b"HTTP/1.1 200"
        wait_for(web.answers, "an answer to the same address")
        assert web.ask("/api/photos/recentlyadded/", token_of(owner)).status == 200


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_files_that_cannot_be_closed_hold_up_nobody(
    web: OwnWeb, owner: User, tmp_path: Path, method: str
) -> None:
    token = token_of(owner)
    with photos_on_a_disk(owner, tmp_path, hangs="kept_open") as [photo]:
        for _ in range(2 * THREADS):
            answer = web.ask(f"/media/photos/{photo.image_hash}", token, method=method)
            # Once the disk is known to be silent, nobody waits for it.
            assert answer.status in (200, 503)
        assert web.answers()
