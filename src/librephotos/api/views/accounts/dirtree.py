"""The directory picker."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.permissions import IsStaff
from librephotos.api.storage.directories import Directory, NotScannable, directory_tree


class DirectoryTree(APIView):
    """Directories of the server that may be scanned, for administrators."""

    permission_classes = (IsStaff,)

    @extend_schema(
        parameters=[OpenApiParameter("path", str)],
        responses={(200, "application/json"): list[Directory]},
    )
    def get(self, request: Request) -> Response:
        try:
            return Response([directory_tree(request.query_params.get("path", ""))])
        except NotScannable as error:
            raise NotFound(str(error)) from error
