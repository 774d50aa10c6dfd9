"""Outgoing mail, for administrators."""

from __future__ import annotations

from functools import partial
from typing import TypedDict

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller, who_waits
from librephotos.api.http.documentation import documented
from librephotos.api.http.errors import envelope
from librephotos.api.http.permissions import IsStaff
from librephotos.api.models import MailSettings
from librephotos.api.serializers.operations.mail import (
    MailConfig,
    MailSettingsSerializer,
    TestMailSerializer,
    mail_config,
)
from librephotos.api.services.mail import (
    MailFailed,
    change_mail_settings,
    send_test_mail,
)
from librephotos.api.services.waiting import PLACES


class MailConfigView(APIView):
    """By which server mail is sent. The secret is taken, and never given."""

    permission_classes = (IsStaff,)

    @documented("mail_config", answer=MailConfig)
    def get(self, request: Request) -> Response:
        return Response(mail_config(MailSettings.current()))

    @documented("mail_config_change", request=MailSettingsSerializer, answer=MailConfig)
    def post(self, request: Request) -> Response:
        form = MailSettingsSerializer(
            MailSettings.current(), data=request.data, partial=True
        )
        form.is_valid(raise_exception=True)
        return Response(mail_config(change_mail_settings(form.validated_data)))


class SentMail(TypedDict):
    """Whether a mail was sent, and a sentence about it."""

    status: bool
    message: str


class TestMailView(APIView):
    """Send a mail to see whether that works; `status` false says why it does not."""

    permission_classes = (IsStaff,)
    __test__ = False  # for pytest

    @documented("mail_test", request=TestMailSerializer, answer=SentMail)
    def post(self, request: Request) -> Response:
        form = TestMailSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        to = form.validated_data.get("to") or caller(request).email
        mail = MailSettings.current()
        if not mail.is_configured:
            return _refused("Choose a provider, and name its server and a sender.")
        if not to:
            return _refused("Name an address to send it to; your account has none.")
        with PLACES.take(who_waits(request)) as may_wait:
            if not may_wait:
                return _refused("The server is busy. Try again in a moment.", 503)
            return _sent(partial(send_test_mail, mail, to=to), to=to)


def _sent(send: partial[None], *, to: str) -> Response:
    try:
        send()
    except MailFailed as error:
        return Response(SentMail(status=False, message=str(error)))
    return Response(SentMail(status=True, message=f"A mail was sent to {to}."))


def _refused(message: str, code: int = status.HTTP_400_BAD_REQUEST) -> Response:
    """Refuse in the contract's shape, and in the envelope of all errors."""
    answer = {**SentMail(status=False, message=message)}
    return Response({**answer, **envelope({"detail": message})}, status=code)
