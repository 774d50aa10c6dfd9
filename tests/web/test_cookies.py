"""Cookies of anybody: what they cost, and that they get in nobody's way."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
LONGEST = 60_000
"""About what the header of a request may have."""

ALLOWED_S = 0.5
"""Time of a core for one request; reading backslashes one by one took far more."""


@pytest.mark.parametrize(
    ("before", "repeated", "after"),
    [
        ('jwt="', "\\", '"'),
        ('sessionid="', '\\"', '"'),
        ('csrftoken="', "\\101", '"'),
        ('other="', "\\\\", '"'),
        ('a="\\1"; b="', "\\4", '"'),
        ('"', "\\", '"'),
        ('a="', '\\";a="', '"'),
        ("", "a=b;", ""),
        ('a="', '"', '"'),
    ],
)
@pytest.mark.parametrize("path", ["/media/photos/1", "/"])
def test_no_cookie_takes_long_to_read(
    before: str, repeated: str, after: str, path: str
) -> None:
    header = before + repeated * (LONGEST // len(repeated)) + after
    began = time.process_time()
    answer = Client().get(path, HTTP_COOKIE=header)
    assert time.process_time() - began < ALLOWED_S
    assert answer.status_code < 500


def test_a_cookie_of_another_program_hides_none_of_ours() -> None:
    admin = Client()
    admin.force_login(UserFactory(is_superuser=True, is_staff=True))
    session = admin.cookies["sessionid"].value
    for beside in ('a="\\""; {}', '{}; a="\\101"', "\\=\\; {};b=\\"):
        header = beside.format(f"sessionid={session}")
        answer = Client().get("/api/django-admin/", HTTP_COOKIE=header)
        assert answer.status_code == 200, beside
