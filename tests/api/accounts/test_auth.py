"""Signing in, staying signed in, signing out."""

from __future__ import annotations

import time
from base64 import b64encode
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import RequestFactory
from rest_framework.test import APIClient
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken

from librephotos.api.http.throttling import LoginThrottle, hashing
from librephotos.api.http.tokens import KEPT_REVOCATIONS, SignInToken
from librephotos.api.models import SiteSettings, ThrottleHistory, User
from librephotos.api.services.waiting import HASHED_AT_ONCE
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
OBTAIN = "/api/auth/token/obtain/"
REFRESH = "/api/auth/token/refresh/"
BLACKLIST = "/api/auth/token/blacklist/"


def sign_in(user, password=PASSWORD):
    credentials = {"username": user.username, "password": password}
    return APIClient().post(OBTAIN, credentials, format="json")


def request_of(address="127.0.0.1"):
    return RequestFactory(REMOTE_ADDR=address).get("/")


def fields(answer):
    return {error["field"]: error["message"] for error in answer.json()["errors"]}


def with_token(token):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def basic(name, password):
    client = APIClient()
    pair = b64encode(f"{name}:{password}".encode()).decode()
    client.credentials(HTTP_AUTHORIZATION=f"Basic {pair}")
    return client


@pytest.fixture
def login_rate(settings):
    """Let one name be tried three times a minute from one address."""
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {"login": "3/min"},
    }


def test_both_tokens_carry_all_claims():
    user = UserFactory(admin=True, first_name="Ada", confidence=0.5)
    user.scan_directories.create(path=b"/pictures")

    tokens = sign_in(user).json()

    for kind in ("access", "refresh"):
        claims = jwt.decode(tokens[kind], options={"verify_signature": False})
        assert claims["token_type"] == kind
        assert isinstance(claims["exp"], int) and isinstance(claims["iat"], int)
        del claims["exp"], claims["iat"], claims["jti"]
        del claims["session"], claims["hash_password"], claims["token_type"]
        assert abs(claims.pop("auth_time") - time.time()) < 600
        assert claims == {
            "user_id": user.pk,
            "name": user.username,
            "is_admin": True,
            "first_name": "Ada",
            "last_name": "",
            "scan_directory": "/pictures",
            "confidence": 0.5,
            "semantic_search_topk": 0,
            "nextcloud_server_address": None,
            "nextcloud_username": None,
            "ended": 0,
        }


def test_signing_in_sets_the_cookie_for_images(settings):
    settings.HTTPS = True
    answer = sign_in(UserFactory())
    cookie = answer.cookies["jwt"]
    claims = jwt.decode(cookie.value, options={"verify_signature": False})
    assert claims.keys() == {
        *("token_type", "exp", "iat", "jti", "user_id"),
        *("session", "hash_password", "ended"),
    }
    assert claims["token_type"] == "media"
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (
        "/media/",
        True,
        "Lax",
    )
    assert cookie["secure"] is True
    assert cookie["max-age"] == cookie["expires"] == ""
    assert answer["Access-Control-Allow-Credentials"] == "true"


def test_user_names_are_one_whatever_their_case():
    user = UserFactory(username="Ada")
    assert user.username == "ada"
    credentials = {"username": "ADA", "password": PASSWORD}
    assert APIClient().post(OBTAIN, credentials, format="json").status_code == 200


def test_spaces_around_a_password_belong_to_it():
    user = UserFactory(password=" secret ")
    assert sign_in(user, " secret ").status_code == 200
    assert sign_in(user, "secret").status_code == 401


def test_a_sign_in_is_remembered():
    user = UserFactory()
    sign_in(user)
    user.refresh_from_db()
    assert user.last_login is not None


@pytest.mark.parametrize("active", [True, False])
def test_refused_sign_in(active):
    user = UserFactory(is_active=active)
    answer = sign_in(user, "wrong" if active else PASSWORD)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    assert fields(answer) == {
        "detail": "No active account found with the given credentials"
    }
    assert "jwt" not in answer.cookies


def test_missing_credentials_are_named():
    answer = APIClient().post(OBTAIN, {"password": ""}, format="json")
    assert answer.status_code == 400
    assert fields(answer) == {
        "username": "This field is required.",
        "password": "This field may not be blank.",
    }


