"""Files are handed to the server, which sends and closes them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory
from waitress.buffers import ReadOnlyFileBasedBuffer

from librephotos.api.http.tokens import SignInToken
from librephotos.web.wsgi import application
from tests.factories import FileFactory, PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db
CONTENT = bytes(range(256)) * 4096


@pytest.fixture(autouse=True)
def kept_connection() -> Iterator[None]:
    """Leave the connection of the test open, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def request_for(tmp_path: Path) -> dict[str, Any]:
    """What a server gives an application that is asked for an original."""
    user = UserFactory()
    user.scan_directories.create(path=os.fsencode(tmp_path))
    path = tmp_path / "picture.jpg"
    path.write_bytes(CONTENT)
    photo = PhotoFactory(owner=user)
    FileFactory(photo=photo, path=os.fsencode(path), size=len(CONTENT))
    token = SignInToken.for_user(user).access_token
    request = RequestFactory().get(
        f"/media/photos/{photo.image_hash}",
        headers={"Authorization": f"Bearer {token}", "Host": "localhost"},
    )
    return {**request.META, "wsgi.file_wrapper": ReadOnlyFileBasedBuffer}


@pytest.mark.parametrize(
    ("asked", "first", "length"),
    [("", 0, len(CONTENT)), ("bytes=1000-1999", 1000, 1000), ("bytes=-5", -5, 5)],
)
def test_a_file_is_sent_by_the_server_and_ends_the_request_once(
    request_for: dict[str, Any], asked: str, first: int, length: int
) -> None:
    started: list[Any] = []
    ended: list[Any] = []

    def end(**_: Any) -> None:
        ended.append(1)

    request_finished.connect(end)
    try:
        answer = application(
            {**request_for, "HTTP_RANGE": asked}, lambda *told: started.append(told)
        )
        assert isinstance(answer, ReadOnlyFileBasedBuffer)
        assert answer.prepare(length) == length
        assert answer.get() == CONTENT[first:][:length]
        assert (started[0][0], ended) == (
            "206 Partial Content" if asked else "200 OK",
            [],
        )
        answer.close()
    finally:
        request_finished.disconnect(end)
    assert ended == [1]
    assert answer.file.closed
