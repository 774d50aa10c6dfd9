"""Erasing originals over HTTP: of photos in the trash, and of equal copies."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller, who_waits
from librephotos.api.http.documentation import documented
from librephotos.api.http.input import changeable, validated
from librephotos.api.models import File
from librephotos.api.models.fields import readable_path
from librephotos.api.queries.library.photos import one_of
from librephotos.api.serializers.library.erasing import (
    TOLD,
    EraseCopySerializer,
    ErasedPhotos,
    EraseSerializer,
    kept_photo,
)
from librephotos.api.serializers.library.view_query import view_query
from librephotos.api.services.erasing import Erased, erase_copy, erase_photos
from librephotos.api.services.selections import photos_of_view, trashed
from librephotos.api.services.waiting import PLACES
from librephotos.api.views.library.selection import excluding, selected_photos
from librephotos.silent_disk import Place


class EraseView(APIView):
    """Erase photos of the trash for good, with all their files.

    There is POST too, since some proxies drop the body of a DELETE.
    """

    @documented("photos_erase_by_delete", answer={200: ErasedPhotos})
    def delete(self, request: Request) -> Response:
        return self.post(request)

    @documented("photos_erase", request=EraseSerializer, answer=ErasedPhotos)
    def post(self, request: Request) -> Response:
        body = validated(EraseSerializer, request)
        everything = bool(body.get("select_all"))
        batches = erase_photos(
            _in_trash(request, body) if everything else selected_photos(request, body),
            owner=caller(request).pk,
            after=body.get("after"),
            most=body.get("limit"),
            place=_place(request),
        )
        answer = _outcome(batches, most=body.get("limit"), listing=not everything)
        if not everything:
            names = {name.lower() for name in body["image_hashes"]}
            found = answer["count"] + answer["failed_count"]
            answer["unknown"] = max(0, len(names) - found)
        return Response(answer)


def _in_trash(request: Request, body: dict[str, Any]) -> Any:
    """Return what of a query lies in the trash, whether or not the query says so."""
    wanted = trashed(view_query(body["query"]))
    return excluding(request, photos_of_view(wanted, viewer=request.user), body)


def _outcome(
    batches: Iterator[Erased], *, most: int | None, listing: bool
) -> ErasedPhotos:
    answer: ErasedPhotos = {
        "status": True,
        "count": 0,
        "failed_count": 0,
        "reasons": [],
        "next": None,
    }
    deleted: list[str] = []
    not_deleted: list[str] = []
    for batch in batches:
        answer["count"] += len(batch.deleted)
        answer["failed_count"] += len(batch.kept)
        room = None if listing else TOLD - len(answer["reasons"])
        answer["reasons"] += [kept_photo(kept) for kept in batch.kept[:room]]
        if listing:
            deleted += batch.deleted
            not_deleted += [kept.image_hash for kept in batch.kept]
        answer["next"] = str(batch.last)
    if most is None or answer["count"] + answer["failed_count"] < most:
        answer["next"] = None
    if listing:
        answer["results"], answer["deleted"] = deleted, deleted
        answer["not_deleted"] = not_deleted
    return answer


class EraseCopyView(APIView):
    """Erase a file of a photo that has another one of the same bytes."""

    @documented("photo_erase_copy_by_delete", answer={200: None})
    def delete(self, request: Request) -> Response:
        return self.post(request)

    @documented("photo_erase_copy", request=EraseCopySerializer, answer={200: None})
    def post(self, request: Request) -> Response:
        body = validated(EraseCopySerializer, request)
        photo = one_of(changeable(request), body["image_hash"])
        if photo is None:
            raise NotFound("You have no such photo.")
        copy = _file_at(photo.files.filter(missing_since=None), body["path"])
        if copy is None:
            raise ValidationError({"path": "The photo has no such file."})
        erase_copy(photo, copy, place=_place(request))
        return Response()


def _file_at(files: Any, path: str) -> File | None:
    return next((file for file in files if readable_path(file.path) == path), None)


def _place(request: Request) -> Place:
    return partial(PLACES.take, who_waits(request))
