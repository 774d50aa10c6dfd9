"""Pictures and videos over HTTP."""

from __future__ import annotations

import logging
import os
import re
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

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
from librephotos.api.models import File, Photo, ScanDirectory, User
from librephotos.api.models.fields import readable_path
from librephotos.api.pipeline.previews.store import remake_previews
from librephotos.api.queries.library.photos import one_of
from librephotos.api.storage.originals import Original, open_original
from librephotos.api.storage.previews import PreviewSize, preview_name
from librephotos.api.views.media.byte_response import (
    IMMUTABLE,
    REVALIDATED,
    Content,
    send,
)
from librephotos.api.views.media.stripped_copy_content import (
    for_others,
    stripped_content,
)
from librephotos.media.errors import MediaError
from librephotos.media.files.motion_photo import video_range
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
# Formats that no browser runs scripts of; SVG and HTML are never taken for pictures.
_SHOWN = re.compile(r"(image/(?!svg)|video/)[\w.+-]+", re.ASCII)
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


def denied(request: Request) -> HttpResponse:
    """Answer for what the caller may not see, and just so for what there is not.

    Callers who are not signed in are told that, so that a client renews its token.
    """
    if request.user.is_authenticated:
        return HttpResponse(status=404)
    return HttpResponse(status=403, headers={"X-Media-Error": "authentication"})


class DiskSilent(APIException):
    """The file system that a picture lies on does not answer."""

    status_code = 503
    default_code = "disk_silent"
    default_detail = "The disk that this lies on does not answer; try again later."
    wait = AGAIN_AFTER_S  # becomes Retry-After


class PhotoMediaView(APIView):
    """Bytes of a photo, for those who may see it.

    The photo is named by image hash or UUID; what follows a "." or "_" is ignored.
    """

    authentication_classes = [
        BearerAuthentication,
        EnvelopeBasicAuthentication,
        CookieAuthentication,
    ]
    permission_classes = [AllowAny]
    content_negotiation_class = WhateverIsAccepted

    @binary
    def get(self, request: Request, name: str) -> HttpResponseBase:
        name = name.split(".", 1)[0].split("_", 1)[0]
        photo = one_of(self.photos().viewable_by(request.user), name)
        if photo is None:
            return denied(request)
        try:
            content = self.content(photo, by_hash=name == photo.image_hash)
        except NoContent:
            return HttpResponse(status=404)
        except TimeoutError as error:
            raise DiskSilent from error
        except (OSError, MediaError) as error:
            logger.warning("No bytes of photo %s: %s", photo.pk, type(error).__name__)
            return HttpResponse(status=404)
        if photo.owner_id != request.user.pk:
            # Their owner may cease to share them.
            content = replace(content, cache=REVALIDATED)
        return send(request, content)

    def photos(self) -> Any:
        """Return all photos, with the columns that `content` needs."""
        raise NotImplementedError

    def content(self, photo: Photo, *, by_hash: bool) -> Content:
        """Return what to send; raise NoContent or OSError where there is nothing."""
        raise NotImplementedError


class PreviewView(PhotoMediaView):
    """A preview; of the smaller sizes a moving one where there is one."""

    size = PreviewSize.BIG

    def photos(self) -> Any:
        return Photo.objects.only(
            "owner", "image_hash", "video", "preview_format", "clip_format"
        )

    def content(self, photo: Photo, *, by_hash: bool) -> Content:
        size, extension = self._variant(photo)
        if not extension:
            raise NoContent
        storage, name = storages["previews"], preview_name(photo.pk, size, extension)
        if not (storage.exists(name) and storage.size(name)):
            # Lost, or cut short by a loss of power.
            remake_previews(photo.pk, awaited=True)
            raise NoContent
        file = storage.open(name)
        return Content(
            file=file,
            length=file.size,
            mime=_TYPES[extension],
            etag=f'"{photo.image_hash}-{size}-{file.size:x}"',
            cache=IMMUTABLE if by_hash else REVALIDATED,
            path=local_path(file),
        )

    def _variant(self, photo: Photo) -> tuple[PreviewSize, str]:
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


