"""Changing the states of photos over HTTP: of named ones, or of all of a query."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection
from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.input import validated
from librephotos.api.models import BulkEdit, Photo
from librephotos.api.queries.library.photos import detailed
from librephotos.api.serializers.library.photo import own_details
from librephotos.api.serializers.library.photo_edit import (
    FavoriteSerializer,
    HideSerializer,
    PublishSerializer,
    RateSerializer,
    TrashSerializer,
)
from librephotos.api.serializers.library.photo_shape import (
    EditedPhotos,
    PhotoDetails,
    UndonePhotos,
)
from librephotos.api.services import photos as service
from librephotos.api.services.bulk_edits import (
    Applied,
    Edit,
    Listed,
    apply_edit,
    apply_edit_listing,
    undo,
)
from librephotos.api.views.library.selection import selected_photos

DETAILED = 100
"""The most photos that are answered in full: of more, their hashes are enough."""


class BulkEditView(APIView):
    """One edit of many photos."""

    serializer: type[BaseSerializer[Any]]

    @abstractmethod
    def edit(self, body: dict[str, Any]) -> Edit:
        """Return what to do with the photos."""

    def apply(self, request: Request) -> Response:
        """Apply the edit to the photos that the body selects."""
        body = validated(self.serializer, request)
        edit, photos = self.edit(body), selected_photos(request, body)
        owner = caller(request).pk
        if body.get("select_all"):
            return Response(_counted(apply_edit(photos, edit, owner=owner)))
        names = {name.lower() for name in body["image_hashes"]}
        listed = apply_edit_listing(photos, edit, owner=owner)
        return Response(edited_photos(listed, names))


def _counted(applied: Applied) -> EditedPhotos:
    return {
        "status": True,
        "count": applied.changed,
        "selected": applied.selected,
        "unchanged": applied.selected - applied.changed,
        "undo": applied.edit,
    }


def edited_photos(listed: Listed, names: Collection[str]) -> EditedPhotos:
    """Return the answer in both forms that clients read."""
    hashes = [*listed.updated, *listed.not_updated]
    details = _details(hashes) if len(hashes) <= DETAILED else {}
    updated = [details[name] for name in listed.updated if name in details]
    return {
        "status": True,
        "results": updated,
        "updated": updated,
        "not_updated": [details[name] for name in listed.not_updated if details],
        "count": len(listed.updated),
        "selected": len(hashes),
        "unchanged": len(listed.not_updated),
        # A photo may be named by its hash and by its UUID.
        "unknown": max(0, len(names) - len(hashes)),
        "undo": listed.edit,
        "updated_hashes": listed.updated,
        "not_updated_hashes": listed.not_updated,
    }


def _details(hashes: Collection[str]) -> dict[str, PhotoDetails]:
    photos = detailed(Photo.objects.filter(image_hash__in=hashes))
    return {photo.image_hash: own_details(photo) for photo in photos}


class RateView(BulkEditView):
    """A rating for many photos."""

    serializer = RateSerializer

    @documented("photos_rate", request=RateSerializer, answer=EditedPhotos)
    def post(self, request: Request) -> Response:
        return self.apply(request)

    def edit(self, body: dict[str, Any]) -> Edit:
        return service.rate(body["rating"])


class EditUndoView(APIView):
    """Take back a change of many photos, as long as it is kept."""

    @documented("photos_undo", path=("edit_id",), answer=UndonePhotos)
    def post(self, request: Request, edit_id: int) -> Response:
        edit = BulkEdit.objects.owned_by(request.user).filter(pk=edit_id).first()
        if edit is None:
            raise NotFound("You changed nothing of this number lately.")
        undone = undo(edit)
        answer: UndonePhotos = {
            "status": True,
            "count": undone.restored,
            "kept": undone.kept,
        }
        return Response(answer)


class FavoriteView(BulkEditView):
    """Favourite on and off."""

    serializer = FavoriteSerializer

    @documented("photos_favorite", request=FavoriteSerializer, answer=EditedPhotos)
    def post(self, request: Request) -> Response:
        return self.apply(request)

    def edit(self, body: dict[str, Any]) -> Edit:
        least = caller(self.request).favorite_min_rating
        return service.favorite(body["favorite"], min_rating=least)


class HideView(BulkEditView):
    """Hidden on and off."""

    serializer = HideSerializer

    @documented("photos_hide", request=HideSerializer, answer=EditedPhotos)
    def post(self, request: Request) -> Response:
        return self.apply(request)

    def edit(self, body: dict[str, Any]) -> Edit:
        return service.hide(body["hidden"])


class PublishView(BulkEditView):
    """Public on and off."""

    serializer = PublishSerializer

    @documented("photos_make_public", request=PublishSerializer, answer=EditedPhotos)
    def post(self, request: Request) -> Response:
        return self.apply(request)

    def edit(self, body: dict[str, Any]) -> Edit:
        return service.publish(body["val_public"])


class TrashView(BulkEditView):
    """Into the trash and out of it."""

    serializer = TrashSerializer

    @documented("photos_set_deleted", request=TrashSerializer, answer=EditedPhotos)
    def post(self, request: Request) -> Response:
        return self.apply(request)

    def edit(self, body: dict[str, Any]) -> Edit:
        return service.trash(body["deleted"])
