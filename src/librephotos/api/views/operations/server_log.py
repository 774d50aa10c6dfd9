"""The server's log, for administrators."""

from __future__ import annotations

from typing import TypedDict

from django.conf import settings
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.api.http.errors import envelope
from librephotos.api.http.permissions import IsStaff
from librephotos.api.storage.server_log import NoLog, last_lines, whole_log
from librephotos.numbers import whole_number

LINES, MOST_LINES = 100, 1000
FILE_NAME = "librephotos.log"


class LogLines(TypedDict):
    """The last lines of the log, the newest last, and how many they are."""

    logs: str
    count: int


class ServerLogView(APIView):
    """The last `lines` of the log of the machine that answers, 100 unless told."""

    permission_classes = (IsStaff,)

    @documented("server_log", query=("lines",), answer=LogLines)
    def get(self, request: Request) -> Response:
        asked = whole_number(request.query_params.get("lines", "")) or LINES
        try:
            lines = last_lines(settings.DATA / "logs", min(asked, MOST_LINES))
        except NoLog as error:
            return _none(error)
        return Response(LogLines(logs="\n".join(lines), count=len(lines)))


class ServerLogFileView(APIView):
    """All that is kept of the log, as a file to save."""

    permission_classes = (IsStaff,)

    @extend_schema(
        operation_id="server_log_file",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponseBase:
        try:
            blocks = whole_log(settings.DATA / "logs")
        except NoLog as error:
            return _none(error)
        return StreamingHttpResponse(
            blocks,
            content_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="{FILE_NAME}"'},
        )


def _none(error: NoLog) -> Response:
    """Say that there is none, as the contract has it and in the envelope."""
    told = str(error)
    return Response({"error": told, **envelope({"detail": told})}, status=404)
