"""The page, its headers, and what lies beside it."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def built(tmp_path, settings):
    """A page as the build leaves it."""
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / "index.html").write_text("<!doctype html><title>Photos</title>")
    settings.STATICFILES_DIRS = [tmp_path]


@pytest.mark.parametrize("path", ["/", "/photo/0197", "/albums/user/3/", "/apiary"])
def test_every_path_of_the_page_serves_it(built, path):
    answer = Client().get(path)
    assert answer.status_code == 200
    assert b"<title>Photos" in answer.content
    assert answer["Cache-Control"] == "no-cache"


def test_a_page_that_is_not_built_says_how(tmp_path, settings):
    settings.STATICFILES_DIRS = [tmp_path]
    answer = Client().get("/")
    assert answer.status_code == 503
    assert b"script/setup" in answer.content


def test_files_of_a_page_that_is_built_anew_are_served_at_once(built, tmp_path):
    script = tmp_path / "ui" / "assets" / "index-AAAAAAAA.js"
    script.parent.mkdir()
    script.write_text("old")
    client = Client()
    assert b"".join(client.get("/static/ui/assets/index-AAAAAAAA.js")) == b"old"
    script.rename(script.with_name("index-BBBBBBBB.js")).write_text("newer")
    answer = client.get("/static/ui/assets/index-BBBBBBBB.js")
    assert (answer.status_code, b"".join(answer)) == (200, b"newer")
    assert "immutable" in answer["Cache-Control"]
    assert client.get("/static/ui/assets/index-AAAAAAAA.js").status_code == 404


@pytest.mark.parametrize("refreshing", [False, True])
def test_files_of_others_are_served_too(settings, refreshing):
    settings.WHITENOISE_AUTOREFRESH = refreshing
    answer = Client().get("/static/admin/css/base.css")
    assert answer.status_code == 200
    assert b"".join(answer)
    answer.close()


@pytest.mark.parametrize(
    "name", ["", "assets", "../secret", "..%2Fsecret", "/etc/passwd", "%00", "\\..\\x"]
)
def test_no_other_file_is_beside_the_page(built, tmp_path, name):
    (tmp_path / "ui" / "assets").mkdir()
    (tmp_path.parent / "secret").write_text("secret")
    assert Client().get(f"/static/ui/{name}").status_code == 404


def test_the_page_takes_no_posts(built):
    assert Client().post("/").status_code == 405


def test_unknown_addresses_of_the_api_are_no_page(built):
    answer = Client().get("/api/nothing")
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["field"] == "detail"


def test_the_policy_allows_our_own_only(built):
    answer = Client().get("/")
    policy = answer["Content-Security-Policy"].split("; ")
    assert policy == [
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/", "/static/ui/index.html"])
def test_no_other_origin_frames_the_page_or_reads_its_files(built, path):
    answer = Client().get(path, headers={"Origin": "http://127.0.0.1:9000"})
    assert answer.status_code == 200
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert "Access-Control-Allow-Origin" not in answer
    assert b"<title>Photos" in b"".join(answer)


@pytest.mark.parametrize("path", ["/api/django-admin/login/", "/api/firsttimesetup"])
def test_no_inline_code_elsewhere(path):
    assert "unsafe" not in Client().get(path)["Content-Security-Policy"]
