"""Outgoing mail over HTTP, sent to a server that speaks SMTP."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from librephotos.api.models import MailSettings
from librephotos.api.services import mail_transport
from librephotos.api.services.mail_transport import RefusedAddress, connect
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PATH = "/api/email-config/"
SECRET = "a key of the provider"


@pytest.fixture
def staff(client_of):
    return client_of(UserFactory(staff=True, email="me@example.org"))


def change(client, **changes):
    return client.post(PATH, changes, format="json")


def errors(answer):
    return {error["field"]: error["message"] for error in answer.json()["errors"]}


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it is sent, or refuses one command."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, refusing: bytes = b"") -> None:
        self.commands: list[bytes] = []
        self.refusing = refusing
        super().__init__(("127.0.0.1", 0), Conversation)


class Conversation(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self.wfile.write(b"220 SSH-2.0-secret-banner\r\n")
        in_text = False
        for line in self.rfile:
            self.server.commands.append(line.strip())
            if in_text:
                in_text = line.strip() != b"."
                if not in_text:
                    self.wfile.write(b"250 taken\r\n")
            elif self.server.refusing and line.startswith(self.server.refusing):
                self.wfile.write(b"550 secret words of the other end\r\n")
            elif line.startswith(b"data"):
                in_text = True
                self.wfile.write(b"354 go on\r\n")
            else:
                self.wfile.write(b"250 yes\r\n")


@contextmanager
def mailbox(monkeypatch: pytest.MonkeyPatch, **options: bytes) -> Iterator[Mailbox]:
    with Mailbox(**options) as server:
        port = server.server_address[1]
        monkeypatch.setattr(mail_transport, "PORTS", (port,))
        monkeypatch.setattr(
            "librephotos.api.serializers.operations.mail.PORTS", (port,)
        )
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def configured(server: Mailbox) -> None:
    MailSettings.objects.create(
        id=1,
        provider="smtp",
        host="127.0.0.1",
        port=server.server_address[1],
        from_email="photos@example.org",
        use_tls=False,
    )


def test_nothing_is_sent_unless_somebody_says_how(staff):
    answer = staff.get(PATH).json()
    presets = answer.pop("presets")
    assert answer == {
        "provider": "disabled",
        "from_email": "",
        "host": "",
        "port": 587,
        "use_tls": True,
        "use_ssl": False,
        "username": "",
        "has_secret": False,
        "is_configured": False,
    }
    assert set(presets) == {
        *("sendgrid", "mailgun", "postmark", "brevo", "smtp2go", "ses")
    }
    assert presets["sendgrid"]["default_username"] == "apikey"
    assert "host" not in presets["ses"]


def test_a_preset_fills_what_is_empty(staff):
    changed = change(staff, provider="sendgrid", from_email="a@example.org").json()
    assert changed["host"] == "smtp.sendgrid.net"
    assert changed["username"] == "apikey"
    assert changed["is_configured"] is True
    changed = change(staff, provider="mailgun").json()
    assert changed["host"] == "smtp.sendgrid.net"


def test_the_secret_is_kept_and_never_sent(staff):
    first = change(staff, provider="smtp", secret=SECRET)
    second = change(staff, secret="", username="me")
    for answer in (first, second, staff.get(PATH)):
        assert answer.json()["has_secret"] is True
        assert SECRET not in answer.content.decode()
    assert MailSettings.current().secret == SECRET
    assert change(staff, clear_secret=True).json()["has_secret"] is False
    assert MailSettings.current().secret == ""


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("provider", {"provider": "pigeon"}),
        ("port", {"port": 22}),
        ("port", {"port": "many"}),
        ("host", {"host": "mail.example.org/\r\nX"}),
        ("from_email", {"from_email": "a@b.c\r\nBcc: all@example.org"}),
        ("use_ssl", {"use_ssl": True}),
        ("non_field_errors", {}),
        ("non_field_errors", {"is_configured": True}),
    ],
)
def test_what_cannot_be_is_refused(staff, field, sent):
    answer = change(staff, **sent)
    assert answer.status_code == 400
    assert list(errors(answer)) == [field]
    assert not MailSettings.current().is_configured


def test_a_test_mail_is_sent_to_whoever_asks(staff, monkeypatch):
    with mailbox(monkeypatch) as server:
        configured(server)
        answer = staff.post(f"{PATH}test/", {}, format="json")
    assert answer.json() == {
        "status": True,
        "message": "A mail was sent to me@example.org.",
    }
    assert b"mail FROM:<photos@example.org>" in server.commands
    assert b"rcpt TO:<me@example.org>" in server.commands
    assert b"Subject: LibrePhotos can send mail" in server.commands


@pytest.mark.parametrize(
    ("refusing", "told"),
    [
        (b"mail", "does not take mail from this sender"),
        (b"rcpt", "does not take mail to this address"),
        (b"data", "did not take the mail"),
    ],
)
def test_what_the_other_end_says_is_not_passed_on(staff, monkeypatch, refusing, told):
    with mailbox(monkeypatch, refusing=refusing) as server:
        configured(server)
        answer = staff.post(f"{PATH}test/", {"to": "you@example.org"}, format="json")
    body = answer.json()
    assert body["status"] is False and told in body["message"]
    assert "secret" not in answer.content.decode()


def test_an_encryption_that_is_not_offered(staff, monkeypatch):
    with mailbox(monkeypatch) as server:
        configured(server)
        change(staff, use_tls=True)
        body = staff.post(f"{PATH}test/", {}, format="json").json()
    assert body == {
        "status": False,
        "message": "The server does not offer this encryption.",
    }


def test_a_server_that_does_not_answer(staff, monkeypatch):
    monkeypatch.setattr("librephotos.api.services.mail.PATIENCE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setattr(mail_transport, "PORTS", (port,))
        MailSettings.objects.create(
            id=1,
            provider="smtp",
            host="127.0.0.1",
            port=port,
            from_email="a@example.org",
        )
        body = staff.post(f"{PATH}test/", {}, format="json").json()
    assert body["status"] is False
    assert "does not answer" in body["message"] or "ended" in body["message"]


def test_mail_that_is_not_set_up_is_a_refusal_in_both_shapes(staff):
    answer = staff.post(f"{PATH}test/", {}, format="json")
    assert answer.status_code == 400
    body = answer.json()
    assert body["status"] is False
    assert body["errors"] == [{"field": "detail", "message": body["message"]}]


def test_somebody_without_an_address_has_to_name_one(client_of):
    MailSettings.objects.create(
        id=1, provider="smtp", host="mail.example.org", from_email="a@example.org"
    )
    client = client_of(UserFactory(staff=True, email=""))
    answer = client.post(f"{PATH}test/", {}, format="json")
    assert answer.status_code == 400
    assert "your account has none" in answer.json()["message"]


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "::ffff:169.254.1.1"]
)
def test_addresses_that_are_no_mail_server_are_not_connected_to(host):
    with pytest.raises(RefusedAddress):
        connect(host, 587, 0.1)


def test_ports_of_other_programs_are_not_connected_to():
    with pytest.raises(RefusedAddress):
        connect("127.0.0.1", 5432, 0.1)


def test_the_address_that_was_looked_at_is_connected_to(monkeypatch):
    """A name that leads elsewhere a moment later leads nowhere."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host, *args, **options):
        asked.append(host)
        first = asked.count("mail.example.org") == 1
        answer = "169.254.169.254" if first else "127.0.0.1"
        return real(answer if host == "mail.example.org" else host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(RefusedAddress):
        connect("mail.example.org", 587, 0.1)
    assert asked == ["mail.example.org"]
