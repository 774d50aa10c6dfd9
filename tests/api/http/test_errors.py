"""The errors envelope."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from rest_framework.test import APIClient

from librephotos.api.http.errors import envelope
from librephotos.api.models import SiteSettings
from librephotos.full_disk import FULL
from tests.factories import PASSWORD, PhotoFactory, UserFactory
from tests.support.triggers import refusing


@pytest.mark.parametrize(
    "errors, expected",
    [
        ({"detail": "No."}, [("detail", "No.")]),
        ({"a": ["One.", "Two."], "b": "Three."}, [("a", "One. Two."), ("b", "Three.")]),
        (["One.", "Two."], [("detail", "One. Two.")]),
        ({"a": {"b": ["Deep."]}}, [("a", "b: Deep.")]),
        ({"a": [{}, {"b": ["Deep."]}]}, [("a", "b: Deep.")]),
        ("No.", [("detail", "No.")]),
    ],
)
def test_errors_of_any_shape_become_sentences(errors, expected):
    rows = envelope(errors)["errors"]
    assert [(row["field"], row["message"]) for row in rows] == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    "method, path, body, status",
    [
        ("get", "/api/nothing/here", None, 404),
        ("get", "/api/user/99999999999999999999/", None, 404),
        ("get", "/api/user/me/", None, 404),
        ("put", "/api/user/", "{}", 405),
        ("post", "/api/user/", "{not json", 400),
        ("post", "/api/user/", "[1, 2]", 400),
        ("post", "/api/user/", '"text"', 400),
        ("get", "/api/user/?limit=x&offset=-9", None, 200),
    ],
)
def test_every_error_has_the_envelope(client_of, method, path, body, status):
    client = client_of(UserFactory(admin=True))
    answer = getattr(client, method)(path, body, content_type="application/json")
    assert answer.status_code == status
    if status >= 400:
        [error] = answer.json()["errors"]
        assert set(error) == {"field", "message"}


@pytest.mark.django_db
def test_unknown_media_types_are_refused(client_of):
    client = client_of(UserFactory(admin=True))
    answer = client.post("/api/user/", "<a/>", content_type="text/xml")
    assert answer.status_code == 415
    assert answer.json()["errors"][0]["field"] == "detail"


@pytest.mark.django_db
def test_an_error_of_ours_has_the_envelope_and_tells_nothing(monkeypatch):
    def broken():
        raise ImproperlyConfigured("a secret of the configuration")

    monkeypatch.setattr(SiteSettings, "current", broken)
    answer = APIClient(raise_request_exception=False).get("/api/sitesettings")
    assert answer.status_code == 500
    assert "secret" not in answer.content.decode()
    assert answer.json()["errors"][0]["field"] == "detail"


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_said_so():
    connection = connections["default"]
    connection.close()
    connection.close_pool()
    place = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = "/nowhere"
    pool = connection.settings_dict["OPTIONS"].pop("pool", None)
    try:
        answer = APIClient().get("/api/healthz/postgresql")
        alive = APIClient().get("/api/healthz")
    finally:
        connection.settings_dict["HOST"] = place
        if pool:
            connection.settings_dict["OPTIONS"]["pool"] = pool
    assert answer.status_code == 503 and int(answer["Retry-After"]) > 0
    assert answer.json()["errors"][0]["message"].startswith("The database does not")
    assert alive.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/user/", "/api/django-admin/login/"])
def test_a_database_that_takes_no_changes_is_unavailable(path):
    """Within the API and beside it."""
    admin = UserFactory(admin=True)
    client = APIClient(raise_request_exception=False)
    body = {"username": admin.username, "password": PASSWORD}
    if path == "/api/user/":
        client.force_authenticate(admin)
        body = {"username": "another", "password": PASSWORD}
    with connections["default"].cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    answer = client.post(path, body)
    assert answer.status_code == 503 and int(answer["Retry-After"]) > 0
    assert answer.json()["errors"][0]["message"].startswith("The database does not")


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_of_the_database_is_told(client_of):
    photo = PhotoFactory()
    full = "could not extend file: No space left on device"
    with refusing("UPDATE", "true", says=full, table="api_photo", code="disk_full"):
        answer = client_of(photo.owner).post(
            "/api/photosedit/favorite/",
            {"image_hashes": [photo.image_hash], "favorite": True},
            content_type="application/json",
        )
    assert answer.status_code == 507
    assert answer.json()["errors"] == [{"field": "detail", "message": FULL}]
