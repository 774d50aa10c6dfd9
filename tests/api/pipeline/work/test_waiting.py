"""Requests that wait for a worker leave the web server to all others."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from librephotos.api.http.tokens import SignInToken
from librephotos.api.models import Photo, PhotoEmbedding, User
from librephotos.api.services.waiting import LEFT_FREE, Caller, Places
from tests.factories import UserFactory
from tests.ml.im2txt import tiny_models
from tests.support.models.model_folders import BLIP, CLIP, configure
from tests.support.own_web import Answer, OwnWeb, own_web
from tests.support.scanning import Library, write_jpeg
from tests.support.server import wait_for
from tests.support.workers import a_worker_that_takes_nothing

THREADS = 8
EACH = 2 * THREADS
"""Requests of one kind: enough for all threads, and for as many more."""


@pytest.fixture
def published(photos: Library, models: Path) -> Library:
    """Public photos of a user, with vectors, and with a model for captions."""
    (models / BLIP).mkdir()
    tiny_models.write_blip(models / BLIP, steps=1)
    for number in range(EACH):
        write_jpeg(photos.root / f"{number}.jpg", seed=number)
    photos.scan()
    Photo.objects.update(public=True)
    User.objects.update(public_sharing=True, semantic_search_topk=10)
    for photo in Photo.objects.all():
        PhotoEmbedding.objects.create(
            photo=photo, owner=photo.owner, model=CLIP, vector=[1.0, 0.0]
        )
    configure(semantic_search_model=CLIP, captioning_model=BLIP)
    return photos


@pytest.fixture
def web(published: Library, tmp_path: Path) -> Iterator[OwnWeb]:
    """A web server that takes a worker to be there, which is not."""
    with (
        own_web(tmp_path / "data", threads=THREADS) as running,
        a_worker_that_takes_nothing(),
    ):
        yield running


@pytest.fixture
def hashes(published: Library) -> list[str]:
    return list(Photo.objects.values_list("image_hash", flat=True))


def token_of(user: User) -> str:
    return str(SignInToken.for_user(user).access_token)


def nobodys_copies(hashes: list[str], owner: User) -> list[tuple[Any, ...]]:
    return [(f"/media/photos/{hash}",) for hash in hashes]


def anothers_copies(hashes: list[str], owner: User) -> list[tuple[Any, ...]]:
    other = token_of(UserFactory())
    return [(f"/media/photos/{hash}", other) for hash in hashes]


def searches(hashes: list[str], owner: User) -> list[tuple[Any, ...]]:
    token = token_of(owner)
    return [
        (f"/api/photos/searchlist/?search=lake{n}", token) for n in range(len(hashes))
    ]


def captions(hashes: list[str], owner: User) -> list[tuple[Any, ...]]:
    path, token = "/api/photosedit/generateim2txt/", token_of(owner)
    return [(path, token, json.dumps({"image_hash": hash})) for hash in hashes]


KINDS = (nobodys_copies, anothers_copies, searches, captions)


@contextmanager
def asked(web: OwnWeb, requests: list[tuple[Any, ...]]) -> Iterator[list[Future[Any]]]:
    """Send all requests at once; what waits goes on when the context ends."""

    def ask(path: str, token: str = "", body: str = "") -> Answer:
        return web.ask(path, token, body=body, method="POST" if body else "GET")

    with ThreadPoolExecutor(len(requests)) as beside:
        yield [beside.submit(ask, *request) for request in requests]


def settled(pending: list[Future[Any]], most: int) -> bool:
    return sum(not one.done() for one in pending) <= most


@pytest.mark.parametrize("kinds", [KINDS[:1], KINDS])
def test_others_are_answered_while_requests_wait(
    web: OwnWeb, hashes: list[str], published: Library, kinds: tuple[Any, ...]
) -> None:
    owner = published.owner
    requests = [request for kind in kinds for request in kind(hashes, owner)]
    token = token_of(owner)
    with asked(web, requests) as sent:
        wait_for(lambda: settled(sent, 3), "those without a place")
        waiting = [one for one in sent if not one.done()]
        assert waiting
        assert web.ask("/api/healthz/ready").status == 200
        listed = web.ask("/api/photos/recentlyadded/", token)
        assert listed.status == 200 and json.loads(listed.body)["results"]
        assert any(not one.done() for one in waiting)
    for answer in (one.result() for one in sent):
        if answer.status != 200:  # a search without meaning, a caption that comes later
            assert answer.status == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert json.loads(answer.body)["errors"][0]["message"]


def taken(places: Places, caller: Caller, waiting: ExitStack) -> int:
    """Take as many places as the caller gets."""
    count = 0
    while waiting.enter_context(places.take(caller)):
        count += 1
    return count


ACCOUNTS = [Caller.account(number) for number in range(20)]
ADDRESSES = [Caller.address(f"192.0.2.{number}") for number in range(20)]


@pytest.mark.parametrize(
    ("threads", "all", "account", "anonymous", "address"),
    [(1, 0, 0, 0, 0), (2, 0, 0, 0, 0), (4, 1, 1, 1, 1), (8, 3, 2, 2, 1)]
    + [(16, 6, 4, 4, 2), (3, 1, 1, 1, 1)],
)
def test_the_shares_of_the_threads(
    threads: int, all: int, account: int, anonymous: int, address: int
) -> None:
    places = Places(threads)
    with ExitStack() as waiting:
        assert taken(places, ADDRESSES[0], waiting) == address
        strangers = sum(taken(places, one, waiting) for one in ADDRESSES[1:])
        assert address + strangers == anonymous
    with ExitStack() as waiting:
        assert taken(places, ACCOUNTS[0], waiting) == account
        rest = sum(taken(places, one, waiting) for one in ACCOUNTS[1:])
        assert account + rest == all
    with ExitStack() as waiting:  # all places were given back
        assert taken(places, ACCOUNTS[1], waiting) == account


def hashed(places: Places, under_way: ExitStack) -> int:
    """Hash as many passwords at once as may be."""
    count = 0
    while under_way.enter_context(places.take_to_hash()):
        count += 1
    return count


def all_waiting(places: Places, under_way: ExitStack) -> int:
    return sum(taken(places, one, under_way) for one in ACCOUNTS)


@pytest.mark.parametrize("threads", [1, 2, 3, 4, 5, 8, 16, 32])
@pytest.mark.parametrize("first", [hashed, all_waiting])
def test_two_threads_are_never_kept(threads: int, first: Any) -> None:
    second = hashed if first is all_waiting else all_waiting
    places = Places(threads)
    with ExitStack() as under_way:
        kept = first(places, under_way) + second(places, under_way)
        assert 1 <= kept <= max(1, threads - LEFT_FREE)
    with ExitStack() as under_way:  # all places were given back
        assert hashed(places, under_way) == min(4, max(1, threads - LEFT_FREE))


def test_passwords_are_hashed_while_others_wait_and_the_reverse() -> None:
    places = Places(8)
    with ExitStack() as under_way:
        assert all_waiting(places, under_way) == 3
        assert hashed(places, under_way) == 3
    with ExitStack() as under_way:
        assert hashed(places, under_way) == 4
        assert all_waiting(places, under_way) == 2


ANOTHER = """
import fcntl, sys
for turn in range(3):
    fcntl.lockf(int(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, turn)
print("hashes", flush=True)
input()
"""


def test_processes_hash_no_more_passwords_together_than_one() -> None:
    with tempfile.TemporaryFile() as turns:
        places = Places(8)
        places.share(8, turns=turns)
        other = subprocess.Popen(
            [sys.executable, "-c", ANOTHER, str(turns.fileno())],
            pass_fds=[turns.fileno()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        with other:
            assert other.stdout and other.stdout.readline() == b"hashes\n"
            with ExitStack() as under_way:
                assert hashed(places, under_way) == 1
            other.kill()
        with ExitStack() as under_way:  # it leaves nothing behind
            assert hashed(places, under_way) == 4