class OriginalView(PhotoMediaView):
    """The main file: as it is on disk for its owner, without metadata for others."""

    def photos(self) -> Any:
        return Photo.objects.select_related("main_file").defer(
            "placeholder", "search_text"
        )

    def content(self, photo: Photo, *, by_hash: bool) -> Content:
        file = photo.main_file
        if file is None:
            raise NoContent
        return self.whole(photo, file, by_hash=by_hash)

    def whole(
        self, photo: Photo, file: File, *, by_hash: bool, mime: str = ""
    ) -> Content:
        """Return a file of a photo as the caller may have it."""
        if self.request.user.pk == photo.owner_id:
            return original_content(file, by_hash=by_hash, mime=mime)
        if photo.owner.shares_metadata:
            return for_others(photo, original_content(file, by_hash=False, mime=mime))
        copy = stripped_content(
            photo, file, _opened(file), caller=who_waits(self.request)
        )
        return replace(copy, mime=mime or copy.mime)


class VideoView(OriginalView):
    """The video: as it is on disk for its owner, without metadata for others."""

    def content(self, photo: Photo, *, by_hash: bool) -> Content:
        if not photo.video:
            raise NoContent
        return super().content(photo, by_hash=by_hash)


class EmbeddedVideoView(OriginalView):
    """The video of a motion photo: a file beside it, or a part of its own file."""

    def content(self, photo: Photo, *, by_hash: bool) -> Content:
        if not photo.motion_photo or photo.main_file is None:
            raise NoContent
        videos = photo.files.filter(kind="video", missing_since=None)
        beside = videos.order_by("id").first()
        if beside is not None:
            return self.whole(photo, beside, by_hash=by_hash, mime="video/mp4")
        return self._inside(photo, photo.main_file, by_hash=by_hash)

    def _inside(self, photo: Photo, file: File, *, by_hash: bool) -> Content:
        if self.request.user.pk == photo.owner_id:
            return _embedded(file, by_hash=by_hash)
        if photo.owner.shares_metadata:
            return for_others(photo, _embedded(file, by_hash=False))
        return stripped_content(
            photo,
            file,
            _opened(file),
            caller=who_waits(self.request),
            embedded_video=True,
        )


def _opened(file: File) -> Original:
    roots = ScanDirectory.objects.filter(user_id=file.owner_id)
    # Read here: the thread that looks at the disk has no connection to the database.
    return open_original(file.path, roots=list(roots.values_list("path", flat=True)))


def _cache(file: File, found: Original, *, by_hash: bool) -> str:
    """The hash names these bytes for ever, unless they changed since the scan."""
    same = (found.size, found.mtime_ns) == (file.size, file.mtime_ns)
    return IMMUTABLE if by_hash and same else REVALIDATED


def original_content(file: File, *, by_hash: bool, mime: str = "") -> Content:
    """Return a whole file of a photo; raise OSError if it cannot be opened."""
    found = _opened(file)
    mime = mime or file.mime
    shown = bool(_SHOWN.fullmatch(mime))
    return Content(
        file=found.file,
        length=found.size,
        mime=mime if shown else "application/octet-stream",
        etag=f'"{found.size:x}-{found.mtime_ns:x}"',
        cache=_cache(file, found, by_hash=by_hash),
        file_name=os.path.basename(readable_path(file.path)),
        attachment=not shown,
        path=found.path,
    )


def _embedded(file: File, *, by_hash: bool) -> Content:
    """Return the part of a file that is a video; raise NoContent without one."""
    found = _opened(file)
    with ExitStack() as unless_sent:
        unless_sent.callback(found.file.close)
        # The open file rather than its path, which may lead elsewhere by now.
        part = video_range(found.file)
        if part is None or part[0] + part[1] > found.size:
            raise NoContent
        unless_sent.pop_all()
    name = os.path.splitext(os.path.basename(readable_path(file.path)))[0]
    return Content(
        file=found.file,
        start=part[0],
        length=part[1],
        mime="video/mp4",
        etag=f'"{found.size:x}-{found.mtime_ns:x}-video"',
        cache=_cache(file, found, by_hash=by_hash),
        file_name=f"{name}.mp4",
    )


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
