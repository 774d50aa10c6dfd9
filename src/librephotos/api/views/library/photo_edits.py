"""Changing photos over HTTP: singly, many named ones, or all of a query."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.fields import iso_utc
from librephotos.api.http.input import changeable, validated
from librephotos.api.models import Photo
from librephotos.api.queries.library.photos import detailed, one_of, photo_ids
from librephotos.api.serializers.library.photo import own_details
from librephotos.api.serializers.library.photo_edit import (
    CaptionSerializer,
    FavoriteSerializer,
    HideSerializer,
    PhotoEditSerializer,
    PublishSerializer,
    TrashSerializer,
)
from librephotos.api.serializers.library.photo_shape import (
    Done,
    EditedPhoto,
    EditedPhotos,
)
from librephotos.api.services import photos as service
from librephotos.api.services.photos import Edit, Outcome
from librephotos.api.views.library.selection import queried_photos


class BulkEditView(APIView):
    """One edit of many photos."""

    serializer: type[BaseSerializer[Any]]

    @abstractmethod
    def edit(self, body: dict[str, Any]) -> Edit:
        """Return what to do with the photos."""

    def apply(self, request: Request) -> Response:
        """Apply the edit to the photos that the body selects."""
        body = validated(self.serializer, request)
        edit = self.edit(body)
        if body.get("select_all"):
            count = service.apply_edit(queried_photos(request, body), edit)
            counted: EditedPhotos = {"status": True, "count": count}
            return Response(counted)
        named = changeable(request).filter(photo_ids(body["image_hashes"]))
        return Response(_outcome(service.apply_edit_listing(named, edit)))


def _outcome(outcome: Outcome) -> EditedPhotos:
    """Return the answer in both forms that clients read."""
    photos = detailed(Photo.objects.filter(pk__in=[*outcome[0], *outcome[1]]))
    details = {photo.pk: own_details(photo) for photo in photos}
    updated = [details[id] for id in outcome.updated]
    not_updated = [details[id] for id in outcome.not_updated]
    return {
        "status": True,
        "results": updated,
        "updated": updated,
        "not_updated": not_updated,
        "count": len(updated),
        "updated_hashes": [photo["image_hash"] for photo in updated],
        "not_updated_hashes": [photo["image_hash"] for photo in not_updated],
    }


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


class PhotoEditView(APIView):
    """The date and the rating that a person gives a photo."""

    @documented(
        "photo_edit", request=PhotoEditSerializer, path=("name",), answer=EditedPhoto
    )
    def patch(self, request: Request, name: str) -> Response:
        said = validated(PhotoEditSerializer, request)
        photos = changeable(request)
        if "exif_timestamp" in said:  # the contract dates none that is hidden
            photos = photos.visible()
        photo = one_of(photos, name)
        if photo is None:
            raise NotFound("There is no such photo in your timeline.")
        return Response(_edited(service.edit_photo(photo, said)))


def _edited(photo: Photo) -> EditedPhoto:
    taken_at = iso_utc(photo.taken_at)
    return {
        "image_hash": photo.image_hash,
        "hidden": photo.hidden,
        "rating": photo.rating,
        "in_trashcan": photo.in_trashcan,
        "removed": photo.removed,
        "video": photo.video,
        "exif_timestamp": taken_at,
        "timestamp": taken_at,
    }


class CaptionView(APIView):
    """The caption that a person gives a photo."""

    @documented("photo_save_caption", request=CaptionSerializer, answer=Done)
    def post(self, request: Request) -> Response:
        body = validated(CaptionSerializer, request)
        photo = one_of(changeable(request), body["image_hash"])
        if photo is None:
            raise ValidationError({"image_hash": "You have no such photo."})
        service.save_caption(photo, body["caption"])
        done: Done = {"status": True}
        return Response(done)
