"""Originals over HTTP: as they are for their owner, without metadata for others.

Others have them as they are too if all is shown to them that they may hold.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from functools import partial
from typing import Any

from librephotos.api.http.caller import caller, who_waits
from librephotos.api.models import File, Photo, folders_of
from librephotos.api.models.fields import readable_path
from librephotos.api.services.waiting import PLACES
from librephotos.api.storage.originals import Original, PartOf, open_original
from librephotos.api.views.media.byte_response import (
    IMMUTABLE,
    REVALIDATED,
    Content,
    GrowingContent,
)
from librephotos.api.views.media.films import film_content
from librephotos.api.views.media.photo_media import NoContent, PhotoMediaView, Rights
from librephotos.api.views.media.stripped_copy_content import (
    for_others,
    stripped_content,
)
from librephotos.media.files.motion_photo import video_range

# Formats that no browser runs scripts of; SVG and HTML are never taken for pictures.
_SHOWN = re.compile(r"(image/(?!svg)|video/)[\w.+-]+", re.ASCII)


class OriginalView(PhotoMediaView):
    """The main file: as it is on disk for its owner, without metadata for others."""

    def photos(self) -> Any:
        return Photo.objects.select_related("main_file").defer(
            "placeholder", "search_text"
        )

    def content(self, photo: Photo, *, by_hash: bool) -> Content | GrowingContent:
        file, rights = photo.main_file, self.rights(photo)
        # What moves is looked at as it is; of a still there are previews for that.
        if file is None or not (rights.downloads or photo.video):
            raise NoContent
        if photo.video and rights.own and self.wants_playable():
            return self.playable(file)
        return self.whole(photo, file, rights, by_hash=by_hash)

    def whole(
        self,
        photo: Photo,
        file: File,
        rights: Rights,
        *,
        by_hash: bool,
        mime: str = "",
    ) -> Content:
        """Return a file of a photo as the caller may have it."""
        if rights.own:
            return self._as_it_is(file, by_hash=by_hash, mime=mime)
        if rights.originals:
            return for_others(photo, self._as_it_is(file, by_hash=False, mime=mime))
        copy = stripped_content(
            photo, file, self.opened(file), caller=who_waits(self.request)
        )
        return replace(copy, mime=mime or copy.mime)

    def _as_it_is(self, file: File, *, by_hash: bool, mime: str) -> Content:
        found = self.opened(file)
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
            disk=found.disk,
        )

    def wants_playable(self) -> bool:
        """Whether the caller has chosen to have films as every browser plays them."""
        return caller(self.request).transcode_videos

    def playable(
        self, file: File, *, embedded_video: bool = False
    ) -> Content | GrowingContent:
        """Return a film, or the video in a motion photo, as every browser plays it."""
        name = os.path.splitext(os.path.basename(readable_path(file.path)))[0]
        return film_content(
            file,
            self.opened(file, part_of=video_range if embedded_video else None),
            caller=who_waits(self.request),
            file_name=f"{name}.mp4",
            embedded_video=embedded_video,
        )

    def opened(self, file: File, *, part_of: PartOf | None = None) -> Original:
        """Open an original; raise NoSuchPart, or OSError if it cannot be opened."""
        # Read here: the thread that looks at the disk has no connection to a database.
        roots = folders_of(file.owner_id)
        return open_original(
            file.path,
            roots=roots,
            part_of=part_of,
            place=partial(PLACES.take, who_waits(self.request)),
        )


class VideoView(OriginalView):
    """The video: as it is on disk for its owner, without metadata for others."""

    def content(self, photo: Photo, *, by_hash: bool) -> Content | GrowingContent:
        if not photo.video:
            raise NoContent
        return super().content(photo, by_hash=by_hash)


class EmbeddedVideoView(OriginalView):
    """The video of a motion photo: a file beside it, or a part of its own file."""

    def content(self, photo: Photo, *, by_hash: bool) -> Content:
        if not photo.motion_photo or photo.main_file is None:
            raise NoContent
        beside = video_beside(photo)
        rights = self.rights(photo)
        if beside is not None:
            return self.whole(photo, beside, rights, by_hash=by_hash, mime="video/mp4")
        return self._inside(photo, photo.main_file, rights, by_hash=by_hash)

    def _inside(
        self, photo: Photo, file: File, rights: Rights, *, by_hash: bool
    ) -> Content:
        if rights.own:
            return self._part(file, by_hash=by_hash)
        if rights.originals:
            return for_others(photo, self._part(file, by_hash=False))
        return stripped_content(
            photo,
            file,
            self.opened(file),
            caller=who_waits(self.request),
            embedded_video=True,
        )

    def _part(self, file: File, *, by_hash: bool) -> Content:
        found = self.opened(file, part_of=video_range)
        start, length = found.part
        name = os.path.splitext(os.path.basename(readable_path(file.path)))[0]
        return Content(
            file=found.file,
            start=start,
            length=length,
            mime="video/mp4",
            etag=f'"{found.size:x}-{found.mtime_ns:x}-video"',
            cache=_cache(file, found, by_hash=by_hash),
            file_name=f"{name}.mp4",
            disk=found.disk,
        )


class PlayableView(OriginalView):
    """A film, or the video of a motion photo, as every browser plays it.

    For its owner, whatever they have chosen: others get it as it is, but for those who
    come by a link (`linked_media`).
    """

    def content(self, photo: Photo, *, by_hash: bool) -> Content | GrowingContent:
        if photo.owner_id != self.request.user.pk:
            raise NoContent
        return self.film(photo)

    def film(self, photo: Photo) -> Content | GrowingContent:
        """Return what moves of a photo as every browser plays it."""
        file = photo.main_file
        if file is None:
            raise NoContent
        if photo.video:
            return self.playable(file)
        if not photo.motion_photo:
            raise NoContent
        beside = video_beside(photo)
        if beside is not None:
            return self.playable(beside)
        return self.playable(file, embedded_video=True)


def video_beside(photo: Photo) -> File | None:
    """Return the file that is the video of a motion photo, None if it has none."""
    videos = photo.files.filter(kind="video", missing_since=None)
    return videos.order_by("id").first()


def _cache(file: File, found: Original, *, by_hash: bool) -> str:
    """The hash names these bytes for ever, unless they changed since the scan."""
    same = (found.size, found.mtime_ns) == (file.size, file.mtime_ns)
    return IMMUTABLE if by_hash and same else REVALIDATED
