"""Tags that people make, as their owners see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from librephotos.api.models import Photo, Thing
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.models.library.thing import ThingQuerySet
from librephotos.api.queries.library.albums import Album, AlbumKind, covers_of
from librephotos.api.queries.library.things import NEWEST


class UserTags(AlbumKind[Album[int]]):
    """One's own tags by name, those of no photo too, or those of one `photo` alone."""

    def __init__(self, viewer: Any, photo: Photo | None = None) -> None:
        super().__init__(viewer)
        self.photo = photo

    def rows(self, title: str = "") -> ThingQuerySet:
        found = Thing.objects.owned_by(self.viewer).tags()
        if title:
            found = found.filter(title__icontains=title)
        if self.photo is not None:
            found = found.filter(tagged__photo=self.photo)
        return found.order_by("title", "id")

    def described(self, rows: Sequence[Thing]) -> list[Album[int]]:
        covers = covers_of([tag.pk for tag in rows], NEWEST)
        return [
            Album(tag.pk, tag.title, tag.photo_count, covers.get(tag.pk, ()))
            for tag in rows
        ]

    def album(self, key: int) -> Album[int] | None:
        tag = Thing.objects.owned_by(self.viewer).tags().filter(pk=key).first()
        return None if tag is None else Album(tag.pk, tag.title, tag.photo_count)

    def photos(self, album: Album[int]) -> PhotoQuerySet:
        own = Photo.objects.owned_by(self.viewer).visible()
        return own.filter(tags__thing=album.key)
