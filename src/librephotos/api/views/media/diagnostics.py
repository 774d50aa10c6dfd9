"""Why an original is not served, for those who run the server."""

from __future__ import annotations

import os
from functools import partial
from typing import Literal, TypedDict

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import who_waits
from librephotos.api.http.documentation import documented
from librephotos.api.http.permissions import IsStaff
from librephotos.api.models import Photo
from librephotos.api.models.fields import readable_path
from librephotos.api.queries.library.photos import one_of
from librephotos.api.services.waiting import PLACES
from librephotos.api.storage.diagnostics import (
    Blocking,
    Cause,
    Diagnosis,
    Mount,
    diagnose,
)
from librephotos.api.views.media.photo_media import DiskSilent


class BlockingStep(TypedDict):
    """The first step of the path that does not let the web server pass."""

    path: str
    kind: Literal["directory", "file"]
    mode: str
    uid: int
    gid: int


class WebServerUser(TypedDict):
    """As whom the web server asks."""

    uid: int
    gid: int


class MountFacts(TypedDict):
    """What the path lies on."""

    point: str
    type: str
    options: list[str]
    read_only: bool
    permissions_from_mount: bool
    network: bool


class MediaDiagnosis(TypedDict):
    """Why an original cannot be sent, and what may help."""

    path: str | None
    exists: bool
    readable_by_webserver: bool
    cause: str
    blocking: BlockingStep | None
    webserver: WebServerUser
    mount: MountFacts | None
    remedies: list[str]


class MediaDiagnosticsView(APIView):
    """Why the web server cannot send the original of a photo, of whoever it is."""

    permission_classes = [IsStaff]

    @documented("media_diagnostics", path=("name",), answer=MediaDiagnosis)
    def get(self, request: Request, name: str) -> Response:
        photos = Photo.objects.filter(removed=False).select_related("main_file")
        photo = one_of(photos, name)
        if photo is None:
            raise NotFound("There is no such photo.")
        path = photo.main_file.path if photo.main_file else None
        if path is None:
            nothing = Diagnosis(False, False, Cause.MISSING, None, None, ())
            return Response(_told(None, nothing))
        try:
            found = diagnose(path, place=partial(PLACES.take, who_waits(request)))
        except TimeoutError as error:
            raise DiskSilent from error
        return Response(_told(path, found))


def _told(path: bytes | None, found: Diagnosis) -> MediaDiagnosis:
    return {
        "path": None if path is None else readable_path(path),
        "exists": found.exists,
        "readable_by_webserver": found.readable,
        "cause": found.cause.value,
        "blocking": _step(found.blocking) if found.blocking else None,
        "webserver": {"uid": os.geteuid(), "gid": os.getegid()},
        "mount": _mount(found.mount) if found.mount else None,
        "remedies": [remedy.value for remedy in found.remedies],
    }


def _step(step: Blocking) -> BlockingStep:
    return {
        "path": readable_path(step.path),
        "kind": "directory" if step.is_directory else "file",
        "mode": f"{step.mode:04o}",
        "uid": step.uid,
        "gid": step.gid,
    }


def _mount(mount: Mount) -> MountFacts:
    return {
        "point": readable_path(mount.point),
        "type": mount.type,
        "options": list(mount.options),
        "read_only": mount.read_only,
        "permissions_from_mount": mount.permissions_from_mount,
        "network": mount.network,
    }
