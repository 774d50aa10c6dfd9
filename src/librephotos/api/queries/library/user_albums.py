"""Albums that people make, as their owners see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from librephotos.api.models import Photo, UserAlbum
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.models.library.user_album import UserAlbumQuerySet
from librephotos.api.queries.library.albums import Album, AlbumKind
from librephotos.api.queries.library.photos import newest_first

# The chosen one if it can be seen there, or else the newest import, from the index.
_COVERS = """
SELECT album.id, photo.image_hash, photo.rating, photo.hidden, photo.taken_at,
    photo.public, photo.video
FROM api_useralbum AS album
CROSS JOIN LATERAL (
    (
        SELECT photo_id FROM api_useralbumphoto
        WHERE album_id = album.id AND photo_id = album.cover_id AND visible
    )
    UNION ALL
    (
        SELECT photo_id FROM api_useralbumphoto
        WHERE album_id = album.id AND visible ORDER BY photo_id DESC LIMIT 1
    )
    LIMIT 1
) AS shown
JOIN api_photo AS photo ON photo.id = shown.photo_id
WHERE album.id = ANY(%s)
"""


class AlbumCover(NamedTuple):
    """The photo that stands for an album which a person has made."""

    image_hash: str
    rating: int
    hidden: bool
    taken_at: datetime | None
    public: bool
    video: bool


@dataclass(slots=True, kw_only=True)
class OwnAlbum(Album[int]):
    """An album that a person has made, `cover` None where nothing is to be seen."""

    row: UserAlbum
    cover: AlbumCover | None = None


class UserAlbums(AlbumKind[OwnAlbum]):
    """One's own albums, by title; the list leaves out those with nothing to be seen."""

    def rows(self, title: str = "") -> UserAlbumQuerySet:
        shown = self._own().filter(photo_count__gt=0)
        found = shown.filter(title__icontains=title) if title else shown
        return found.order_by("title", "id")

    def described(self, rows: Sequence[UserAlbum]) -> list[OwnAlbum]:
        covers = _covers([row.pk for row in rows])
        albums = [_album(row) for row in rows]
        for album in albums:
            album.cover = covers.get(album.key)
        return albums

    def album(self, key: int) -> OwnAlbum | None:
        row = self._own().filter(pk=key).first()
        return None if row is None else _album(row)

    def photos(self, album: OwnAlbum) -> PhotoQuerySet:
        own = Photo.objects.owned_by(self.viewer).visible()
        return own.filter(memberships__album=album.key)

    def holding(self, photo: Photo) -> UserAlbumQuerySet:
        """Return the albums that a photo is in, by title."""
        return self._own().filter(members__photo=photo.pk).order_by("title", "id")

    def _own(self) -> UserAlbumQuerySet:
        return UserAlbum.objects.owned_by(self.viewer).select_related("owner")


def when_and_where(photos: PhotoQuerySet) -> tuple[datetime | None, str]:
    """Return when the newest dated photo was taken, and where the newest placed one."""
    newest = newest_first(photos)
    dated = newest.exclude(taken_at=None).values_list("taken_at", flat=True)
    placed = newest.exclude(place=None).values_list("place__name", flat=True)
    return dated.first(), placed.first() or ""


def _covers(albums: Sequence[int]) -> dict[int, AlbumCover]:
    with connection.cursor() as cursor:
        cursor.execute(_COVERS, [list(albums)])
        return {key: AlbumCover(*cover) for key, *cover in cursor.fetchall()}


def _album(row: UserAlbum) -> OwnAlbum:
    return OwnAlbum(key=row.pk, title=row.title, photo_count=row.photo_count, row=row)


def number_of_albums(user: Any) -> int:
    """Return how many albums somebody has made in which anything is to be seen."""
    return UserAlbums(user).rows().count()
