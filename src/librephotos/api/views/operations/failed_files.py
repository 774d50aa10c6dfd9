"""Files that failed over HTTP: looking at them, and trying again."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.pagination import PAGING, RegularPagination, paginated
from librephotos.api.http.started_jobs import StartedJob, started
from librephotos.api.pipeline.work.registry import stage_names
from librephotos.api.queries.operations.failed_files import failed_files, shown_in_part
from librephotos.api.serializers.operations.failed_file import (
    FailedFiles,
    failed_file_row,
)
from librephotos.api.services.failed_files import retry_failed_files


class FailedFilesView(APIView):
    """One's own files that could not be read or processed, or in part only, and why.

    `count` is that of all of them; `shown_in_part` of them are in the library, damaged,
    and count as done in the job that has read them.
    """

    @documented("failed_files", query=PAGING, answer=FailedFiles)
    def get(self, request: Request) -> Response:
        answer = paginated(
            RegularPagination(),
            failed_files(caller(request), stages=stage_names()),
            request,
            lambda page: list(map(failed_file_row, page)),
        )
        answer.data["shown_in_part"] = shown_in_part(caller(request)).count()
        return answer


class FailedFilesRetryView(APIView):
    """Scan, and read one's own files that failed again."""

    @documented("failed_files_retry", answer=StartedJob)
    def post(self, request: Request) -> Response:
        return started(retry_failed_files(caller(request)))
