"""The fields of photos over HTTP: read, corrected, and taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.errors import envelope
from librephotos.api.http.input import changeable, validated
from librephotos.api.models import Photo, PhotoEdit
from librephotos.api.queries.library.photos import detailed, one_of, photo_ids
from librephotos.api.serializers.library.correction import (
    MOST_IN_BULK,
    BulkMetadataSerializer,
    MetadataEditSerializer,
)
from librephotos.api.serializers.library.structured_metadata import (
    SHOWN_EDITS,
    BriefFields,
    BulkUpdated,
    EditPage,
    PhotoFields,
    brief_fields,
    edit_row,
    photo_fields,
)
from librephotos.api.services import corrections as service
from librephotos.numbers import whole_number

_PAGE_SIZE, _LARGEST_PAGE = 20, 100
UNKNOWN = "You have no such photo."


def _own(request: Request, name: str) -> Photo:
    photo: Photo | None = one_of(changeable(request), name)
    if photo is None:
        raise NotFound(UNKNOWN)
    return photo


def _history(photo: Photo) -> Any:
    return PhotoEdit.objects.filter(photo=photo.pk).select_related("user")


def _fields(photo: Photo) -> Response:
    whole = detailed(Photo.objects.filter(pk=photo.pk)).get()
    answer: PhotoFields = photo_fields(whole, list(_history(whole)[:SHOWN_EDITS]))
    return Response(answer)


class PhotoMetadataView(APIView):
    """All fields of one of one's photos, and what one says of them."""

    @documented("photo_metadata", path=("name",), answer=PhotoFields)
    def get(self, request: Request, name: str) -> Response:
        return _fields(_own(request, name))

    @documented(
        "photo_metadata_edit",
        request=MetadataEditSerializer,
        path=("name",),
        answer=PhotoFields,
    )
    def patch(self, request: Request, name: str) -> Response:
        photo = _own(request, name)
        checked = MetadataEditSerializer(data=request.data, context={"photo": photo})
        checked.is_valid(raise_exception=True)
        same = Photo.objects.filter(pk=photo.pk)
        service.say(same, dict(checked.validated_data), user=caller(request))
        return _fields(photo)


class PhotoHistoryView(APIView):
    """What was said of a photo, the latest first."""

    @documented(
        "photo_metadata_history",
        path=("name",),
        query=("page", "page_size"),
        answer=EditPage,
    )
    def get(self, request: Request, name: str) -> Response:
        history = _history(_own(request, name))
        page = whole_number(request.query_params.get("page", "")) or 1
        asked = whole_number(request.query_params.get("page_size", "")) or _PAGE_SIZE
        size = min(asked, _LARGEST_PAGE)
        count = history.count()
        start = min((page - 1) * size, count)
        answer: EditPage = {
            "results": [edit_row(edit) for edit in history[start : start + size]],
            "count": count,
            "page": page,
            "page_size": size,
        }
        return Response(answer)


class PhotoRevertView(APIView):
    """One edit of a photo taken back."""

    @documented("photo_metadata_revert", path=("name", "edit"), answer=PhotoFields)
    def post(self, request: Request, name: str, edit: str) -> Response:
        photo = _own(request, name)
        service.revert(photo, _number(edit), user=caller(request))
        return _fields(photo)


def _number(edit: str) -> int:
    """Return the number of an edit by its id or itself; raise NotFound for neither."""
    number = whole_number(edit)
    if number is None:
        try:
            number = UUID(edit).int
        except ValueError as error:
            raise NotFound("This photo has no such edit.") from error
    if number >= 2**63:
        raise NotFound("This photo has no such edit.")
    return number


class PhotoRevertAllView(APIView):
    """Everything that was said of a photo taken back."""

    @documented("photo_metadata_revert_all", path=("name",), answer=PhotoFields)
    def post(self, request: Request, name: str) -> Response:
        photo = _own(request, name)
        service.revert_all(photo, user=caller(request))
        return _fields(photo)


class SaveMetadataView(APIView):
    """Writing what one says into files, which this server does not do."""

    @documented("save_metadata", answer=None)
    def post(self, request: Request) -> Response:
        message = (
            "This server writes neither into your files nor beside them. What you say "
            "of your photos stays in its database, above what the files say."
        )
        refusal = {"status": False, "message": message, **envelope(message)}
        return Response(refusal, status=403)


class BulkMetadataView(APIView):
    """A few fields of up to 100 photos."""

    @documented("photos_metadata", query=("photo_ids",), answer=dict[str, BriefFields])
    def get(self, request: Request) -> Response:
        asked = request.query_params.get("photo_ids", "")
        names = [name for name in asked.split(",") if name]
        if not 0 < len(names) <= MOST_IN_BULK:
            message = f"Name between 1 and {MOST_IN_BULK} photos."
            raise ValidationError({"photo_ids": [message]})
        photos = changeable(request).filter(photo_ids(names)).select_related("metadata")
        return Response({str(photo.pk): brief_fields(photo) for photo in photos})

    @documented(
        "photos_metadata_edit", request=BulkMetadataSerializer, answer=BulkUpdated
    )
    def patch(self, request: Request) -> Response:
        body = validated(BulkMetadataSerializer, request)
        photos = changeable(request).filter(photo_ids(body["photo_ids"]))
        said = dict(body["updates"])
        correction = service.say(photos, said, user=caller(request))
        answer: BulkUpdated = {
            "updated_count": correction.count,
            "message": f"{correction.count} photos were changed.",
            "edit": correction.edit,
        }
        return Response(answer)
