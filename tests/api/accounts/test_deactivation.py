"""Deactivating an account, and what it leaves the account with: nothing, at once."""

from __future__ import annotations

from base64 import b64encode

import pytest
from django.test import Client
from rest_framework.test import APIClient

from librephotos.api.models import Job, User
from librephotos.api.pipeline.learning.following import follow_up
from librephotos.api.pipeline.work import jobs
from tests.factories import PASSWORD, JobFactory, PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "/api/auth/token/obtain/"
REFRESH = "/api/auth/token/refresh/"
ADMIN_SITE = "/api/django-admin/"


@pytest.fixture
def admin() -> User:
    return UserFactory(admin=True)


@pytest.fixture
def set_active(client_of, admin):
    """Activate or deactivate an account as the administrator."""
    client = client_of(admin)

    def change(user: User, active: object, client=client):
        path = f"/api/manage/user/{user.pk}/"
        return client.patch(path, {"is_active": active}, format="json")

    return change


def sign_in(user: User, password: str = PASSWORD):
    body = {"username": user.username, "password": password}
    return APIClient().post(TOKEN, body, format="json")


def answers(signed_in, own: str) -> list[int]:
    """Return the statuses of what a sign-in opens: the API, pictures, a refresh."""
    tokens = signed_in.json()
    bearer, cookie = APIClient(), APIClient()
    bearer.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    cookie.cookies["jwt"] = signed_in.cookies["jwt"].value
    refresh = {"refresh": tokens["refresh"]}
    return [
        bearer.get("/api/jobs/").status_code,
        cookie.get(own).status_code,
        APIClient().post(REFRESH, refresh, format="json").status_code,
    ]


def test_a_deactivated_account_is_signed_out_at_once_and_for_good(set_active):
    photo = PhotoFactory()
    user, own = photo.owner, f"/media/photos/{photo.image_hash}"
    signed_in = sign_in(user)
    before = answers(signed_in, own)
    assert (before[0], before[2]) == (200, 200)

    deactivated = set_active(user, False)
    assert (deactivated.status_code, deactivated.json()["is_active"]) == (200, False)
    assert answers(signed_in, own) == [401, 403, 401]
    assert sign_in(user).status_code == 401
    basic, proof = APIClient(), f"{user.username}:{PASSWORD}".encode()
    basic.credentials(HTTP_AUTHORIZATION=f"Basic {b64encode(proof).decode()}")
    assert basic.get("/api/jobs/").status_code == 401

    activated = set_active(user, True)
    assert (activated.status_code, activated.json()["is_active"]) == (200, True)
    assert answers(signed_in, own) == [401, 403, 401]
    assert answers(sign_in(user), own) == before


def test_the_sessions_of_the_django_admin_end_as_well(set_active):
    other, browser = UserFactory(admin=True), Client()
    browser.force_login(other)
    assert browser.get(ADMIN_SITE).status_code == 200
    for active in (False, True):
        set_active(other, active)
        assert browser.get(ADMIN_SITE).status_code == 302


def test_jobs_of_a_deactivated_account_end_and_none_follow(set_active):
    photo = PhotoFactory()
    waiting = JobFactory(started_by=photo.owner)
    running = JobFactory(started_by=photo.owner, running=True)
    ended = JobFactory(started_by=photo.owner, done=True)
    others = JobFactory(running=True)
    assert set_active(photo.owner, False).status_code == 200
    for job in (waiting, running):
        job.refresh_from_db()
        assert (job.finished, job.cancelled, bool(job.started_at)) == (True, True, True)
    for job in (ended, others):
        job.refresh_from_db()
        assert not job.cancelled
    follow_up(finished=ended.pk)
    with pytest.raises(User.DoesNotExist):
        jobs.start_scan(user=photo.owner)
    assert not Job.objects.unfinished().exclude(pk=others.pk).exists()


def test_nobody_deactivates_themselves(set_active, admin):
    UserFactory(admin=True)
    refused = set_active(admin, False)
    assert refused.status_code == 400
    [error] = refused.json()["errors"]
    assert error == {
        "field": "is_active",
        "message": "You cannot deactivate your own account.",
    }
    admin.refresh_from_db()
    assert admin.is_active
    assert set_active(admin, True).status_code == 200


def test_the_last_active_administrator_stays(client_of, set_active, admin):
    other = UserFactory(admin=True)
    others_client = client_of(other)
    User.objects.filter(pk=admin.pk).update(is_superuser=False)  # staff from now on
    # Staff may change no superuser, so there is no way to deactivate the last one.
    assert set_active(other, False).status_code == 403
    assert set_active(admin, False, client=others_client).status_code == 200
    assert set_active(other, False, client=others_client).status_code == 400
    other.refresh_from_db()
    assert other.is_active


@pytest.mark.parametrize("value", ["perhaps", 17, [], {}])
def test_what_is_neither_yes_nor_no_is_refused(set_active, value):
    user = UserFactory()
    refused = set_active(user, value)
    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == ["is_active"]


def test_null_changes_nothing_as_with_all_that_clients_send_back(set_active):
    user = UserFactory(is_active=False)
    assert set_active(user, None).status_code == 200
    user.refresh_from_db()
    assert not user.is_active


def test_ordinary_users_activate_nobody(client_of, set_active):
    me, gone = UserFactory(), UserFactory(is_active=False)
    for user in (me, gone):
        assert set_active(user, True, client=client_of(me)).status_code == 403
    own = client_of(me).patch(f"/api/user/{me.pk}/", {"is_active": False})
    assert own.status_code == 200  # no key of this address, and so passed over
    me.refresh_from_db()
    assert me.is_active


def test_a_refusal_changes_nothing_else(set_active, client_of, admin):
    path = f"/api/manage/user/{admin.pk}/"
    sent = {"first_name": "Ada", "is_active": False}
    assert client_of(admin).patch(path, sent, format="json").status_code == 400
    admin.refresh_from_db()
    assert admin.first_name == ""
