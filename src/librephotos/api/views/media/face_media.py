"""Crops of faces over HTTP."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import storages
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from librephotos.api.models import Face, Photo
from librephotos.api.services.faces import cut_out_again
from librephotos.api.views.media.byte_response import REVALIDATED, Content
from librephotos.api.views.media.photo_media import (
    NoContent,
    PhotoMediaView,
    binary,
    local_path,
)
from librephotos.numbers import whole_number


class FaceMediaView(PhotoMediaView):
    """The crop of a face, named by its photo and its number: `{hash}_{number}.jpg`.

    Who may see the photo may see its faces if the owner shows these; what has been
    dismissed only the owner. To others a face that is kept from them is none.
    """

    @binary
    def get(self, request: Request, **address: Any) -> HttpResponseBase:
        number = str(address["name"]).split(".", 1)[0].partition("_")[2]
        self.face_id = whole_number(number) or 0
        return super().get(request, **address)

    def photos(self) -> Any:
        sharing = ("public_sharing_defaults", "public_sharing", "is_active")
        return Photo.objects.select_related("owner").only(
            "image_hash", "public", "visible", *(f"owner__{name}" for name in sharing)
        )

    def content(self, photo: Photo, *, by_hash: bool) -> Content:
        faces, rights = Face.objects.filter(photo=photo), self.rights(photo)
        if not rights.faces:
            raise NoContent
        if not rights.own:
            faces = faces.shown()
        face = faces.only("crop").filter(pk=self.face_id).first()
        if face is None:
            raise NoContent
        storage = storages["previews"]
        if not (face.crop and storage.exists(face.crop) and storage.size(face.crop)):
            cut_out_again(photo)  # not cut out yet, lost, or cut short
            raise NoContent
        file = storage.open(face.crop)
        return Content(
            file=file,
            length=file.size,
            mime="image/jpeg",
            etag=f'"{face.crop}"',
            # The number outlives the crop: a later scan may see the face better.
            cache=REVALIDATED,
            path=local_path(file),
        )
