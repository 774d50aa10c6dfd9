"""An album in full: what it is, and one page of its photos by day."""

from __future__ import annotations

from typing import Generic, NotRequired, TypedDict, TypeVar

from librephotos.api.serializers.library.grid import DayGroup
from librephotos.api.serializers.library.place import CoverPhoto

Album = TypeVar("Album")


class TitledAlbum(TypedDict):
    """A place or a thing, by the photos of it."""

    id: str
    title: str


class AlbumPhotos(TitledAlbum):
    """A place or a thing with a page of its photos."""

    grouped_photos: list[DayGroup]


class NamedAlbum(TypedDict):
    """A person, by the photos of them."""

    id: str
    name: str
    photo_count: int


class PersonPhotos(NamedAlbum):
    """A person with a page of their photos."""

    grouped_photos: list[DayGroup]


class AlbumPage(TypedDict, Generic[Album]):
    """An album with one page of its photos, and where the next ones are."""

    next: str | None
    previous: str | None
    results: Album


class UserAlbum(TypedDict):
    """An album that a person has made; there are none yet."""

    id: int
    title: str
    cover_photo: NotRequired[CoverPhoto]