@pytest.mark.parametrize("known", [True, False])
def test_a_wrong_password_is_refused_in_time_with_argon2(settings, known):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    user = UserFactory() if known else User(username="nobody")
    sign_in(user, "wrong")  # imports the hasher
    # Neither how fast the machine is must count, nor what else it does.
    started = time.process_time()
    make_password("wrong")
    hashed = time.process_time()
    assert sign_in(user, "wrong").status_code == 401
    assert time.process_time() - hashed < 4 * (hashed - started)


def test_guessing_is_slowed_down_for_one_name_only(login_rate):
    user, other = UserFactory(), UserFactory()
    assert [sign_in(user, "wrong").status_code for _ in range(3)] == [401] * 3
    refused = sign_in(user)
    assert refused.status_code == 429
    assert "Retry-After" in refused
    assert fields(refused)["detail"].startswith("Request was throttled.")
    assert sign_in(other).status_code == 200
    assert basic(user.username, PASSWORD).get("/api/user/").status_code == 429


def test_right_passwords_are_not_counted(login_rate):
    user = UserFactory()
    assert {sign_in(user).status_code for _ in range(5)} == {200}


def test_guesses_sent_at_once_are_counted_too(login_rate):
    user = UserFactory()
    outcomes = Counter()
    with LoginThrottle(request_of(), user.username).attempt():
        outcomes.update(sign_in(user, "wrong").status_code for _ in range(4))
    assert outcomes == {401: 2, 429: 2}


def test_an_attempt_that_fails_for_another_reason_is_not_counted(login_rate):
    user = UserFactory()
    for _ in range(4):
        with pytest.raises(OSError):
            with LoginThrottle(request_of(), user.username).attempt():
                raise OSError
    assert sign_in(user).status_code == 200


def test_few_passwords_are_hashed_at_a_time():
    """The other threads of the web server answer meanwhile."""
    user = UserFactory()
    with ExitStack() as others:
        for _ in range(HASHED_AT_ONCE):
            others.enter_context(hashing())
        refused = sign_in(user)
        assert refused.status_code == 429
        assert refused["Retry-After"] == "1"
        assert basic(user.username, PASSWORD).get("/api/user/").status_code == 429
        assert APIClient().get("/api/healthz/").status_code == 200
    assert sign_in(user).status_code == 200


def test_an_address_that_tries_many_names_is_slowed_down(login_rate):
    for number in range(15):
        assert sign_in(User(username=f"name{number}"), "wrong").status_code == 401
    assert sign_in(UserFactory()).status_code == 429


def test_refresh_gives_an_access_token_with_the_claims_of_the_sign_in():
    user = UserFactory()
    refresh = sign_in(user).json()["refresh"]
    answer = APIClient().post(REFRESH, {"refresh": refresh}, format="json")
    assert answer.status_code == 200
    assert list(answer.json()) == ["access"]
    cookie = jwt.decode(
        answer.cookies["jwt"].value, options={"verify_signature": False}
    )
    assert cookie["token_type"] == "media"
    claims = jwt.decode(answer.json()["access"], options={"verify_signature": False})
    assert (claims["user_id"], claims["name"]) == (user.pk, user.username)
    client = with_token(answer.json()["access"])
    assert client.get(f"/api/user/{user.pk}/").status_code == 200


def test_a_refresh_token_gives_no_access():
    refresh = SignInToken.for_user(UserFactory())
    answer = with_token(refresh).get("/api/user/")
    assert answer.status_code == 401
    assert fields(answer)["code"] == "token_not_valid"


def test_an_access_token_does_not_refresh():
    access = SignInToken.for_user(UserFactory()).access_token
    answer = APIClient().post(REFRESH, {"refresh": str(access)}, format="json")
    assert answer.status_code == 401
    assert fields(answer)["code"] == "token_not_valid"


def change_password(user):
    user.set_password("another")
    user.save()


def deactivate(user):
    user.is_active = False
    user.save()


@pytest.mark.parametrize("end", [change_password, deactivate, User.delete])
def test_tokens_end_with_the_account_or_its_password(end):
    user = UserFactory()
    tokens = sign_in(user).json()
    end(user)
    refused = with_token(tokens["access"]).get("/api/user/")
    assert refused.status_code == 401
    assert fields(refused)["code"] == "token_not_valid"
    refresh = {"refresh": tokens["refresh"]}
    refused = APIClient().post(REFRESH, refresh, format="json")
    assert refused.status_code == 401
    assert fields(refused)["code"] == "token_not_valid"


