"""Signing in, staying signed in, signing out."""

from __future__ import annotations

import pytest

from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def test_wrong_password_is_refused(client_of):
    user = UserFactory()
    answer = client_of().post(
        "/api/auth/token/obtain/",
        {"username": user.username, "password": "wrong"},
        format="json",
    )
    assert answer.status_code == 401
    assert answer.json() == {
        "errors": [
            {
                "field": "detail",
                "message": "No active account found with the given credentials",
            }
        ]
    }
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_right_password(client_of):
    user = UserFactory()
    answer = client_of().post(
        "/api/auth/token/obtain/",
        {"username": user.username, "password": PASSWORD},
        format="json",
    )
    assert answer.status_code == 200
