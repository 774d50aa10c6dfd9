"""Probes for orchestration: 200 when well, 503 with the reason when not."""

from __future__ import annotations

from typing import TypedDict

from django.db import connection
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.queries.operations.health import tables_are_current, workers_alive


class NotReady(APIException):
    """A part of the server that cannot do its work now."""

    status_code = 503
    default_code = "not_ready"


class Health(TypedDict):
    """That all is well."""

    status: str


@extend_schema(responses=Health)
class Probe(APIView):
    """Alive: the web server answers."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    def get(self, request: Request) -> Response:
        self.check()
        answer: Health = {"status": "ok"}
        return Response(answer)

    def check(self) -> None:
        """Raise NotReady, or an error of the database, when something is wrong."""


class DatabaseProbe(Probe):
    """The database answers."""

    def check(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")


class QueueProbe(Probe):
    """At least one worker is at work."""

    def check(self) -> None:
        if not workers_alive():
            raise NotReady("No worker is running. Start one with `librephotos worker`.")


class ReadyProbe(Probe):
    """The database answers and is of this version."""

    def check(self) -> None:
        if not tables_are_current():
            raise NotReady("The database is not migrated. Run `librephotos migrate`.")
