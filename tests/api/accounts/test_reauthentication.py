"""A stolen token is not enough to take an account over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from librephotos.api.http.tokens import SIGNED_IN_CLAIM, SignInToken
from librephotos.api.views.accounts.reauthentication import RECENT
from tests.api.accounts.test_auth import basic
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
NEW = "quite another thing"
SENSITIVE = [{"password": NEW}, {"email": "mine@example.org"}]


def signed_in_before(user, since: timedelta) -> APIClient:
    """A client whose sign-in is so old, with an access token that is not."""
    token = SignInToken.for_user(user)
    token[SIGNED_IN_CLAIM] -= int(since.total_seconds())
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token.access_token}")
    return client


def stale(user) -> APIClient:
    return signed_in_before(user, RECENT + timedelta(minutes=1))


@pytest.mark.parametrize("route", ["user", "manage/user"])
@pytest.mark.parametrize("change", SENSITIVE, ids=lambda change: next(iter(change)))
def test_the_current_password_is_asked_for(route, change):
    admin, user = UserFactory(admin=True), UserFactory()
    for account in (admin, user):
        path = f"/api/{route}/{account.pk}/"
        client = stale(admin)
        refused = client.patch(path, change, format="json")
        assert refused.status_code == 400
        told = {error["field"]: error["message"] for error in refused.json()["errors"]}
        assert list(told) == ["detail", "current_password"]
        wrong = client.patch(path, {**change, "current_password": "no"}, format="json")
        assert wrong.status_code == 400
        before = account.password, account.email
        account.refresh_from_db()
        assert (account.password, account.email) == before
        given = {**change, "current_password": PASSWORD}
        assert client.patch(path, given, format="json").status_code == 200
        account.refresh_from_db()
        assert (account.password, account.email) != before
        if "password" in change and account == admin:
            assert client.get(path).status_code == 401
            account.set_password(PASSWORD)
            account.save()


def test_somebody_elses_password_proves_nothing():
    admin, user = UserFactory(admin=True, password="admin's own one"), UserFactory()
    body = {"password": NEW, "current_password": PASSWORD}
    answer = stale(admin).patch(f"/api/manage/user/{user.pk}/", body, format="json")
    assert answer.status_code == 400


def test_clients_without_a_field_for_it_sign_in_again():
    user = UserFactory()
    path = f"/api/user/{user.pk}/"
    recent = signed_in_before(user, RECENT - timedelta(minutes=1))
    assert recent.patch(path, {"email": "new@example.org"}).status_code == 200
    body = {"email": "third@example.org"}
    assert basic(user.username, PASSWORD).patch(path, body).status_code == 200


def test_what_is_sent_back_unchanged_needs_no_proof():
    user = UserFactory()
    client, path = stale(user), f"/api/user/{user.pk}/"
    row = {**client.get(path).json(), "password": "", "first_name": "Ann"}
    assert client.patch(path, row, format="json").status_code == 200


def test_a_renewed_token_is_no_new_sign_in():
    user = UserFactory()
    token = SignInToken.for_user(user)
    token[SIGNED_IN_CLAIM] -= int(RECENT.total_seconds()) + 1
    path, body = "/api/auth/token/refresh/", {"refresh": str(token)}
    renewed = APIClient().post(path, body, format="json")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {renewed.json()['access']}")
    body = {"email": "new@example.org"}
    assert client.patch(f"/api/user/{user.pk}/", body).status_code == 400


def test_guesses_are_counted(settings):
    rates = {"DEFAULT_THROTTLE_RATES": {"login": "3/min"}}
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, **rates}
    user = UserFactory()
    client, path = stale(user), f"/api/user/{user.pk}/"
    statuses = [
        client.patch(path, {"current_password": word}).status_code
        for word in ("a", "b", "c", PASSWORD)
    ]
    assert statuses == [400, 400, 400, 429]


def test_making_an_administrator_asks_for_the_current_password():
    client = stale(UserFactory(admin=True))
    account = {"username": "grace", "password": NEW, "is_superuser": True}
    refused = client.post("/api/user/", account, format="json")
    assert refused.status_code == 400
    assert "current_password" in [row["field"] for row in refused.json()["errors"]]
    ordinary = {**account, "username": "ada", "is_superuser": False}
    assert client.post("/api/user/", ordinary, format="json").status_code == 201
    account["current_password"] = PASSWORD
    made = client.post("/api/user/", account, format="json")
    assert (made.status_code, made.json()["is_superuser"]) == (201, True)


def test_a_sign_in_before_the_clock_was_set_back_is_not_recent():
    user = UserFactory()
    client = signed_in_before(user, -timedelta(days=365))
    answer = client.patch(f"/api/user/{user.pk}/", SENSITIVE[0], format="json")
    assert answer.status_code == 400
