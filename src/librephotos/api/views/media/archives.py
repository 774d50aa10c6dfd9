"""Archives of photos over HTTP, put together as they are sent."""

from __future__ import annotations

from typing import IO, cast

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.api.models import Download
from librephotos.api.pipeline.previews.archives import roots_of
from librephotos.api.queries.operations.downloads import as_uuid
from librephotos.api.services import downloads as service
from librephotos.api.storage.archives import open_archive
from librephotos.api.views.media.byte_response import REVALIDATED, Content, send
from librephotos.api.views.media.photo_media import (
    PhotoMediaView,
    WhateverIsAccepted,
    binary,
    denied,
)
from librephotos.media.files.archive_names import safe_name

UNKNOWN = "There is no such archive; it may have ended a day after it was asked for."
_UUID_LENGTH = 36


class ArchiveView(APIView):
    """An archive, by its UUID followed by the number of its owner, who calls."""

    authentication_classes = PhotoMediaView.authentication_classes
    content_negotiation_class = WhateverIsAccepted
    mime = "application/zip"

    @binary
    def get(self, request: Request, name: str) -> HttpResponseBase:
        name = name.removesuffix(".zip")
        owner = name[_UUID_LENGTH:]
        answer = None
        if owner == str(request.user.pk):
            answer = self.archive(request, name[:_UUID_LENGTH])
        if answer is None:
            raise NotFound(UNKNOWN)
        return answer

    def archive(self, request: Request, name: str) -> HttpResponseBase | None:
        """Return the answer that sends one of the caller's archives, None if none."""
        archive_id = as_uuid(name)
        if archive_id is None:
            return None
        ready = Download.objects.owned_by(request.user).current().ready()
        download = ready.filter(pk=archive_id).first()
        if download is None:
            return None
        archive = open_archive(download.pk, roots=roots_of(download))
        if archive is None:
            return None
        content = Content(
            file=cast(IO[bytes], archive),
            length=archive.length,
            mime=self.mime,
            etag=f'"{download.pk}"',
            cache=REVALIDATED,
            file_name=_file_name(download),
            attachment=True,
        )
        return send(request, content)


class ArchiveMediaView(ArchiveView):
    """The same by its UUID alone, for who has the cookie: browsers, older clients."""

    permission_classes = [AllowAny]
    mime = "application/x-zip-compressed"

    @binary
    def get(self, request: Request, name: str) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return denied(request)
        answer = self.archive(request, name.removesuffix(".zip"))
        return answer or HttpResponse(status=404)


class ArchiveRemovalView(APIView):
    """Give up an archive; one that is gone already is no fault."""

    authentication_classes = PhotoMediaView.authentication_classes

    @documented("download_delete", path=("name",), answer=None)
    def delete(self, request: Request, name: str) -> Response:
        archive = as_uuid(name.removesuffix(".zip"))
        if archive is None:
            raise NotFound(UNKNOWN)
        for download in Download.objects.owned_by(request.user).filter(pk=archive):
            service.remove(download)
        return Response()


def _file_name(download: Download) -> str:
    day = download.created_at.strftime("%Y-%m-%d")
    return f"{safe_name(download.title) if download.title else f'Photos {day}'}.zip"
