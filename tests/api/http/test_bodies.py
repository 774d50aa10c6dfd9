"""Bodies of requests that are too long, too deep, or not what they claim to be."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import URLResolver, get_resolver
from rest_framework.permissions import AllowAny
from rest_framework.test import APIClient

from librephotos.api.models import User
from librephotos.web.body_limits import KIB, MIB, largest_body
from tests.factories import PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db

TOKENS = ["obtain", "refresh", "blacklist"]
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def send(client: APIClient, path: str, body: str | bytes, kind: str = JSON) -> Any:
    return client.post(path, body, content_type=kind)


def refused(answer: Any, status: int = 400) -> None:
    assert answer.status_code == status, answer.content
    assert answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("endpoint", TOKENS)
@pytest.mark.parametrize("kind", [JSON, FORM, "multipart/form-data; boundary=b"])
def test_before_signing_in_64_kib_are_the_most(endpoint: str, kind: str) -> None:
    path = f"/api/auth/token/{endpoint}/"
    refused(send(APIClient(), path, " " * 64 * KIB + "{}", kind), 413)
    assert send(APIClient(), path, " " * (64 * KIB - 2) + "{}").status_code == 400


@pytest.mark.parametrize("kind", [JSON, FORM, "multipart/form-data; boundary=b"])
def test_a_sign_up_has_64_kib_at_most(kind: str) -> None:
    for path in ("/api/user/", "/api/user", "//api/user/"):
        refused(send(APIClient(), path, " " * 64 * KIB + "{}", kind), 413)
    assert (
        send(APIClient(), "/api/user/", " " * (64 * KIB - 2) + "{}").status_code < 413
    )


def test_nothing_longer_may_be_sent_by_those_who_have_not_signed_in() -> None:
    found = list(open_to_all(get_resolver().url_patterns))
    assert "/api/user/" in found and "/api/auth/token/obtain/" in found
    for path in found:
        for kind in (JSON, FORM, "multipart/form-data; boundary=b"):
            assert largest_body(path, kind) <= 64 * KIB, path


def open_to_all(patterns: Iterable[Any], start: str = "/") -> Iterator[str]:
    """The addresses at which a body is read before anybody has signed in."""
    for pattern in patterns:
        path = start + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from open_to_all(pattern.url_patterns, path)
        else:
            view = getattr(pattern.callback, "cls", None)
            writes = any(hasattr(view, name) for name in ("post", "put", "patch"))
            if view is None or (writes and AllowAny in view.permission_classes):
                yield path.replace("//", "/")


DEEP = 5000
NONSENSE: dict[str, str | bytes] = {
    "deep lists": "[" * DEEP + "]" * DEEP,
    "deep objects": '{"a":' * DEEP + "1" + "}" * DEEP,
    "deep within a field": '{"username":' + "[" * DEEP + "]" * DEEP + "}",
    "deep and never closed": "[" * DEEP,
    "deeper than the contract": "[" * 40 + "]" * 40,
    "a number of 5,000 digits": '{"username": ' + "1" * 5000 + "}",
    "a negative number of 20 digits": '{"username": -' + "9" * 20 + "}",
    "a number without end": '{"username": 1e999}',
    "not a number": '{"username": NaN}',
    "infinity": '{"username": -Infinity}',
    "nothing": "",
    "blanks": "   ",
    "a list": "[]",
    "a list of lists": "[[1], [2]]",
    "a text": '"username"',
    "a number": "1",
    "null": "null",
    "cut off": '{"username": "a',
    "two values": "{} {}",
    "single quotes": "{'username': 'a'}",
    "a comma too many": '{"username": "a",}',
    "no UTF-8": b'{"username": "\xff"}',
    "UTF-16": '{"username": "a"}'.encode("utf-16"),
    "a bare NUL": '{"username": "\0", "password": "a"}',
    "an object as name": '{"username": {"a": 1}, "password": ["b"]}',
    "repeated and wrong": '{"username": [], "username": {}, "password": "a"}',
}


@pytest.mark.parametrize("body", NONSENSE.values(), ids=NONSENSE)
@pytest.mark.parametrize("endpoint", TOKENS)
def test_json_that_makes_no_sense(endpoint: str, body: str | bytes) -> None:
    refused(send(APIClient(), f"/api/auth/token/{endpoint}/", body))


@pytest.mark.parametrize("body", NONSENSE.values(), ids=NONSENSE)
def test_json_that_makes_no_sense_of_a_user(
    client: APIClient, me: User, body: str | bytes
) -> None:
    for path in ("/api/photosedit/favorite/", "/api/labelfaces"):
        refused(send(client, path, body))


STRANGE = ["\0", "\ud800", "\udfff", "\u202e", "a" * 10_000, "\U0001f600"]


@pytest.mark.parametrize("text", STRANGE, ids=ascii)
def test_strange_texts_are_no_errors_of_ours(client: APIClient, text: str) -> None:
    bodies = {
        "/api/auth/token/obtain/": {"username": text, "password": text},
        "/api/auth/token/refresh/": {"refresh": text},
        "/api/photosedit/favorite/": {"image_hashes": [text], "favorite": True},
        "/api/photosedit/hide/": {
            "select_all": True,
            "query": {text: text},
            "excluded_hashes": [text],
            "hidden": True,
        },
        "/api/labelfaces": {"face_ids": [1], "person_name": text},
        "/api/photosedit/savecaption": {"image_hash": text, "caption": text},
        "/api/user/": {"username": text, "password": text, text: text},
    }
    for path, body in bodies.items():
        answer = send(client, path, json.dumps(body))
        assert answer.status_code < 500, path


def test_the_largest_selection_fits(client: APIClient, me: User) -> None:
    photo = PhotoFactory(owner=me)
    hashes = [photo.image_hash] + [f"{n:032x}{me.pk}" for n in range(99_999)]
    body = json.dumps({"image_hashes": hashes, "hidden": True})
    answer = send(client, "/api/photosedit/hide/", body)
    assert answer.status_code == 200
    assert answer.json()["updated_hashes"] == [photo.image_hash]


def test_the_largest_selection_fits_into_an_album(client: APIClient, me: User) -> None:
    photo = PhotoFactory(owner=me)
    others = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(99_999)]
    names = [str(photo.pk), *others]
    address = "/api/albums/user/edit/"
    made = send(client, address, json.dumps({"title": "Summer", "photos": names}))
    assert made.status_code == 400
    assert "99999 of these" in made.json()["errors"][0]["message"]
    body = {"title": "Summer", "photos": [str(photo.pk)], "removedPhotos": others}
    made = send(client, address, json.dumps(body))
    assert (made.status_code, made.json()["photos"]) == (201, [str(photo.pk)])
    emptied = client.patch(
        f"{address}{made.json()['id']}/",
        json.dumps({"removedPhotos": names}),
        content_type=JSON,
    )
    assert (emptied.status_code, emptied.json()["photos"]) == (200, [])


def test_more_than_a_selection_does_not(client: APIClient) -> None:
    body = json.dumps({"image_hashes": ["x" * 5 * MIB], "hidden": True})
    refused(send(client, "/api/photosedit/hide/", body), 413)
    refused(send(client, "/api/jobs/", " " * (MIB + 1)), 413)


def test_many_small_values_are_refused(client: APIClient) -> None:
    body = '{"image_hashes": [' + "[]," * 200_000 + "[]]}"
    refused(send(client, "/api/photosedit/hide/", body))


@pytest.mark.parametrize(
    ("fields", "status"), [(100_000, 413), (5_000, 400)], ids=["too long", "too many"]
)
def test_forms_of_many_fields(fields: int, status: int) -> None:
    form = "&".join(f"f{n}=1" for n in range(fields))
    refused(send(APIClient(), "/api/user/", form, FORM), status)


def test_a_long_form_after_signing_in(client: APIClient) -> None:
    form = "&".join(f"f{n}=1" for n in range(90_000))
    refused(send(client, "/api/photosedit/hide/", form, FORM))


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("text/plain", 415),
        ("application/xml", 415),
        ("nonsense", 415),
        (f"{JSON}; charset=utf-16", 400),
        (f"{JSON}; charset=nonsense", 400),
    ],
)
def test_other_kinds_of_bodies(kind: str, status: int) -> None:
    refused(send(APIClient(), "/api/auth/token/obtain/", '{"a": 1}', kind), status)


@pytest.mark.parametrize("boundary", ["", "; boundary=", "; boundary=\u00e4"])
def test_forms_without_a_boundary(client: APIClient, boundary: str) -> None:
    kind = f"multipart/form-data{boundary}"
    refused(send(client, "/api/photosedit/hide/", '{"a": 1}', kind))


@pytest.mark.parametrize("endpoint", ["obtain", "refresh", "blacklist"])
@pytest.mark.parametrize("kind", [MULTIPART_CONTENT, FORM, "text/plain"])
def test_forms_of_other_sites_change_no_sign_in(
    me: User, endpoint: str, kind: str
) -> None:
    """What a page anywhere can have a browser send touches neither cookie nor cache."""
    fields = {"username": me.username, "password": "secret", "refresh": "bad"}
    sent: str | bytes = urlencode(fields)
    if kind == MULTIPART_CONTENT:
        sent = encode_multipart(BOUNDARY, fields)
    answer = send(APIClient(), f"/api/auth/token/{endpoint}/", sent, kind)
    refused(answer, 415)
    assert not answer.cookies and "Clear-Site-Data" not in answer


@pytest.mark.parametrize(
    "length", ["-1", "nonsense", "9" * 30, "9" * 5000, "²", "64e3"]
)
def test_lengths_that_are_none(length: str) -> None:
    answer = APIClient().generic(
        "POST", "/api/auth/token/obtain/", "{}", JSON, CONTENT_LENGTH=length
    )
    refused(answer, 413)


def test_a_byte_order_mark_is_passed_over(me: User) -> None:
    body = b"\xef\xbb\xbf" + json.dumps({"username": "a", "password": "b"}).encode()
    assert send(APIClient(), "/api/auth/token/obtain/", body).status_code == 401


@pytest.mark.parametrize(
    ("path", "kind", "most"),
    [
        ("/api/auth/token/obtain/", JSON, 64 * KIB),
        ("//api/auth/token/obtain/", JSON, 64 * KIB),
        ("/api/user/", JSON, 64 * KIB),
        ("/api/user", JSON, 64 * KIB),
        ("//api/user/", "multipart/form-data; boundary=b", 64 * KIB),
        ("/api/django-admin/login/", FORM, 64 * KIB),
        ("/api/user/1/", JSON, MIB),
        ("/api/user/1/", "Multipart/Form-Data; boundary=b", 5 * MIB + 64 * KIB),
        ("/api/auth/token/obtain/", "multipart/form-data", 64 * KIB),
        ("/api/photosedit/setdeleted", JSON, 5 * MIB),
        ("/media/photos/1", JSON, 64 * KIB),
        ("/", "", 64 * KIB),
    ],
)
def test_what_may_be_sent_where(path: str, kind: str, most: int) -> None:
    assert largest_body(path, kind) == most


@pytest.mark.parametrize("kind", ["form", "multipart"])
def test_what_a_caller_sends_wrong_fills_no_log(
    client: APIClient, caplog: Any, kind: str
) -> None:
    fields = {f"a{number}": "x" for number in range(1010)}
    body, content_type = urlencode(fields), FORM
    if kind == "multipart":
        body = encode_multipart("b", fields).decode()
        content_type = "multipart/form-data; boundary=b"
    refused(send(client, "/api/photosedit/hide/", body, content_type))
    assert not caplog.records


def test_forms_without_their_token_fill_no_log(caplog: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/api/django-admin/login/", {"a": "b"}).status_code == 403
    assert not caplog.records


def test_the_cookies_of_the_admin_are_for_the_admin(me: User) -> None:
    """Browsers send cookies to every program of a host, whose paths are others."""
    admin = UserFactory(is_staff=True, is_superuser=True)
    admin.set_password("a-Long-one-7")
    admin.save()
    client, address = Client(), "/api/django-admin/login/"
    client.get(address)
    fields = {"username": admin.username, "password": "a-Long-one-7"}
    answer = client.post(address, fields)
    assert answer.status_code == 302
    assert {cookie["path"] for cookie in client.cookies.values()} == {
        "/api/django-admin/"
    }
    assert "sessionid" in client.cookies and "csrftoken" in client.cookies
