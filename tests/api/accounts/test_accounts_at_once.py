"""Accounts that two requests change, or make, at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connections, transaction
from django.test import Client

from librephotos.api.models import SiteSettings, User
from tests.factories import UserFactory
from tests.support.locks import somebody_waits
from tests.support.server import wait_for

SITE = "/api/django-admin/api"
NEW = "longer than before 7"


@pytest.fixture
def browser(transactional_db: None) -> Client:
    """A browser signed in to the Django admin."""
    found = Client()
    found.force_login(UserFactory(admin=True))
    return found


def alone(request: Callable[[], Any]) -> Any:
    """Send a request from a thread of its own."""
    try:
        return request()
    finally:
        connections.close_all()


@pytest.mark.parametrize("page", ["change", "password"])
def test_the_admin_sets_nothing_back_that_changes_meanwhile(
    browser: Client, page: str
) -> None:
    user = UserFactory()
    path = f"{SITE}/user/{user.pk}"
    sent = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    if page == "change":
        sent = {"username": user.username, "first_name": "Bo", "is_active": "on"}
        sent |= {"date_joined_0": "2024-05-06", "date_joined_1": "07:08:09"}
        counts = ("TOTAL_FORMS", "INITIAL_FORMS")
        sent |= {f"scan_directories-{name}": "0" for name in counts}
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            row = User.objects.select_for_update().get(pk=user.pk)
            answer = other.submit(alone, lambda: browser.post(f"{path}/{page}/", sent))
            wait_for(somebody_waits, "the admin waits for the row")
            row.avatar, row.public_sharing = "avatars/new.png", True
            row.save()
        assert answer.result().status_code == 302
    user.refresh_from_db()
    assert (user.avatar.name, user.public_sharing) == ("avatars/new.png", True)
    assert user.first_name == "Bo" or user.check_password(NEW)


def take_turn() -> None:
    """Do what only one may do at a time; raise OperationalError if one has to wait."""
    with transaction.atomic():
        SiteSettings.objects.select_for_update(nowait=True).get()


class WhileOthersGoOn(MD5PasswordHasher):
    """Finds out whether anybody has to wait while a password is hashed."""

    algorithm = "while_others_go_on"

    def encode(self, password: str, salt: str) -> str:
        with ThreadPoolExecutor(1) as other:
            other.submit(alone, take_turn).result()
        return super().encode(password, salt)


def test_nobody_waits_while_the_password_of_a_new_account_is_hashed(
    transactional_db: None, client_of: Any, settings: Any
) -> None:
    admin = UserFactory(admin=True)
    SiteSettings.current().save()
    client = client_of(admin)
    settings.PASSWORD_HASHERS = [f"{__name__}.WhileOthersGoOn"]
    body = {"username": "anna", "password": NEW}
    assert client.post("/api/user/", body, format="json").status_code == 201
    assert User.objects.get(username="anna").password.startswith("while_others")
