"""Previews and the pictures of users over HTTP, and what all media have in common."""

from __future__ import annotations

import logging
import os
import re
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

from django.core.files.storage import default_storage, storages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from librephotos.api.http.authentication import (
    BearerAuthentication,
    CookieAuthentication,
    EnvelopeBasicAuthentication,
)
from librephotos.api.http.caller import who_waits
from librephotos.api.http.putting_off import PUT_OFF, WAITS_SINCE
from librephotos.api.models import Link, Photo, Shown, User
from librephotos.api.models.sharing.links import pictured_for
from librephotos.api.queries.library.photos import one_of, previews_are_due
from librephotos.api.queries.library.shares import may_have_faces, may_have_original
from librephotos.api.services.preview_requests import (
    NoPreviewPossible,
    NoPreviewYet,
    PreviewWait,
    await_preview,
)
from librephotos.api.storage.originals import NoSuchPart, OutsideScanDirectories
from librephotos.api.storage.previews import PreviewSize, preview_name
from librephotos.api.views.media.byte_response import (
    IMMUTABLE,
    REVALIDATED,
    Content,
    GrowingContent,
    send,
)
from librephotos.media.errors import MediaError
from librephotos.media.turns import UNTURNED
from librephotos.silent_disk import AGAIN_AFTER_S

logger = logging.getLogger(__name__)

_TYPES = {
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "mp4": "video/mp4",
    "png": "image/png",
    "webp": "image/webp",
}
_CLIPS = {
    PreviewSize.MEDIUM: PreviewSize.CLIP_MEDIUM,
    PreviewSize.SMALL: PreviewSize.CLIP_SMALL,
}
HASH_DIGITS = 6
"""So many digits of its hash tell one edit of a photo from another."""
_AVATAR_NAME = re.compile(r"\w[\w.-]{0,200}", re.ASCII)

binary = extend_schema(responses={(200, "*/*"): OpenApiTypes.BINARY})


