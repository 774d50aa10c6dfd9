"""Asking for an archive of one's photos, and how far it is."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.errors import envelope
from librephotos.api.http.input import changeable, validated
from librephotos.api.models import Download, UserAlbum
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.queries.library.photos import photo_ids
from librephotos.api.queries.operations.downloads import find_download
from librephotos.api.serializers.library.download import (
    DownloadSerializer,
    DownloadState,
    StartedDownload,
)
from librephotos.api.services import downloads as service
from librephotos.api.storage.archives import open_archive
from librephotos.api.views.library.selection import queried_photos

NOTHING_NAMED = "image_hashes required"
NOTHING_FOUND = "No photos found"
UNKNOWN = "There is no such download; it may have ended a day after it was asked for."


class DownloadView(APIView):
    """An archive of photos of one's own, which is sent once it has been prepared."""

    @documented("download_start", request=DownloadSerializer, answer=StartedDownload)
    def post(self, request: Request) -> Response:
        body = validated(DownloadSerializer, request)
        photos = _chosen(request, body)
        if photos is None:
            return _refused(400, NOTHING_NAMED, "image_hashes")
        try:
            download = service.start(
                caller(request),
                photos,
                title=body.get("title", ""),
                all_files=body.get("include_stacked_photos", False),
                size=Download.Size(body.get("size", Download.Size.ORIGINAL)),
            )
        except service.NothingToDownload:
            return _refused(404, NOTHING_FOUND)
        answer: StartedDownload = {
            "job_id": str(download.job.job_id),
            "url": str(download.pk),
            "photos": len(download.photos),
        }
        return Response(answer)

    @extend_schema(
        operation_id="download_state",
        parameters=[OpenApiParameter("job_id", str, required=True)],
        responses={200: DownloadState, 202: DownloadState},
    )
    def get(self, request: Request) -> Response:
        name = request.query_params.get("job_id", "")
        if not name:
            return _refused(400, "job_id required", "job_id")
        download = find_download(request.user, name)
        if download is None:
            return _refused(404, UNKNOWN)
        state = _state(download)
        return Response(state, status=202 if state["status"] == "PENDING" else 200)


def _chosen(request: Request, body: dict[str, Any]) -> PhotoQuerySet | None:
    """Return the caller's photos that a body names, None if it names none."""
    if body.get("select_all"):
        return queried_photos(request, body)
    if "user_album" in body:
        albums = UserAlbum.objects.owned_by(request.user).filter(pk=body["user_album"])
        return changeable(request).visible().filter(memberships__album__in=albums)
    if not body.get("image_hashes"):
        return None
    return changeable(request).filter(photo_ids(body["image_hashes"]))


def _state(download: Download) -> DownloadState:
    job = download.job
    if job.cancelled:
        return {"status": "FAILURE", "result": "The download was cancelled."}
    if job.failed:
        return {"status": "FAILURE", "result": job.message}
    if not job.finished:
        stages = list(job.stages.all())
        return {
            "status": "PENDING",
            "progress": {
                "current": sum(stage.done for stage in stages),
                "total": len(download.photos),
            },
        }
    archive = open_archive(download.pk, roots=())
    if archive is None:  # as where the data folder has been restored without it
        return {"status": "FAILURE", "result": UNKNOWN}
    size = archive.length
    archive.close()
    missing = job.failures.count()
    return {"status": "SUCCESS", "size": size, "missing": missing}


def _refused(status: int, message: str, field: str = "detail") -> Response:
    """Answer in both forms that clients read."""
    return Response({"error": message, **envelope({field: message})}, status=status)
