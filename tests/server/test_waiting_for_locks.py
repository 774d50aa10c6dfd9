"""The web server waits for the database for a time only; nobody else gives up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from librephotos.api.http.tokens import SignInToken
from librephotos.api.models import Photo, User
from librephotos.server.database import connection_arguments
from tests.factories import FaceFactory, PhotoFactory, UserFactory
from tests.support.own_web import Answer, OwnWeb, own_web

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]

THREADS = 8


@pytest.fixture
def owner(transactional_db: None) -> User:
    return UserFactory()


@pytest.fixture
def photo(owner: User) -> Photo:
    return PhotoFactory(owner=owner)


@contextmanager
def held(*statements: tuple[str, Any]) -> Iterator[None]:
    """Hold what these statements lock, in a transaction of another connection."""
    with psycopg.connect(**connection_arguments()) as other:
        for statement, arguments in statements:
            other.execute(statement, arguments)
        yield
        other.rollback()


def token_of(user: User) -> str:
    return str(SignInToken.for_user(user).access_token)


def refused(answer: Answer, sentence: str) -> bool:
    told = json.loads(answer.body)["errors"][0]["message"]
    return (
        answer.status == 503
        and int(answer.headers["Retry-After"]) > 0
        and sentence in told
    )


def test_requests_give_up_waiting_for_a_lock(
    tmp_path: Path, owner: User, photo: Photo
) -> None:
    token = token_of(owner)
    face = FaceFactory(photo=photo)

    def edit(web: OwnWeb, number: int) -> Answer:
        if number % 3 == 0:
            body = json.dumps({"first_name": f"Anna {number}"})
            path = f"/api/user/{owner.pk}/"
            return web.ask(path, token, method="PATCH", body=body)
        if number % 3 == 1:
            body = json.dumps({"image_hashes": [photo.image_hash], "favorite": True})
            return web.ask("/api/photosedit/favorite/", token, method="POST", body=body)
        body = json.dumps({"face_ids": [str(face.pk)], "person_name": "Bob"})
        return web.ask("/api/labelfaces", token, method="POST", body=body)

    row = "SELECT FROM {} WHERE id = %s FOR UPDATE"
    locks = [
        (row.format("api_user"), [owner.pk]),
        (row.format("api_photo"), [photo.pk]),
        ("SELECT pg_advisory_xact_lock(202, %s)", [owner.pk]),
    ]
    with own_web(tmp_path / "data", threads=THREADS) as web:
        with held(*locks), ThreadPoolExecutor(3 * THREADS) as beside:
            edits = [beside.submit(edit, web, n) for n in range(3 * THREADS)]
            # Behind those that hold all threads.
            assert web.ask("/api/healthz/ready").status in (200, 503)
            for one in edits:
                assert refused(one.result(), "being changed"), one.result()
        for number in range(3):
            assert edit(web, number).status == 200


def test_requests_give_up_a_statement_that_takes_too_long(
    tmp_path: Path, owner: User, photo: Photo
) -> None:
    whole_table = ("LOCK TABLE api_photo", None)
    limit = "-c statement_timeout=500"
    with own_web(tmp_path / "data", options=limit) as web, held(whole_table):
        answer = web.ask("/api/photos/recentlyadded/", token_of(owner))
    assert refused(answer, "too long")


@pytest.mark.parametrize("setting", ["lock_timeout", "statement_timeout"])
def test_workers_and_commands_wait_as_long_as_it_takes(setting: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {setting}")
        assert cursor.fetchone() == ("0",)
