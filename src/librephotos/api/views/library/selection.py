"""The photos that a request names, one by one or by a query; only one's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.api.http.input import changeable, validated
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.queries.library.photos import photo_ids
from librephotos.api.queries.library.selected_photos import extent_of
from librephotos.api.serializers.library.photo_edit import SelectionSerializer
from librephotos.api.serializers.library.photo_shape import SelectedPhotos
from librephotos.api.serializers.library.view_query import view_query
from librephotos.api.services.selections import photos_of_view


def selected_photos(request: Request, body: Mapping[str, Any]) -> PhotoQuerySet:
    """Return the caller's own photos of a SelectionSerializer's body, in either form.

    Names that are of no photo of the caller's are passed over.
    """
    if body.get("select_all"):
        return queried_photos(request, body)
    return changeable(request).filter(photo_ids(body["image_hashes"]))


def queried_photos(request: Request, body: Mapping[str, Any]) -> PhotoQuerySet:
    """Return the caller's own photos of a query; what is public of others is not."""
    found = photos_of_view(view_query(body["query"]), viewer=request.user)
    return excluding(request, found, body)


def excluding(
    request: Request, found: PhotoQuerySet, body: Mapping[str, Any]
) -> PhotoQuerySet:
    """Return the caller's own of these photos, but for those that a body excludes."""
    own = changeable(request).filter(pk__in=found.order_by().values("pk"))
    return own.exclude(photo_ids(body.get("excluded_hashes", ())))


def named_photos(request: Request, names: Iterable[str], field: str) -> PhotoQuerySet:
    """Return the caller's own photos of these UUIDs and image hashes.

    Raises ValidationError, with `field` to blame, where one of them names none.
    """
    wanted = {name.lower() for name in names}
    photos = changeable(request).filter(photo_ids(wanted))
    rows = photos.values_list("id", "image_hash")
    known = {name for id, hash in rows for name in (str(id), hash)}
    if unknown := len(wanted - known):
        raise ValidationError({field: [f"{unknown} of these are no photos of yours."]})
    return photos


class SelectionView(APIView):
    """How many photos a selection has by now, in how many files, of how many bytes."""

    @documented("photos_selected", request=SelectionSerializer, answer=SelectedPhotos)
    def post(self, request: Request) -> Response:
        body = validated(SelectionSerializer, request)
        extent = extent_of(selected_photos(request, body))
        answer: SelectedPhotos = {
            "status": True,
            "count": extent.photos,
            "files": extent.files,
            "bytes": extent.bytes,
        }
        return Response(answer)
