"""Outgoing mail: saying by which server, and trying whether it works."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMessage
from django.db import transaction

from librephotos.api.models import MailSettings
from librephotos.api.services.mail_transport import (
    PATIENCE_S,
    MailBackend,
    RefusedAddress,
)

Provider = MailSettings.Provider


@dataclass(frozen=True)
class Preset:
    """What is known of a provider; `host` is "" where it differs by region."""

    label: str
    help_url: str
    host: str = ""
    port: int = 587
    use_tls: bool = True
    use_ssl: bool = False
    username: str = ""


PRESETS: dict[Provider, Preset] = {
    Provider.SENDGRID: Preset(
        "SendGrid",
        "https://www.twilio.com/docs/sendgrid",
        host="smtp.sendgrid.net",
        username="apikey",
    ),
    Provider.MAILGUN: Preset(
        "Mailgun",
        "https://documentation.mailgun.com",
        host="smtp.mailgun.org",
    ),
    Provider.POSTMARK: Preset(
        "Postmark",
        "https://postmarkapp.com/developer/user-guide/send-email-with-smtp",
        host="smtp.postmarkapp.com",
    ),
    Provider.BREVO: Preset(
        "Brevo",
        "https://developers.brevo.com/docs/smtp-integration",
        host="smtp-relay.brevo.com",
    ),
    Provider.SMTP2GO: Preset(
        "SMTP2GO",
        "https://support.smtp2go.com/hc/en-gb/articles/223087967",
        host="mail.smtp2go.com",
    ),
    Provider.SES: Preset(
        "Amazon SES",
        "https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html",
    ),
}


class MailFailed(Exception):
    """A mail was not sent; the message is a sentence that says why."""


@transaction.atomic
def change_mail_settings(changes: Mapping[str, Any]) -> MailSettings:
    """Change some of the settings and return all of them.

    An empty `secret` leaves that as it is, `clear_secret` forgets it. What a preset
    knows fills the host and the user name where there is none, and the port and the
    encryption where the provider is another one now and nothing is said of them.
    """
    mail = MailSettings.locked()
    fields = dict(changes)
    secret = fields.pop("secret", "")
    if fields.pop("clear_secret", False):
        mail.secret = ""
    elif secret:
        mail.secret = secret
    is_new = fields.get("provider", mail.provider) != mail.provider
    for name, value in fields.items():
        setattr(mail, name, value)
    preset = PRESETS.get(Provider(mail.provider))
    if preset:
        mail.host = mail.host or preset.host
        mail.username = mail.username or preset.username
        for name in ("port", "use_tls", "use_ssl") if is_new else ():
            setattr(mail, name, fields.get(name, getattr(preset, name)))
    mail.save()
    return mail


def send_test_mail(mail: MailSettings, *, to: str) -> None:
    """Send a mail that says that this works; raise MailFailed with what does not.

    What the other end answers is not repeated.
    """
    backend = MailBackend(
        host=mail.host,
        port=mail.port,
        username=mail.username,
        password=mail.secret,
        use_tls=mail.use_tls,
        use_ssl=mail.use_ssl,
        timeout=PATIENCE_S,
    )
    message = EmailMessage(
        "LibrePhotos can send mail",
        "Somebody has tried out the mail settings of LibrePhotos. They work.\n",
        from_email=mail.from_email,
        to=[to],
        connection=backend,
    )
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as error:
        raise MailFailed(_sentence(error)) from error
    finally:
        # One that was begun and not finished; what is said in parting is no matter.
        with suppress(OSError, smtplib.SMTPException):
            backend.close()


_SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (RefusedAddress, "This address or port is none that mail is sent through."),
    (socket.gaierror, "There is no server of this name."),
    (ssl.SSLCertVerificationError, "The certificate of the server is not valid."),
    (ssl.SSLError, "The server does not speak TLS so: try the other encryption."),
    (TimeoutError, "The server does not answer."),
    (ConnectionRefusedError, "Nothing listens at this port of the server."),
    (smtplib.SMTPAuthenticationError, "The server refused user name or password."),
    (smtplib.SMTPSenderRefused, "The server does not take mail from this sender."),
    (smtplib.SMTPRecipientsRefused, "The server does not take mail to this address."),
    (smtplib.SMTPNotSupportedError, "The server does not offer this encryption."),
    (smtplib.SMTPServerDisconnected, "The server ended the connection."),
    (smtplib.SMTPException, "The server did not take the mail."),
)


def _sentence(error: Exception) -> str:
    for kind, sentence in _SENTENCES:
        if isinstance(error, kind):
            return sentence
    return "The server cannot be reached."
