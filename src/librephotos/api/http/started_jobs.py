"""Endpoints that start a job."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.answer_schema import UuidText
from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.permissions import MayStart
from librephotos.api.models import Job, User
from librephotos.api.pipeline.work import jobs


class StartedJob(TypedDict):
    """A job that was started, or one that waits and will do as well."""

    status: bool
    job_id: UuidText


def started(job: Job) -> Response:
    """Answer that a job was started."""
    answer: StartedJob = {"status": True, "job_id": str(job.job_id)}
    return Response(answer)


class StartJobView(APIView):
    """Start a job of this kind for oneself."""

    kind: Job.Kind
    permission_classes = [MayStart]

    def start(self, user: User) -> Job:
        """Start the job, or return one that will do as well."""
        return jobs.start(self.kind, user=user)

    def post(self, request: Request) -> Response:
        return started(self.start(caller(request)))


class StartJobByGetView(StartJobView):
    """The same, for clients that ask with GET."""

    def get(self, request: Request) -> Response:
        return self.post(request)


def documented_start(
    operation: str, *, by_get: str = ""
) -> Callable[[type[StartJobView]], type[StartJobView]]:
    """Describe a view that starts a job: the operation ids of POST and of GET."""
    methods = {"post": documented(operation, answer=StartedJob)}
    if by_get:
        methods["get"] = documented(by_get, answer=StartedJob)
    return extend_schema_view(**methods)
