"""Outgoing mail as clients read and change it; the secret is never sent."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from librephotos.api.http.fields import NumberedModelSerializer, WholeNumberField
from librephotos.api.models import MailSettings
from librephotos.api.services.mail import PRESETS
from librephotos.api.services.mail_transport import PORTS


class MailPreset(TypedDict):
    """What is known of a provider."""

    label: str
    host: NotRequired[str]
    port: int
    use_tls: bool
    use_ssl: bool
    default_username: NotRequired[str]
    help_url: str


class MailConfig(TypedDict):
    """The settings, without the secret."""

    provider: str
    from_email: str
    host: str
    port: int
    use_tls: bool
    use_ssl: bool
    username: str
    has_secret: bool
    is_configured: bool
    presets: dict[str, MailPreset]


class MailSettingsSerializer(NumberedModelSerializer[MailSettings]):
    """A change of the settings; an empty secret leaves that as it is."""

    host = serializers.RegexField(
        r"^[A-Za-z0-9._:-]*$",
        required=False,
        allow_blank=True,
        max_length=255,
        error_messages={"invalid": "Give the name or the address of a server."},
    )
    port = WholeNumberField(required=False)
    secret = serializers.CharField(
        required=False,
        allow_blank=True,
        write_only=True,
        max_length=1024,
        trim_whitespace=False,
    )
    clear_secret = serializers.BooleanField(required=False, write_only=True)

    class Meta:
        model = MailSettings
        fields = (
            "provider",
            "from_email",
            "host",
            "port",
            "use_tls",
            "use_ssl",
            "username",
            "secret",
            "clear_secret",
        )

    def validate_port(self, port: int) -> int:
        """Accept the ports of mail alone."""
        if port not in PORTS:
            raise ValidationError(
                f"Mail is sent through one of the ports {', '.join(map(str, PORTS))}."
            )
        return port

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise ValidationError("Name at least one setting to change.")
        now = self.instance or MailSettings()
        tls, ssl = (
            attrs.get(name, getattr(now, name)) for name in ("use_tls", "use_ssl")
        )
        if tls and ssl:
            raise ValidationError(
                {"use_ssl": "Choose one of the two kinds of encryption."}
            )
        return attrs


class TestMailSerializer(serializers.Serializer[Any]):
    """Where a test mail goes to; to whoever asks, unless told."""

    __test__ = False  # for pytest, which looks for names like this

    to = serializers.EmailField(required=False, allow_blank=True, max_length=254)


def mail_config(mail: MailSettings) -> MailConfig:
    """Return the settings in the contract's shape."""
    return {
        "provider": mail.provider,
        "from_email": mail.from_email,
        "host": mail.host,
        "port": mail.port,
        "use_tls": mail.use_tls,
        "use_ssl": mail.use_ssl,
        "username": mail.username,
        "has_secret": bool(mail.secret),
        "is_configured": mail.is_configured,
        "presets": {str(provider.value): _preset(provider) for provider in PRESETS},
    }


def _preset(provider: MailSettings.Provider) -> MailPreset:
    known = PRESETS[provider]
    row: MailPreset = {
        "label": known.label,
        "port": known.port,
        "use_tls": known.use_tls,
        "use_ssl": known.use_ssl,
        "help_url": known.help_url,
    }
    if known.host:
        row["host"] = known.host
    if known.username:
        row["default_username"] = known.username
    return row