def test_signing_out_ends_this_sign_in_alone():
    user = UserFactory()
    here, elsewhere = sign_in(user).json(), sign_in(user).json()
    refresh = {"refresh": here["refresh"]}

    answer = APIClient().post(BLACKLIST, refresh, format="json")

    assert (answer.status_code, answer.json()) == (200, {})
    assert forgets_pictures(answer)
    assert APIClient().post(REFRESH, refresh, format="json").status_code == 401
    assert with_token(here["access"]).get("/api/user/").status_code == 401
    assert with_token(elsewhere["access"]).get("/api/user/").status_code == 200
    again = APIClient().post(BLACKLIST, refresh, format="json")
    assert again.status_code == 401
    assert fields(again)["code"] == "token_not_valid"
    assert forgets_pictures(again)


def forgets_pictures(answer):
    cookie = answer.cookies["jwt"]
    gone = (cookie.value, cookie["path"], cookie["max-age"]) == ("", "/media/", 0)
    return gone and answer["Clear-Site-Data"] == '"cache"'


@pytest.mark.parametrize("end", [change_password, deactivate, User.delete])
def test_a_sign_in_that_cannot_go_on_takes_its_pictures_along(end):
    user = UserFactory()
    refresh = {"refresh": sign_in(user).json()["refresh"]}
    end(user)
    assert forgets_pictures(APIClient().post(REFRESH, refresh, format="json"))


def test_only_the_end_of_a_sign_in_forgets_pictures():
    user = UserFactory()
    answers = [
        sign_in(user),
        sign_in(user, "wrong"),
        APIClient().post(
            REFRESH, {"refresh": sign_in(user).json()["refresh"]}, format="json"
        ),
        APIClient().post(BLACKLIST, {}, format="json"),
    ]
    assert [answer.status_code for answer in answers] == [200, 401, 200, 400]
    assert not any("Clear-Site-Data" in answer for answer in answers)


def test_the_token_of_the_cookie_is_no_access_token():
    token = sign_in(UserFactory()).cookies["jwt"].value
    answer = with_token(token).get("/api/user/")
    assert answer.status_code == 401
    assert fields(answer)["code"] == "token_not_valid"
    for address in (REFRESH, BLACKLIST):
        refused = APIClient().post(address, {"refresh": token}, format="json")
        assert refused.status_code == 401


def test_the_cookie_opens_no_route_but_media():
    browser = APIClient()
    browser.cookies["jwt"] = sign_in(UserFactory(admin=True)).cookies["jwt"].value
    for path in ("photos/", "persons/", "jobs/", "stats/", "manage/user/", "dirtree/"):
        assert browser.get(f"/api/{path}").status_code == 401
    for path in ("scanphotos/", "photosedit/hide/", "labelfaces/"):
        assert browser.post(f"/api/{path}", {}, format="json").status_code == 401


def test_signing_out_forgets_sign_ins_that_ran_out_by_themselves():
    user = UserFactory()

    def end_a_sign_in_that_runs_out_in(minutes):
        token = SignInToken.for_user(user)
        token.set_exp(lifetime=timedelta(minutes=minutes))
        token.blacklist()
        return token["jti"]

    # Its last access token may have a minute left.
    still_used = end_a_sign_in_that_runs_out_in(-4)
    ran_out = end_a_sign_in_that_runs_out_in(-6)
    assert OutstandingToken.objects.filter(jti__in=[still_used, ran_out]).count() == 2
    others = [
        OutstandingToken(
            user=user, jti=str(number), expires_at=datetime.now(UTC) + timedelta(1)
        )
        for number in range(KEPT_REVOCATIONS)
    ]
    OutstandingToken.objects.bulk_create(others)

    refresh = {"refresh": sign_in(user).json()["refresh"]}
    APIClient().post(BLACKLIST, refresh, format="json")

    kept = OutstandingToken.objects.values_list("jti", flat=True)
    assert ran_out not in kept and still_used in kept
    assert len(kept) == KEPT_REVOCATIONS + 2


