"""Names that the server answers to, and where requests come from."""

from __future__ import annotations

import socket
from ipaddress import ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from librephotos.settings.env import Proxies, env_proxies
from librephotos.settings.hosts import own_names
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
HOST = socket.gethostname()
SHORT = HOST.partition(".")[0]


@pytest.mark.parametrize(
    "name",
    [
        "127.0.0.1",
        "192.0.2.7:8000",
        "[::1]",
        "[2001:db8::7]:8000",
        "localhost",
        "LOCALHOST:80",
        "localhost.",
        "photos.localhost",
        HOST,
        SHORT,
        SHORT.upper(),
        f"{SHORT}.local:8000",
    ],
)
def test_own_names_are_answered_to(name: str) -> None:
    assert Client().get("/api/healthz", HTTP_HOST=name).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "2130706433",
        "local",
        f"x{SHORT}",
        "a b",
        "",
        "localhost, evil.example",
        "localhost@evil.example",
        "localhost:evil",
        "[::1",
    ],
)
def test_other_names_are_refused(name: str) -> None:
    for path in ("/api/healthz", "/api/auth/token/obtain/", "/media/photos/1"):
        answer = Client().get(path, HTTP_HOST=name)
        assert answer.status_code == 400
        (error,) = answer.json()["errors"]
        assert "LIBREPHOTOS_ALLOWED_HOSTS" in error["message"] or "Host" in str(error)


def test_the_page_of_a_refused_name_says_how_to_allow_it() -> None:
    answer = Client().get("/", HTTP_HOST="photos.example")
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/html")
    page = answer.content.decode()
    assert "LIBREPHOTOS_ALLOWED_HOSTS=photos.example" in page
    assert Client().get("/static/ui/favicon.svg", HTTP_HOST="a.b").status_code == 400


def test_a_refused_name_is_not_run_as_a_page() -> None:
    answer = Client().get("/", HTTP_HOST="<script>alert(1)</script>")
    assert answer.status_code == 400
    assert b"<script" not in answer.content


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ("photos.example", "photos.example"),
        (".example", "photos.example"),
        ("*", "anything.at.all"),
    ],
)
def test_listed_names_are_answered_to(settings, listed: str, name: str) -> None:
    settings.HOSTS = [*settings.HOSTS, listed]
    assert Client().get("/api/healthz", HTTP_HOST=name).status_code == 200


def test_a_forwarded_host_is_not_believed() -> None:
    answer = Client().get(
        "/api/healthz", HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="localhost"
    )
    assert answer.status_code == 400


def test_own_names_are_those_of_the_machine(monkeypatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "Nas.Home.Example.")
    assert own_names()[2:] == ["nas.home.example", "nas", "nas.local"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        # Of a stranger, it is not believed; of a proxy, its own word is.
        ("192.0.2.9", "198.51.100.{n}", True),
        ("127.0.0.1", "198.51.100.{n}", False),
        ("::ffff:127.0.0.1", "198.51.100.{n}", False),
        ("127.0.0.1", "203.0.113.{n}, 198.51.100.1", True),
        ("127.0.0.1", "198.51.100.{n}, 10.1.2.3", False),
        ("127.0.0.1", "203.0.113.{n}, nonsense", True),
    ],
)
def test_failed_sign_ins_are_counted_by_caller(
    settings, peer: str, forwarded: str, counted: bool
) -> None:
    rates = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"login": "1/min"}}
    settings.REST_FRAMEWORK = rates
    networks = (ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8"))
    settings.PROXIES = Proxies(networks=networks)

    user = UserFactory()
    statuses = [
        Client()
        .post(
            "/api/auth/token/obtain/",
            {"username": user.username, "password": f"not {PASSWORD}"},
            "application/json",
            REMOTE_ADDR=peer,
            HTTP_X_FORWARDED_FOR=forwarded.format(n=number),
        )
        .status_code
        for number in range(1, 4)
    ]
    assert statuses == ([401, 429, 429] if counted else [401, 401, 401])


@pytest.mark.parametrize(
    ("value", "proxies"),
    [
        ("", Proxies()),
        ("0", Proxies()),
        (" 2 ", Proxies(count=2)),
        ("10.0.0.1", Proxies(networks=(ip_network("10.0.0.1/32"),))),
        (
            "10.0.0.0/8, ::1",
            Proxies(networks=(ip_network("10.0.0.0/8"), ip_network("::1/128"))),
        ),
    ],
)
def test_proxies_are_a_number_or_addresses(monkeypatch, value, proxies) -> None:
    monkeypatch.setenv("LIBREPHOTOS_PROXIES", value)
    assert env_proxies("LIBREPHOTOS_PROXIES") == proxies


@pytest.mark.parametrize("value", ["-1", "nginx", "10.0.0.1/7", "10.0.0.1 ::1", "1.5"])
def test_other_values_are_refused(monkeypatch, value) -> None:
    monkeypatch.setenv("LIBREPHOTOS_PROXIES", value)
    with pytest.raises(ImproperlyConfigured, match="LIBREPHOTOS_PROXIES is"):
        env_proxies("LIBREPHOTOS_PROXIES")
