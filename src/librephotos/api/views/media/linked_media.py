"""Bytes of what a link shows, at addresses that end with the link.

Neither addresses nor headers tell the hash of a photo, by which it could be asked for
once the link is revoked.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac
from rest_framework.request import Request

from librephotos.api.http.links import NotValid, visited
from librephotos.api.models import Link, Photo, Shown
from librephotos.api.queries.library.links import linked_photos
from librephotos.api.queries.library.photos import one_of
from librephotos.api.views.media.byte_response import (
    REVALIDATED,
    Content,
    GrowingContent,
)
from librephotos.api.views.media.face_media import FaceMediaView
from librephotos.api.views.media.originals import (
    EmbeddedVideoView,
    OriginalView,
    PlayableView,
    VideoView,
)
from librephotos.api.views.media.photo_media import (
    NoContent,
    PhotoMediaView,
    PreviewView,
    Rights,
    binary,
)

_TAG = "librephotos.linked-media"


class LinkedMediaView(PhotoMediaView):
    """Bytes of a photo, for those who come by a link to it or to its album.

    Whoever they are besides: owners see here what their visitors see.
    """

    # No cookie of a sign-in: the one that opens a link is all that counts here.
    authentication_classes = PhotoMediaView.authentication_classes[:2]
    attachment = False

    @binary
    def get(self, request: Request, **address: Any) -> HttpResponseBase:
        name, links = address.get("name", ""), Link.objects.to_photos()
        if name:
            links = Link.objects.to_albums()
        self.link = visited(request, links, address["slug"])
        photos = linked_photos(self.link, self.photos())
        photo = one_of(photos, name) if name else photos.first()
        if photo is None:
            raise NotValid
        return self.answer(photo, by_hash=False)

    def nothing(self) -> HttpResponseBase:
        raise NotValid

    def closed(self) -> HttpResponseBase:
        raise NotValid

    def rights(self, photo: Photo) -> Rights:
        return Rights(
            originals=self.link.shares_originals,
            faces=Shown.PEOPLE in self.link.shown,
            downloads=self.link.downloads,
        )

    def presented(
        self, photo: Photo, content: Content | GrowingContent
    ) -> Content | GrowingContent:
        if isinstance(content, GrowingContent):  # has neither name nor tag
            return content
        value = f"{self.link.slug}{content.etag}"
        content = replace(
            content,
            cache=REVALIDATED,
            etag=f'"{salted_hmac(_TAG, value).hexdigest()}"',
            attachment=content.attachment or self.attachment,
        )
        if not content.file_name:
            return content
        extension = os.path.splitext(content.file_name)[1]
        return replace(content, file_name=f"photo-{photo.pk.hex[-8:]}{extension}")


class LinkedPreview(LinkedMediaView, PreviewView):
    """A preview; of the smaller sizes a moving one where there is one."""


class LinkedVideo(LinkedMediaView, VideoView):
    """The video, with or without its metadata as the link says."""


class LinkedMotion(LinkedMediaView, EmbeddedVideoView):
    """The video of a motion photo."""


class LinkedPlayable(LinkedMediaView, PlayableView):
    """A film, or the video of a motion photo, as every browser plays it.

    Pictures and sound are coded anew: nothing else of the file is in it.
    """

    def content(self, photo: Photo, *, by_hash: bool) -> Content | GrowingContent:
        return self.film(photo)


class LinkedFile(LinkedMediaView, OriginalView):
    """The file to keep, if the link lets visitors have it."""

    attachment = True

    def content(self, photo: Photo, *, by_hash: bool) -> Content:
        rights = self.rights(photo)
        if photo.main_file is None or not rights.downloads:
            raise NoContent
        return self.whole(photo, photo.main_file, rights, by_hash=by_hash)


class LinkedFace(LinkedMediaView, FaceMediaView):
    """The crop of a face, if the link shows faces."""

    @binary
    def get(self, request: Request, **address: Any) -> HttpResponseBase:
        self.face_id = address["face_id"]
        return LinkedMediaView.get(self, request, **address)