def test_a_sign_in_stays_ended_though_the_clock_was_ahead_meanwhile():
    """Somebody signs out while it is, which may forget what time has ended."""
    user = UserFactory()
    ended, other = sign_in(user).json(), sign_in(user).json()
    APIClient().post(BLACKLIST, {"refresh": ended["refresh"]}, format="json")
    # Which is what the row looks like in ten years.
    OutstandingToken.objects.update(expires_at=datetime(2016, 1, 1, tzinfo=UTC))
    APIClient().post(BLACKLIST, {"refresh": other["refresh"]}, format="json")
    again = {"refresh": ended["refresh"]}
    assert APIClient().post(REFRESH, again, format="json").status_code == 401
    assert with_token(ended["access"]).get("/api/user/").status_code == 401


@pytest.mark.parametrize("name", ["nul\0", "", "x" * 500, "\N{SNOWMAN}", "a:b"])
def test_names_that_nobody_can_have_are_refused_like_others(name):
    assert basic(name, PASSWORD).get("/api/user/").status_code == 401
    credentials = {"username": name, "password": PASSWORD}
    answer = APIClient().post(OBTAIN, credentials, format="json")
    assert answer.status_code in (400, 401) and fields(answer)


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !", "Basic AA==", "Basic //8=", "Bearer", "Bearer a b"]
)
def test_a_header_that_makes_no_sense_is_refused(header):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)
    answer = client.get("/api/user/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith('Bearer realm="api"')
    assert fields(answer)


@pytest.mark.parametrize("path", ["/api/sitesettings", "/api/firsttimesetup/"])
@pytest.mark.parametrize("kind", ["garbage", "expired", "foreign"])
def test_a_bad_token_is_refused_where_nobody_needs_one(path, kind):
    expired = AccessToken.for_user(UserFactory())
    expired.set_exp(lifetime=-timedelta(minutes=1))
    foreign = jwt.encode({"user_id": 1, "token_type": "access"}, "k" * 32)
    token = {"garbage": "garbage", "expired": str(expired), "foreign": foreign}[kind]
    answer = with_token(token).get(path)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    assert set(fields(answer)) == {"detail", "code", "messages"}
    assert fields(answer)["code"] == "token_not_valid"


def test_an_expired_token_does_not_keep_anybody_from_refreshing():
    user = UserFactory()
    client = with_token("expired")
    tokens = sign_in(user).json()
    refresh = {"refresh": tokens["refresh"]}
    assert client.post(REFRESH, refresh, format="json").status_code == 200


def test_basic_authentication():
    user = UserFactory()
    assert (
        basic(user.username, PASSWORD).get(f"/api/user/{user.pk}/").status_code == 200
    )
    refused = basic(user.username, "wrong").get("/api/sitesettings")
    assert refused.status_code == 401
    assert refused["WWW-Authenticate"] == 'Bearer realm="api"'
    assert list(fields(refused)) == ["detail"]


def test_the_cookie_opens_no_endpoint_of_the_api():
    client = APIClient()
    client.cookies["jwt"] = str(SignInToken.for_user(UserFactory()).access_token)
    assert client.get("/api/timezones/").status_code == 401
    assert client.get("/api/photos/").status_code == 401


def test_first_time_setup_until_there_is_a_superuser():
    UserFactory(staff=True)
    setup = APIClient().get("/api/firsttimesetup/")
    assert setup.json() == {"isFirstTimeSetup": True}
    UserFactory(admin=True)
    setup = APIClient().get("/api/firsttimesetup/")
    assert setup.json() == {"isFirstTimeSetup": False}


@pytest.mark.django_db(transaction=True)
def test_only_one_of_two_simultaneous_first_administrators_is_made():
    SiteSettings.objects.all().delete()

    def sign_up(name):
        try:
            account = {"username": name, "password": PASSWORD}
            return APIClient().post("/api/user/", account, format="json").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(sign_up, ["ada", "bob", "eve", "mallory"]))

    assert statuses == [201, 401, 401, 401]
    assert User.objects.filter(is_superuser=True).count() == 1
    assert User.objects.count() == 1


@pytest.mark.parametrize("ahead_s", [3600, 10 * 365 * 86_400])
def test_failures_before_the_clock_was_set_back_count_no_more(login_rate, ahead_s):
    user = UserFactory()
    request = RequestFactory().post(OBTAIN)
    future = time.time() + ahead_s
    for key, allowed in LoginThrottle(request, user.username).allowances.items():
        ThrottleHistory.objects.create(
            key=key, moments=[future] * (allowed + 1), until=future + 60
        )
    assert sign_in(user).status_code == 200
