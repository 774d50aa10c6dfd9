"""The page of those who come by a link, and where its address is not told."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

from librephotos.api.http import links
from librephotos.logs.formatter import LineFormatter

pytestmark = pytest.mark.django_db
SLUG = "kJ3nd82hfKd93jfnmSd9x2"


@pytest.fixture
def built(tmp_path, settings):
    """A page as the build leaves it."""
    (tmp_path / "ui").mkdir()
    for name in ("index", "visitor"):
        (tmp_path / "ui" / f"{name}.html").write_text(f"<!doctype html>{name}")
    settings.STATICFILES_DIRS = [tmp_path]


@pytest.mark.parametrize(
    ("path", "page"),
    [
        (f"/public/a/{SLUG}", b"visitor"),
        (f"/public/p/{SLUG}/", b"visitor"),
        ("/publicly", b"index"),
        ("/albums/3", b"index"),
    ],
)
def test_visitors_get_a_page_of_their_own(built, path, page):
    answer = Client().get(path)
    assert answer.status_code == 200 and page in answer.content


@pytest.mark.parametrize(
    "path",
    [
        f"/public/a/{SLUG}",
        f"/api/public/albums/s/{SLUG}/",
        f"/api/public/photo/{SLUG}/media/thumbnail/",
    ],
)
def test_no_site_and_no_search_engine_learns_an_address(built, path):
    answer = Client().get(path)
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert Client().get("/")["Referrer-Policy"] == "same-origin"
    assert "X-Robots-Tag" not in Client().get("/")


@pytest.mark.parametrize(
    "path",
    [
        f"/api/public/albums/s/{SLUG}/photos/1/media/small/",
        f"/api/public/albums/s/{SLUG}",
        f"/api/public/photo/{SLUG}/?page=1",
        f"http://photos.example.org/public/a/{SLUG}",
        f"'/public/p/{SLUG}'",
    ],
)
def test_no_log_tells_an_address(path):
    formatter = LineFormatter("{message}", style="{")
    record = logging.makeLogRecord(
        {"msg": "Internal Server Error: %s", "args": (path,)}
    )
    assert SLUG not in formatter.format(record)
    assert "/public/" in formatter.format(record)
    try:
        raise ValueError(path)
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    told = formatter.format(logging.makeLogRecord({"msg": "x", "exc_info": info}))
    assert SLUG not in told


def test_what_a_request_fails_with_is_logged_without_the_address(
    client_of, caplog, monkeypatch
):

    def fail(*_):
        raise RuntimeError("boom")

    monkeypatch.setattr(links, "is_slug", fail)
    client = client_of()
    client.raise_request_exception = False
    answer = client.get(f"/api/public/photo/{SLUG}/")
    assert answer.status_code == 500
    formatter = LineFormatter("{message}", style="{")
    told = "\n".join(formatter.format(record) for record in caplog.records)
    assert "boom" in told and SLUG not in told
