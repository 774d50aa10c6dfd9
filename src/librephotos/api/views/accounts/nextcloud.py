"""Nextcloud: nothing is fetched from one, as for a user who has named none."""

from __future__ import annotations

from typing import TypedDict

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.api.http.errors import envelope
from librephotos.api.http.started_jobs import StartedJob

_NONE = (
    "LibrePhotos fetches nothing from a Nextcloud. Have its folder mounted on the"
    " server, and scan that."
)


class NextcloudDirectory(TypedDict):
    """A directory on a Nextcloud."""

    absolute_path: str
    title: str
    children: list[str]


class NextcloudListView(APIView):
    """The directories of one's Nextcloud: none."""

    @documented(
        "nextcloud_directories", query=("fpath",), answer=list[NextcloudDirectory]
    )
    def get(self, request: Request) -> Response:
        return Response([])


class NextcloudScanView(APIView):
    """Fetch photos from one's Nextcloud: refused. GET is deprecated."""

    @documented("nextcloud_scan", answer=StartedJob)
    def post(self, request: Request) -> Response:
        told = {"status": False, "message": _NONE, **envelope({"detail": _NONE})}
        return Response(told, status=400)

    @documented("nextcloud_scan_deprecated", answer=StartedJob)
    def get(self, request: Request) -> Response:
        return self.post(request)
