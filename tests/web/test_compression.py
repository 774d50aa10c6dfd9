"""Answers are compressed where it helps and where nothing can be read from it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from json import loads as json_of
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from rest_framework.test import APIClient

from librephotos.web.compression import CompressionMiddleware, takes_gzip
from tests.factories import PhotoFactory, UserFactory

LONG = b'{"results": [' + b'{"location": "Lisbon"}, ' * 200 + b"{}]}"


def answered(
    response: HttpResponse | StreamingHttpResponse,
    accepted: str = "gzip, deflate, br",
    path: str = "/api/albums/date/list/",
) -> HttpResponse:
    """Return a response after the middleware."""
    request = RequestFactory().get(path, headers={"Accept-Encoding": accepted})

    def view(_: HttpRequest) -> HttpResponse:
        return response  # type: ignore[return-value]

    return CompressionMiddleware(view)(request)  # type: ignore[return-value]


def json(**headers: str) -> HttpResponse:
    return HttpResponse(LONG, content_type="application/json", headers=headers)


def test_json_is_compressed_for_those_who_take_it() -> None:
    response = answered(json())
    assert response["Content-Encoding"] == "gzip"
    assert response["Vary"] == "Accept-Encoding"
    assert gzip.decompress(response.content) == LONG
    assert int(response["Content-Length"]) == len(response.content) < len(LONG) / 5


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("", False),
        ("gzip", True),
        ("GZip", True),
        ("br;q=1, gzip;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip ; q=0.000, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("x-gzip-like", False),
        ("gzip;q=nonsense", False),
        (",,;;==", False),
    ],
)
def test_who_takes_gzip(accepted: str, taken: bool) -> None:
    assert takes_gzip(accepted) is taken
    response = answered(json(), accepted)
    assert response.has_header("Content-Encoding") is taken
    assert response["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(LONG, content_type="image/jpeg"),
        HttpResponse(LONG, content_type="video/mp4"),
        HttpResponse(LONG, content_type="application/octet-stream"),
        HttpResponse(b"{}", content_type="application/json"),
        json(**{"Content-Encoding": "br"}),
        json(**{"Content-Range": "bytes 0-1/2"}),
    ],
    ids=["picture", "video", "file", "short", "compressed", "part"],
)
def test_what_stays_as_it_is(response: HttpResponse) -> None:
    before = response.get("Content-Encoding")
    content = response.content
    after = answered(response)
    assert after.get("Content-Encoding") == before
    assert after.content == content
    assert after["Content-Length"] == str(len(content))


def test_streams_are_left_alone() -> None:
    response = answered(
        StreamingHttpResponse(iter([LONG]), content_type="application/json")
    )
    assert not response.has_header("Content-Encoding")
    assert not response.has_header("Content-Length")


@pytest.mark.parametrize(
    "path", ["/api/django-admin/login/", "/api/auth/token/obtain/"]
)
def test_secrets_are_left_alone(path: str) -> None:
    page = HttpResponse(b"<p>" * 1000, content_type="text/html")
    response = answered(page, path=path)
    assert not response.has_header("Content-Encoding")


def test_a_strong_etag_becomes_weak() -> None:
    assert answered(json(ETag='"a"'))["ETag"] == 'W/"a"'
    assert answered(json(ETag='W/"a"'))["ETag"] == 'W/"a"'
    assert answered(json(ETag='"a"'), accepted="")["ETag"] == '"a"'


@pytest.mark.django_db
def test_the_api_compresses_its_answers(client_of: Callable[..., APIClient]) -> None:
    owner = UserFactory()
    PhotoFactory.create_batch(30, owner=owner)
    address = "/api/photos/recentlyadded/"
    response = client_of(owner).get(address, HTTP_ACCEPT_ENCODING="gzip")
    assert response["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response["Vary"]
    assert len(json_of(gzip.decompress(response.content))["results"]) == 30


@pytest.mark.django_db
def test_the_description_of_the_api_is_compressed() -> None:
    client = Client(headers={"Accept-Encoding": "gzip"})
    response = client.get("/api/schema")
    assert response["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response["Vary"]
    assert b"openapi" in gzip.decompress(response.content)


@pytest.mark.parametrize("ending", [".js", ".css"])
def test_the_build_compresses_the_files_of_the_page(ending: str) -> None:
    from librephotos.settings.base import PACKAGE

    built = PACKAGE / "web" / "static" / "ui"
    files = [*built.rglob(f"*{ending}")]
    assert files
    for file in files:
        plain = file.read_bytes()
        shrunk = Path(f"{file}.gz").read_bytes()
        assert gzip.decompress(shrunk) == plain
        assert len(Path(f"{file}.br").read_bytes()) < len(shrunk) < len(plain)


@pytest.mark.parametrize(
    ("accepted", "encoding"), [("gzip, br", "br"), ("gzip", "gzip"), ("", None)]
)
@pytest.mark.django_db
def test_files_of_the_page_are_sent_compressed(
    client_of_statics: Callable[..., Client], accepted: str, encoding: str | None
) -> None:
    client, address = client_of_statics()
    response = client.get(address, headers={"Accept-Encoding": accepted})
    assert response.status_code == 200
    assert response.get("Content-Encoding") == encoding
    assert response["Vary"] == "Accept-Encoding"
    response.close()
    again = client.get(
        address,
        headers={"Accept-Encoding": accepted, "If-None-Match": response["ETag"]},
    )
    assert again.status_code == 304


@pytest.fixture
def client_of_statics() -> Callable[[], tuple[Client, str]]:
    from librephotos.settings.base import PACKAGE

    def client() -> tuple[Client, str]:
        assets = PACKAGE / "web" / "static" / "ui" / "assets"
        name = next(assets.glob("*.js")).name
        return Client(), f"/static/ui/assets/{name}"

    return client
