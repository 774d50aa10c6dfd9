"""Files that failed over HTTP: looking at them, and trying again."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.pagination import RegularPagination
from librephotos.api.queries.failed_files import failed_files
from librephotos.api.serializers.failed_file import failed_file_row
from librephotos.api.services.failed_files import retry_failed_files
from librephotos.api.views.caller import caller
from librephotos.api.views.documentation import documented
from librephotos.api.views.jobs import started
from librephotos.api.views.photos import PAGING, paginated
from librephotos.pipeline.registry import stage_names


class FailedFilesView(APIView):
    """One's own files that could not be read or processed, and why."""

    @documented("failed_files", query=PAGING)
    def get(self, request: Request) -> Response:
        return paginated(
            RegularPagination(),
            failed_files(caller(request), stages=stage_names()),
            request,
            lambda page: list(map(failed_file_row, page)),
        )


class FailedFilesRetryView(APIView):
    """Scan, and read one's own files that failed again."""

    @documented("failed_files_retry")
    def post(self, request: Request) -> Response:
        return started(retry_failed_files(caller(request)))
