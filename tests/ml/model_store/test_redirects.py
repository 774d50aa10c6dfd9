"""Redirects are followed to the internet, and to the host that was asked, alone."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

import httpx2
import pytest

from librephotos.ml.model_store import ModelState, ModelStore
from librephotos.ml.model_store.errors import NotServed
from librephotos.ml.model_store.redirects import check_redirect, is_public
from tests.ml.model_store.conftest import NAME, PLAIN, REPOSITORY, MakeStore
from tests.support.models.model_hub import ModelHub

INNER = (
    "127.0.0.2",
    "2130706434",  # the same in one number
    "0x7f.2",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "[::1]",
    "[::]",
    "[fe80::1]",
    "[fd00::1]",
    "[fec0::1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[::127.0.0.1]",
    "[64:ff9b::10.0.0.1]",
    "[64:ff9b:1::10.0.0.1]",
    "[2002:7f00:1::]",
    "224.0.0.1",
    "[ff02::1]",
)


@pytest.mark.parametrize("host", INNER)
def test_inner_addresses_are_not_followed(
    store: ModelStore, hub: ModelHub, host: str
) -> None:
    hub.redirect = f"http://{host}:{httpx2.URL(hub.url).port}/secret"
    with pytest.raises(NotServed, match="redirects to .*not followed"):
        store.download(NAME)
    assert store.state(NAME) is ModelState.PARTIAL
    assert "/secret" not in {request.path for request in hub.requests}


@pytest.fixture
def inner() -> Iterator[ModelHub]:
    """A service beside the hub, which the hub has no business with."""
    with ModelHub(host="127.0.0.2") as server:
        server.plain["/secret"] = b"of nobody's concern"
        yield server


def test_an_inner_service_gets_no_request(
    store: ModelStore, hub: ModelHub, inner: ModelHub
) -> None:
    hub.redirect = f"{inner.url}/secret"
    with pytest.raises(NotServed):
        store.download(NAME)
    assert inner.requests == []


def test_a_mirror_may_redirect_to_itself(
    make_store: MakeStore, hub: ModelHub, files: dict[str, bytes]
) -> None:
    with ModelHub() as beside:  # another port of the same host
        beside.plain["/elsewhere/model.safetensors"] = files["model.safetensors"]
        commit = hub.repositories[REPOSITORY].commit
        moved = f"/{REPOSITORY}/resolve/{commit}/model.safetensors"
        hub.moved[moved] = f"{beside.url}/elsewhere/model.safetensors"
        store = make_store()
        store.download(NAME)
        assert store.verify(NAME) == []
        assert beside.sent("model.safetensors") == len(files["model.safetensors"])


def test_redirects_come_to_an_end(store: ModelStore, hub: ModelHub) -> None:
    path = f"/{REPOSITORY}/resolve/{hub.repositories[REPOSITORY].commit}/tokenizer.json"
    hub.moved[path] = f"{hub.url}{path}"
    with pytest.raises(NotServed, match="again and again"):
        store.download(NAME)


def test_a_plain_address_that_redirects_is_no_exception(
    store: ModelStore, hub: ModelHub
) -> None:
    hub.moved["/models/labels.txt"] = "http://10.0.0.1/labels.txt"
    with pytest.raises(NotServed, match="10.0.0.1"):
        store.download(PLAIN)


@pytest.mark.parametrize(
    ("first", "last", "target"),
    [
        ("https://hub.example", "https://hub.example", "http://hub.example/file"),
        ("https://hub.example", "https://hub.example", "http://93.184.215.14/file"),
        ("http://hub.example", "https://cdn.example", "http://93.184.215.14/file"),
        ("https://hub.example", "https://hub.example", "https://localhost/file"),
        ("https://hub.example", "https://hub.example", "ftp://93.184.215.14/file"),
        ("http://10.0.0.1", "http://10.0.0.1", "http://10.0.0.2/file"),
        ("http://127.0.0.1", "http://93.184.215.14", "http://127.0.0.2/file"),
    ],
)
def test_steps_that_are_refused(first: str, last: str, target: str) -> None:
    with pytest.raises(NotServed, match="not followed"):
        check_redirect(*map(httpx2.URL, (first, last, target)))


@pytest.mark.parametrize(
    ("first", "target"),
    [
        ("http://hub.example", "https://hub.example/file"),
        ("https://hub.example", "https://93.184.215.14/file"),
        ("https://hub.example", "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/a"),
        ("http://10.0.0.1:8080", "https://10.0.0.1/file"),
        ("http://127.0.0.1", "http://localhost:8000/file"),
        ("http://127.0.0.1", "http://[::ffff:127.0.0.1]/file"),
    ],
)
def test_steps_that_are_taken(first: str, target: str) -> None:
    url = httpx2.URL(first)
    check_redirect(url, url, httpx2.URL(target))


def test_a_proxy_makes_no_inner_address_an_outer_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    url = httpx2.URL("https://hub.example")
    for target in ("https://10.0.0.1/", "https://nobody-knows.internal/"):
        with pytest.raises(NotServed):
            check_redirect(url, url, httpx2.URL(target))


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808"]
)
def test_addresses_of_the_internet(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))
