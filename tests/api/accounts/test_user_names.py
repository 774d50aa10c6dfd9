"""No two accounts have names that look alike, whatever door they came in by."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from django.test import override_settings
from rest_framework.test import APIClient

from librephotos.api.models import SiteSettings, User
from librephotos.server import accounts
from librephotos.server.errors import ServerError
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

TAKEN = "finn.müller"
ALIKE = [
    *("finn.müller", "FINN.MÜLLER", "Finn.Müller", "  finn.müller  ", "finn.müller\n"),
    *("ﬁnn.müller", "ｆｉｎｎ.müller", "𝐟𝐢𝐧𝐧.müller", "ⓕⓘⓝⓝ.müller"),
    unicodedata.normalize("NFD", "finn.müller"),
    "finn.müller\u00a0",
]
NO_NAMES = [
    *("finn.müller\u200b", "\u2060finn.müller", "fi\u00adnn.müller", "finn\ufe0f"),
    *("finn.müller\u3164", "\uffa0finn", "\u115ffinn", "\u200e", "\u3164", "a b", ""),
    *("\u202efinn", "finn\x00", "finn\x1b[31m", "finn\ue000", "a/b", "ﷺ", "a" * 151),
    *("аdmin", "finn.mülleг", "ΑΒCd", "pаypal", "գoogle"),
]


def sign_up(name: str) -> bool:
    SiteSettings.objects.update_or_create(id=1, defaults={"allow_registration": True})
    body = {"username": name, "password": PASSWORD}
    answer = APIClient().post("/api/user/", body, format="json")
    assert answer.status_code in (201, 400), answer.content
    return answer.status_code == 201


def rename(name: str) -> bool:
    admin = APIClient()
    admin.force_authenticate(UserFactory(admin=True))
    path = f"/api/manage/user/{UserFactory().pk}/"
    answer = admin.patch(path, {"username": name}, format="json")
    assert answer.status_code in (200, 400), answer.content
    return answer.status_code == 200


def make_by_command(name: str) -> bool:
    try:
        accounts.create_account(name, PASSWORD)
    except ServerError as error:
        assert "\n" not in str(error)
        return False
    return True


def make_the_first(name: str) -> bool:
    with override_settings(ADMIN_USERNAME=name, ADMIN_PASSWORD=PASSWORD):
        try:
            accounts.first_admin()
        except ServerError:
            return False
    return True


def django_admin(client: Any, path: str, name: str) -> bool:
    client.force_login(UserFactory(admin=True))
    form = {"username": name, "password1": PASSWORD, "password2": PASSWORD}
    inline = {"scan_directories-TOTAL_FORMS": 0, "scan_directories-INITIAL_FORMS": 0}
    joined = {"date_joined_0": "2020-01-01", "date_joined_1": "00:00:00"}
    answer = client.post(path, {**form, **inline, **joined})
    assert answer.status_code in (200, 302), answer.content
    return answer.status_code == 302


DOORS = [sign_up, rename, make_by_command, make_the_first]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", ALIKE + NO_NAMES)
def test_neither_a_name_that_looks_like_another_nor_none(
    door: Callable[[str], bool], name: str
) -> None:
    UserFactory(username=TAKEN)
    assert not door(name)


@pytest.mark.parametrize("name", ["ﬁnn.müller", "FINN.MÜLLER", "аdmin", "\u3164"])
def test_neither_by_the_admin_of_django(client: Any, name: str) -> None:
    UserFactory(username=TAKEN)
    other = UserFactory()
    assert not django_admin(client, "/api/django-admin/api/user/add/", name)
    path = f"/api/django-admin/api/user/{other.pk}/change/"
    assert not django_admin(client, path, name)
    assert User.objects.filter(username=TAKEN).count() == 1


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Zoë", "zoë"),
        ("ＡＮＮＡ", "anna"),
        ("иван", "иван"),
        ("Ελένη2", "ελένη2"),
        ("山田taro", "山田taro"),
        ("a.b+c@example.org", "a.b+c@example.org"),
        ("weiß", "weiß"),
        (unicodedata.normalize("NFD", "José"), "josé"),
    ],
)
def test_names_are_kept_in_one_spelling(
    door: Callable[[str], bool], name: str, kept: str
) -> None:
    assert door(name)
    assert User.objects.filter(username=kept).exists()


@pytest.mark.parametrize("name", ALIKE[:-1])
def test_one_signs_in_by_any_spelling(name: str) -> None:
    user = UserFactory(username=TAKEN)
    body = {"username": name, "password": PASSWORD}
    answer = APIClient().post("/api/auth/token/obtain/", body, format="json")
    assert answer.status_code == 200
    assert User.objects.get_by_natural_key(name) == user


def test_names_of_before_stay_as_they_are(client: Any) -> None:
    """Two that look alike already: each signs in, and saves what it holds."""
    users = [UserFactory(username=name) for name in ("finn", "ﬁnn", "ΑΒcd")]
    admin = APIClient()
    admin.force_authenticate(UserFactory(admin=True))
    for user in users:
        body = {"username": user.username, "password": PASSWORD}
        answer = APIClient().post("/api/auth/token/obtain/", body, format="json")
        claims = answer.json()["access"]
        assert claims and User.objects.get_by_natural_key(user.username) == user
        path = f"/api/manage/user/{user.pk}/"
        sent = {"username": user.username, "first_name": "Anna"}
        assert admin.patch(path, sent, format="json").status_code == 200
        user.refresh_from_db()
        assert user.first_name == "Anna"
    assert not make_by_command("FINN")
    User.objects.filter(username="finn").delete()
    assert not make_by_command("finn")


def test_a_command_says_what_is_wrong() -> None:
    with pytest.raises(ServerError, match="Cyrillic and Latin"):
        accounts.create_account("аdmin", PASSWORD)


def sign_up_as(name: str) -> None:
    body = {"username": "ada", "password": PASSWORD, "first_name": name}
    answer = APIClient().post("/api/user/", {**body, "last_name": name}, format="json")
    assert answer.status_code == 201, answer.content


def change_own(name: str) -> None:
    client, user = APIClient(), UserFactory(username="ada")
    client.force_authenticate(user)
    body = {"first_name": name, "last_name": name}
    answer = client.patch(f"/api/user/{user.pk}/", body, format="json")
    assert answer.status_code == 200, answer.content


def change_as_administrator(name: str) -> None:
    client, user = APIClient(), UserFactory(username="ada")
    client.force_authenticate(UserFactory(admin=True))
    body = {"first_name": name, "last_name": name}
    answer = client.patch(f"/api/manage/user/{user.pk}/", body, format="json")
    assert answer.status_code == 200, answer.content


@pytest.mark.parametrize("door", [sign_up_as, change_own, change_as_administrator])
@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("\u202ennA\u2066", "nnA"),
        ("An\u200bna\ufeff\u2060", "Anna"),
        ("Anna\n\x1b[31m  Lee", "Anna [31m Lee"),
        ("\u2800", ""),
        ("\u115f\u1160\u3164\uffa0", ""),
        ("نگار\u200cسادات", "نگار\u200cسادات"),
        ("שרה 👩\u200d🚀", "שרה 👩\u200d🚀"),
    ],
)
def test_full_names_have_nothing_that_cannot_be_seen(
    door: Callable[[str], None], given: str, shown: str
) -> None:
    if door is sign_up_as:
        SiteSettings.objects.update_or_create(
            id=1, defaults={"allow_registration": True}
        )
    door(given)
    user = User.objects.get(username="ada")
    assert (user.first_name, user.last_name) == (shown, shown)
    client = APIClient()
    client.force_authenticate(UserFactory())
    rows = client.get("/api/user/").json()["results"]
    assert [row["first_name"] for row in rows if row["id"] == user.pk] == [shown]


@pytest.mark.parametrize("names", ["same", "others"])
def test_signing_up_is_limited(settings: Any, names: str) -> None:
    rates = {"login": None, "sign_up": "3/hour"}
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": rates,
    }
    UserFactory(admin=True)
    SiteSettings.objects.update_or_create(id=1, defaults={"allow_registration": True})

    def ask(number: int, address: str, caller: APIClient | None = None) -> Any:
        name = "same" if names == "same" else f"asker{number}"
        body = json.dumps({"username": name, "password": PASSWORD})
        return (caller or APIClient()).post(
            "/api/user/", body, content_type="application/json", REMOTE_ADDR=address
        )

    home = [f"2001:db8::{number}" for number in range(3)]
    assert all(ask(n, address).status_code < 429 for n, address in enumerate(home))
    refused = ask(3, "2001:db8::ffff")
    assert refused.status_code == 429 and int(refused["Retry-After"]) > 0
    assert refused.json()["errors"][0]["message"]
    many = [ask(n, f"192.0.2.{n}").status_code for n in range(4, 60)]
    assert sum(status < 429 for status in many) == 27
    admin = APIClient()
    admin.force_authenticate(UserFactory(admin=True))
    assert ask(100, home[0], admin).status_code in (201, 400)
    SiteSettings.objects.update(allow_registration=False)
    assert ask(101, "198.51.100.1").status_code == 401
