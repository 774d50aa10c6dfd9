"""The photos that a view shows, by the code of that very view."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from librephotos.api.models import Photo
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.queries.library.albums import Album, AlbumKind
from librephotos.api.queries.library.photos import added_on, without_timestamp
from librephotos.api.queries.library.places import Places
from librephotos.api.queries.library.things import Things
from librephotos.api.queries.library.timeline import TimelineFilter, matching
from librephotos.api.queries.library.user_albums import UserAlbums
from librephotos.api.services.search import photos_with_words

ALBUMS: dict[str, type[AlbumKind[Any]]] = {
    "album": UserAlbums,
    "place": Places,
    "thing": Things,
}
"""The kinds of albums whose photos can be selected, by the key of the query."""


@dataclass(frozen=True, kw_only=True)
class ViewQuery:
    """What a view shows: a timeline, unless one of the others is given.

    `album` is a key of ALBUMS and the number of one. `search` are the words of a
    search. `added_on` is a UTC day. Of those, `video` chooses as of the timeline.
    """

    timeline: TimelineFilter = TimelineFilter()
    album: tuple[str, int] | None = None
    search: str | None = None
    added_on: date | None = None
    undated: bool = False
    video: bool | None = None


def photos_of_view(wanted: ViewQuery, *, viewer: Any) -> PhotoQuerySet:
    """Return the photos that a view shows to `viewer`, in no order.

    An album that there is not has none, like a place where the viewer never was.
    """
    if wanted.album is not None:
        photos = _of_album(*wanted.album, viewer=viewer)
    elif wanted.search is not None:
        photos = photos_with_words(viewer, wanted.search)
    elif wanted.added_on is not None:
        photos = added_on(viewer, wanted.added_on)
    elif wanted.undated:
        photos = without_timestamp(viewer)
    else:
        return matching(wanted.timeline, viewer=viewer)
    return photos if wanted.video is None else photos.filter(video=wanted.video)


def _of_album(kind: str, key: int, *, viewer: Any) -> PhotoQuerySet:
    albums = ALBUMS[kind](viewer)
    album: Album[Any] | None = albums.album(key)
    return Photo.objects.none() if album is None else albums.photos(album)


def trashed(wanted: ViewQuery) -> ViewQuery:
    """Return the query of what of a view lies in the trash."""
    return replace(wanted, timeline=replace(wanted.timeline, in_trashcan=True))