class WhateverIsAccepted(DefaultContentNegotiation):
    """Sends what there is: `Accept: image/webp` asks for a picture, not for JSON."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


class NoContent(LookupError):
    """The photo has nothing of the kind that is asked for."""


@dataclass(frozen=True)
class Rights:
    """What a caller may have of a photo whose pictures they may see.

    One's `own` files come as they are. Of those of others come the `originals`, or
    copies without metadata; `faces` are crops of them. Without `downloads` there are no
    files of stills.
    """

    own: bool = False
    originals: bool = False
    faces: bool = False
    downloads: bool = True


def denied(request: Request) -> HttpResponse:
    """Answer for what the caller may not see, and just so for what there is not.

    Callers who are not signed in are told that, so that a client renews its token.
    """
    if request.user.is_authenticated:
        return HttpResponse(status=404)
    return HttpResponse(status=403, headers={"X-Media-Error": "authentication"})


def not_yet(retry_after_s: int) -> HttpResponse:
    """Answer, for nobody to keep, that it is worth asking again after a while."""
    headers = {"Retry-After": str(retry_after_s), "Cache-Control": "no-store"}
    response = HttpResponse(status=503, headers=headers)
    # It is no error of the server, and mostly thrown away (`http.putting_off`).
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


class DiskSilent(APIException):
    """The file system that a picture lies on does not answer."""

    status_code = 503
    default_code = "disk_silent"
    default_detail = "The disk that this lies on does not answer; try again later."
    wait = AGAIN_AFTER_S  # becomes Retry-After


class AskedName(NamedTuple):
    """What an address says of a photo.

    It is named by image hash or UUID; what follows a "." or "_" is ignored. A UUID and
    the first six digits of the hash, as in UUID_0f3a2b, name its bytes for good as the
    hash does.
    """

    name: str
    digits: str

    @classmethod
    def of(cls, address: str) -> AskedName:
        """Return what the last part of an address says."""
        name, _, digits = address.split(".", 1)[0].partition("_")
        return cls(name, digits)

    def by_hash(self, photo: Photo) -> bool:
        """Whether the bytes of a photo are named, which others would not be."""
        digits = self.digits + photo.image_hash[HASH_DIGITS:]
        return photo.image_hash in (self.name, digits)


class PhotoMediaView(APIView):
    """Bytes of a photo, for those who may see it."""

    authentication_classes = [
        BearerAuthentication,
        EnvelopeBasicAuthentication,
        CookieAuthentication,
    ]
    permission_classes = [AllowAny]
    content_negotiation_class = WhateverIsAccepted

    @binary
    def get(self, request: Request, **address: Any) -> HttpResponseBase:
        asked = AskedName.of(str(address["name"]))
        photo = one_of(pictured_for(self.photos(), request.user), asked.name)
        if photo is None:
            return denied(request)
        return self.answer(photo, by_hash=asked.by_hash(photo))

    def answer(self, photo: Photo, *, by_hash: bool) -> HttpResponseBase:
        """Answer with what there is of a photo that the caller may see."""
        try:
            content = self.presented(photo, self.content(photo, by_hash=by_hash))
        except (NoContent, NoSuchPart):
            return self.nothing()
        except NoPreviewYet as error:
            return not_yet(error.retry_after_s)
        except TimeoutError as error:
            raise DiskSilent from error
        except PermissionError as error:
            logger.warning("No bytes of photo %s: %s", photo.pk, type(error).__name__)
            outside = isinstance(error, OutsideScanDirectories)
            return self.nothing() if outside else self.closed()
        except (OSError, MediaError) as error:
            logger.warning("No bytes of photo %s: %s", photo.pk, type(error).__name__)
            return self.nothing()
        return send(self.request, content)

    def nothing(self) -> HttpResponseBase:
        """Answer that there is nothing of what is asked for."""
        return HttpResponse(status=404)

    def closed(self) -> HttpResponseBase:
        """Answer that the server is not let in, without a header about signing in."""
        return HttpResponse(status=403)

    def presented(
        self, photo: Photo, content: Content | GrowingContent
    ) -> Content | GrowingContent:
        """Have a browser ask for what is not its own each time.

        Its owner may cease to share it.
        """
        own = photo.owner_id == self.request.user.pk
        if own or isinstance(content, GrowingContent):
            return content
        return replace(content, cache=REVALIDATED)

    def rights(self, photo: Photo) -> Rights:
        """Return what the caller may have of a photo whose pictures they may see.

        Who sees it by links alone may have what all of these allow: which one they came
        by is not told.
        """
        user = self.request.user
        if photo.owner_id == user.pk:
            return Rights(own=True, originals=True, faces=True)
        if Photo.objects.viewable_by(user).filter(pk=photo.pk).exists():
            return Rights(
                originals=may_have_original(photo, viewer=user),
                faces=may_have_faces(photo, viewer=user),
            )
        links = Link.objects.vouching_for(photo=photo.pk, owner=photo.owner_id)
        found = list(links.select_related("owner"))
        if not found:  # revoked in this moment
            raise NoContent
        return Rights(
            originals=all(link.shares_originals for link in found),
            faces=all(Shown.PEOPLE in link.shown for link in found),
            downloads=all(link.downloads for link in found),
        )

    @abstractmethod
    def photos(self) -> Any:
        """Return all photos, with the columns that `content` needs."""

    @abstractmethod
    def content(self, photo: Photo, *, by_hash: bool) -> Content | GrowingContent:
        """Return what to send.

        Raises NoContent, NoSuchPart or OSError where there is nothing.
        """


class PreviewView(PhotoMediaView):
    """A preview; of the smaller sizes a moving one where there is one."""

    size = PreviewSize.BIG

    def photos(self) -> Any:
        return Photo.objects.only(
            "owner",
            "image_hash",
            "video",
            "preview_format",
            "clip_format",
            "user_orientation",
            "shown_orientation",
        ).annotate(previews_are_due=previews_are_due())

    def content(self, photo: Photo, *, by_hash: bool) -> Content:
        found = self._stored(photo, by_hash=by_hash)
        if found is not None:
            return found
        environment = self.request.META
        wait = PreviewWait(
            who_waits(self.request),
            put_off=environment.get(PUT_OFF),
            since=environment.get(WAITS_SINCE),
        )
        try:
            await_preview(photo.pk, wait=wait)
        except NoPreviewPossible as error:
            raise NoContent from error
        # It was made in this moment.
        found = self._stored(self._anew(photo), by_hash=by_hash)
        if found is None:
            await_preview(photo.pk, wait=wait, lost=True)
            raise NoContent
        return found

    def _anew(self, photo: Photo) -> Photo:
        row = self.photos().filter(pk=photo.pk).first()
        if row is None:
            raise NoContent
        return cast(Photo, row)

    def _stored(self, photo: Photo, *, by_hash: bool) -> Content | None:
        """Return the preview, None if there is none in the storage."""
        size, extension = self.variant(photo)
        if not extension:
            return None
        storage, name = storages["previews"], preview_name(photo.pk, size, extension)
        if not (storage.exists(name) and storage.size(name)):
            return None  # lost, or cut short by a loss of power
        file = storage.open(name)
        return self.content_of(photo, size, extension, file, file.size, by_hash=by_hash)

    def content_of(
        self,
        photo: Photo,
        size: PreviewSize,
        extension: str,
        file: Any,
        length: int,
        *,
        by_hash: bool,
    ) -> Content:
        """Return an open preview of so many bytes as it is sent."""
        return Content(
            file=file,
            length=length,
            mime=_TYPES[extension],
            etag=f'"{photo.image_hash}-{size}-{length:x}-{photo.shown_orientation}"',
            cache=IMMUTABLE if by_hash and self._is_final(photo) else REVALIDATED,
            path=local_path(file),
        )

    def _is_final(self, photo: Any) -> bool:
        """Whether the address names these pixels for ever.

        What was turned has another address: `?v=` and its orientation. What is about
        to be turned, or made anew of a file that was edited, has none.
        """
        if photo.previews_are_due:
            return False
        shown = photo.shown_orientation
        version = self.request.GET.get("v", str(UNTURNED))
        return shown == photo.user_orientation and version == str(shown)

    def variant(self, photo: Photo) -> tuple[PreviewSize, str]:
        """Choose what a client can show: an image stays one, if a moving one."""
        clip = _CLIPS.get(self.size)
        moving = photo.clip_format and (photo.video or photo.clip_format != "mp4")
        if clip and moving:
            return clip, photo.clip_format
        return self.size, photo.preview_format


def local_path(file: Any) -> bytes | None:
    """Return where a proxy finds a preview; None when it lies in another storage."""
    path = getattr(file, "name", "")
    return os.fsencode(path) if os.path.isabs(path or "") else None


class AvatarView(APIView):
    """The picture of a user, for everybody who is signed in."""

    authentication_classes = PhotoMediaView.authentication_classes
    permission_classes = [AllowAny]
    content_negotiation_class = WhateverIsAccepted

    @binary
    def get(self, request: Request, name: str) -> HttpResponseBase:
        if request.user.is_anonymous:
            return denied(request)
        stored = f"avatars/{name}"
        known = _AVATAR_NAME.fullmatch(name) and User.objects.filter(avatar=stored)
        if not (known and known.exists() and default_storage.exists(stored)):
            return HttpResponse(status=404)
        file = default_storage.open(stored)
        extension = name.rpartition(".")[2].lower()
        content = Content(
            file=file,
            length=file.size,
            mime=_TYPES.get(extension, "image/png"),
            etag=f'"{name}-{file.size:x}"',
            cache=REVALIDATED,
        )
        return send(request, content)


class UnknownMediaView(APIView):
    """Anything else below /media/: nothing."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(exclude=True)
    def get(self, request: Request, **_: str) -> HttpResponse:
        return HttpResponse(status=404)
