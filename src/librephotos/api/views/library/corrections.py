"""Saying something of photos that has a history, over HTTP: of one or of many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.errors import envelope
from librephotos.api.http.fields import iso_utc
from librephotos.api.http.input import changeable, validated
from librephotos.api.models import Photo, User
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.queries.library.photos import one_of
from librephotos.api.serializers.library.correction import (
    AUTOMATIC,
    CategorySerializer,
    CorrectedPhotos,
    PhotoEditSerializer,
    PlaceSerializer,
    RotateSerializer,
    ShiftSerializer,
    TurnedPhoto,
    TurnSerializer,
    UndoSerializer,
    category_by_flags,
)
from librephotos.api.serializers.library.photo_edit import CaptionSerializer
from librephotos.api.serializers.library.photo_shape import (
    Done,
    EditedPhoto,
    EditedPhotos,
)
from librephotos.api.services import corrections as service
from librephotos.api.services.bulk_edits import Listed
from librephotos.api.services.corrections import Correction
from librephotos.api.views.library.photo_edits import edited_photos
from librephotos.api.views.library.selection import selected_photos


class PhotoEditView(APIView):
    """What a person says of one photo: when, where, how good and what it is."""

    @documented(
        "photo_edit", request=PhotoEditSerializer, path=("name",), answer=EditedPhoto
    )
    def patch(self, request: Request, name: str) -> Response:
        body = validated(PhotoEditSerializer, request)
        said, flags = body["said"], body["flags"]
        photos = changeable(request)
        if "date" in said:  # the contract dates none that is hidden
            photos = photos.visible()
        photo = one_of(photos, name)
        if photo is None:
            raise NotFound("There is no such photo in your timeline.")
        if flags and not photo.video:
            said["category"] = category_by_flags(photo.category, flags)
        same = Photo.objects.filter(pk=photo.pk)
        service.say(same, said, user=caller(request))
        return Response(_edited(same.get()))


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
        "exif_gps_lat": photo.latitude,
        "exif_gps_lon": photo.longitude,
        "is_screenshot": photo.category == Photo.Category.SCREENSHOT,
        "is_document": photo.category == Photo.Category.DOCUMENT,
        "category_source": "user" if photo.user_category else "auto",
        "timezone": photo.timezone,
    }


class CaptionView(APIView):
    """The caption that a person gives a photo."""

    @documented("photo_save_caption", request=CaptionSerializer, answer=Done)
    def post(self, request: Request) -> Response:
        body = validated(CaptionSerializer, request)
        photo = one_of(changeable(request), body["image_hash"])
        if photo is None:
            raise ValidationError({"image_hash": "You have no such photo."})
        same = Photo.objects.filter(pk=photo.pk)
        said = {"caption": body["caption"] or None}
        service.say(same, said, user=caller(request))
        done: Done = {"status": True}
        return Response(done)


class RotateView(APIView):
    """A still turned or mirrored; its file stays as it is."""

    @documented("photo_rotate", request=RotateSerializer, answer=TurnedPhoto)
    def post(self, request: Request) -> Response:
        checked = RotateSerializer(data=request.data)
        if not checked.is_valid():
            return _refused(envelope(checked.errors), 400)
        body = checked.validated_data
        photo = one_of(changeable(request), body["image_hash"])
        if photo is None:
            return _refused(envelope("You have no such photo."), 404)
        if photo.video:
            message = "A video cannot be turned."
            return _refused(envelope({"image_hash": message}), 400)
        same = Photo.objects.filter(pk=photo.pk)
        _turn(same, body, caller(request))
        photo = same.get()
        answer: TurnedPhoto = {
            "status": True,
            "image_hash": photo.image_hash,
            "local_orientation": photo.user_orientation,
            "shown_orientation": photo.shown_orientation,
            "last_modified": iso_utc(photo.last_modified),
        }
        return Response(answer)


def _turn(photos: PhotoQuerySet, body: dict[str, Any], user: User) -> Correction:
    return service.turn(
        photos, angle=body["angle"], flip=body["flip_horizontal"], user=user
    )


def _refused(errors: dict[str, Any], status: int) -> Response:
    message = errors["errors"][0]["message"]
    body = {"status": False, "message": message, **errors}
    return Response(body, status=status)


class CategoryView(APIView):
    """What kind of pictures photos are: photos, screenshots or documents."""

    @documented("photos_category", request=CategorySerializer, answer=EditedPhotos)
    def post(self, request: Request) -> Response:
        body = validated(CategorySerializer, request)
        automatic = AUTOMATIC in (body["category"], body["category_source"])
        category = "" if automatic else body["category"]
        user, photos = caller(request), selected_photos(request, body)
        # Before the act: a view of screenshots does not show what is none any more.
        selected = photos.count()
        correction = service.categorise(photos, category, user=user)
        if body.get("select_all"):
            counted: EditedPhotos = {
                "status": True,
                "count": correction.count,
                "selected": selected,
                "unchanged": selected - correction.count,
                "undo": None,
                "edit": correction.edit,
            }
            return Response(counted)
        rows = photos.order_by("id")
        changed = set(correction.changed())
        named = list(rows.values_list("pk", "image_hash"))
        listed = Listed(
            [image_hash for pk, image_hash in named if pk in changed],
            [image_hash for pk, image_hash in named if pk not in changed],
            None,
        )
        names = {name.lower() for name in body["image_hashes"]}
        answer: EditedPhotos = {**edited_photos(listed, names), "edit": correction.edit}
        return Response(answer)


def _corrected(correction: Correction) -> Response:
    answer: CorrectedPhotos = {
        "status": True,
        "count": correction.count,
        "edit": correction.edit,
    }
    return Response(answer)


class SelectionActView(APIView):
    """One thing said of many photos."""

    serializer: type[BaseSerializer[Any]]
    act: Callable[..., Correction]

    def apply(self, request: Request) -> Response:
        """Do it to the photos that the body selects."""
        body = validated(self.serializer, request)
        return _corrected(
            self.act(selected_photos(request, body), body, caller(request))
        )


class ShiftView(SelectionActView):
    """Dates of many photos moved by a span, or read in another zone."""

    serializer = ShiftSerializer

    @documented("photos_shift", request=ShiftSerializer, answer=CorrectedPhotos)
    def post(self, request: Request) -> Response:
        return self.apply(request)

    def act(self, photos: PhotoQuerySet, body: dict[str, Any], user: Any) -> Correction:
        """Move the dates, or say in which zone their clocks were."""
        if "seconds" in body:
            span = timedelta(seconds=body["seconds"])
            return service.shift_dates(photos, span, user=user)
        zone = body.get("timezone") or None
        return service.say(photos, {"timezone": zone}, user=user)


class PlaceView(SelectionActView):
    """Where many photos were taken."""

    serializer = PlaceSerializer

    @documented("photos_place", request=PlaceSerializer, answer=CorrectedPhotos)
    def post(self, request: Request) -> Response:
        return self.apply(request)

    def act(self, photos: PhotoQuerySet, body: dict[str, Any], user: Any) -> Correction:
        """Say where."""
        return service.say(photos, {"position": body["position"]}, user=user)


class TurnView(SelectionActView):
    """Many stills turned or mirrored; videos stay as they are."""

    serializer = TurnSerializer

    @documented("photos_turn", request=TurnSerializer, answer=CorrectedPhotos)
    def post(self, request: Request) -> Response:
        return self.apply(request)

    def act(self, photos: PhotoQuerySet, body: dict[str, Any], user: Any) -> Correction:
        """Turn them."""
        return _turn(photos, body, user)


class UndoView(APIView):
    """One act on photos taken back, but for those of which more was said since."""

    @documented("photos_revert", request=UndoSerializer, answer=CorrectedPhotos)
    def post(self, request: Request) -> Response:
        body = validated(UndoSerializer, request)
        user = caller(request)
        return _corrected(service.undo(changeable(request), body["edit"], user=user))
