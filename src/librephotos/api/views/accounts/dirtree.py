"""The directory picker."""

from __future__ import annotations

from functools import partial

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import who_waits
from librephotos.api.http.documentation import documented
from librephotos.api.http.pagination import Results
from librephotos.api.http.permissions import IsStaff
from librephotos.api.services.waiting import PLACES
from librephotos.api.storage.directories import (
    Directory,
    NotScannable,
    directory_tree,
    root_directories,
)


class DirectoryTree(APIView):
    """Directories of the server that may be scanned, for administrators."""

    permission_classes = (IsStaff,)

    @extend_schema(
        parameters=[OpenApiParameter("path", str)],
        responses={(200, "application/json"): list[Directory]},
    )
    def get(self, request: Request) -> Response:
        path = request.query_params.get("path", "")
        place = partial(PLACES.take, who_waits(request))
        try:
            return Response([directory_tree(path, place=place)])
        except NotScannable as error:
            raise NotFound(str(error)) from error


class ScanRoots(APIView):
    """The directories that a tree begins at: all others that are chosen lie in one."""

    permission_classes = (IsStaff,)

    @documented("scan_roots", answer=Results[Directory])
    def get(self, request: Request) -> Response:
        place = partial(PLACES.take, who_waits(request))
        answer: Results[Directory] = {"results": root_directories(place=place)}
        return Response(answer)
