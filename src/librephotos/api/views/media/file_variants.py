"""The files of one photo over HTTP: each of them, and which one stands for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypedDict

from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.input import changeable, validated
from librephotos.api.models import File, Photo
from librephotos.api.queries.library.photos import one_of
from librephotos.api.services import corrections as service
from librephotos.api.storage.originals import NoSuchPart
from librephotos.api.views.media.byte_response import send
from librephotos.api.views.media.originals import OriginalView
from librephotos.api.views.media.photo_media import DiskSilent, Rights, binary
from librephotos.media.errors import MediaError
from librephotos.media.files.formats import Kind

_PICTURES = (Kind.IMAGE, Kind.VIDEO, Kind.RAW)
UNKNOWN = "There is no such file of a photo of yours."


class MainFileSerializer(serializers.Serializer[Any]):
    """The file, by its MD5, that is to stand for a photo."""

    file_hash = serializers.CharField(max_length=64)


class ChosenMainFile(TypedDict):
    """The file that stands for a photo, and what that makes of the photo's hash."""

    status: str
    main_file_hash: str
    image_hash: str


class FileVariantView(OriginalView):
    """One file of one of one's photos, as it is on disk, to be kept."""

    permission_classes = [IsAuthenticated]

    @binary
    def get(self, request: Request, **address: Any) -> HttpResponseBase:
        photo = one_of(changeable(request), address["name"])
        file_hash = address["file_hash"]
        file = photo and _files(photo).filter(md5=file_hash).first()
        if file is None or not file_hash:
            raise NotFound(UNKNOWN)
        try:
            content = self.whole(photo, file, Rights(own=True), by_hash=False)
        except TimeoutError as error:
            raise DiskSilent from error
        except (OSError, MediaError, NoSuchPart) as error:
            raise NotFound("This file is not there at the moment.") from error
        return send(request, replace(content, attachment=True))


class MainFileView(APIView):
    """Which of a photo's files stands for it."""

    @documented(
        "photo_main_file",
        request=MainFileSerializer,
        path=("name",),
        answer=ChosenMainFile,
    )
    def post(self, request: Request, name: str) -> Response:
        body = validated(MainFileSerializer, request)
        photo = one_of(changeable(request), name)
        if photo is None:
            raise NotFound(UNKNOWN)
        file = _files(photo).filter(md5=body["file_hash"]).first()
        if file is None:
            raise NotFound(UNKNOWN)
        if file.kind not in _PICTURES:
            message = "This file has no picture to stand for the photo."
            raise ValidationError({"file_hash": [message]})
        photo = service.choose_main(photo, file.md5, user=caller(request))
        answer: ChosenMainFile = {
            "status": "updated",
            "main_file_hash": file.md5,
            "image_hash": photo.image_hash,
        }
        return Response(answer)


def _files(photo: Photo) -> Any:
    ready = File.objects.filter(photo=photo, state=File.State.READY)
    return ready.filter(missing_since=None).order_by("id")
