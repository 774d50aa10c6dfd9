"""Captions over HTTP: one that a model is to write now."""

from __future__ import annotations

from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.api.http.errors import envelope
from librephotos.api.http.input import validated
from librephotos.api.models import Photo, SiteSettings
from librephotos.api.queries.library.photos import one_of
from librephotos.api.serializers.library.photo_edit import CaptionedPhotoSerializer
from librephotos.api.serializers.library.photo_shape import CaptionAttempt
from librephotos.api.services.captions import caption_now

_NOT_YOURS = "Only the owner of a photo may have it captioned."


class GenerateCaptionView(APIView):
    """Have a photo of one's own captioned, and wait for it for some seconds.

    Where that cannot be, `reason` is `model_downloading`, `model_not_installed`,
    `not_yet` or `failed`, and `message` says what to do. The photos of others that one
    cannot see are unknown; those that one can see are refused.
    """

    @documented(
        "photo_generate_caption",
        request=CaptionedPhotoSerializer,
        answer=CaptionAttempt,
    )
    def post(self, request: Request) -> Response:
        name = validated(CaptionedPhotoSerializer, request)["image_hash"]
        model = SiteSettings.current().caption_model
        if not model:
            raise PermissionDenied("Captions are switched off.")
        photo = one_of(Photo.objects.viewable_by(request.user), name)
        if photo is None:
            raise NotFound("There is no such photo.")
        if photo.owner_id != request.user.pk:
            return Response(
                {"status": False, "message": _NOT_YOURS, **envelope(_NOT_YOURS)},
                status=400,
            )
        obstacle = caption_now(photo, model=model)
        if obstacle is None:
            return Response(CaptionAttempt(status=True))
        return Response(
            CaptionAttempt(
                status=False, reason=obstacle.reason, message=obstacle.message
            )
        )
