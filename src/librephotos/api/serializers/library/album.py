"""Albums in the contract's shapes: in a list, and in full with a page of photos."""

from __future__ import annotations

from typing import Any, Generic, TypedDict, TypeVar

from librephotos.api.queries.library.albums import Album
from librephotos.api.queries.library.person_albums import PersonAlbum
from librephotos.api.queries.library.places import PlaceAlbum
from librephotos.api.queries.library.things import ThingAlbum
from librephotos.api.serializers.library.grid import DayGroup, day_groups

AlbumT = TypeVar("AlbumT")


class CoverPhoto(TypedDict):
    """A photo that stands for an album; its previews are asked for by `?v=`."""

    image_hash: str
    video: bool
    shown_orientation: int


class ListedAlbum(TypedDict):
    """What the list tells of an album of any kind."""

    id: int
    title: str
    photo_count: int
    cover_photos: list[CoverPhoto]


class ListedPlace(ListedAlbum):
    """A place in the list of albums."""

    geolocation_level: int


class ListedThing(ListedAlbum):
    """What photos show, in the list of albums."""

    thing_type: str


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


class AlbumPage(TypedDict, Generic[AlbumT]):
    """An album with one page of its photos, and where the next ones are."""

    next: str | None
    previous: str | None
    results: AlbumT


def listed_place(place: PlaceAlbum) -> ListedPlace:
    """Return the item of the list of place albums."""
    return {**_listed(place), "geolocation_level": place.level}


def listed_thing(thing: ThingAlbum) -> ListedThing:
    """Return the item of the list of thing albums."""
    return {**_listed(thing), "thing_type": thing.source}


def listed_person(person: PersonAlbum, *, viewer: Any) -> PersonPhotos:
    """Return the item of the list of person albums, with the newest photos."""
    groups = day_groups(person.newest, viewer=viewer)
    return {**named_album(person), "grouped_photos": groups}


def titled_album(album: Album[int]) -> TitledAlbum:
    """Return what a place or a thing is called, in full."""
    return {"id": str(album.key), "title": album.title}


def named_album(person: PersonAlbum) -> NamedAlbum:
    """Return what a person is called, in full."""
    return {
        "id": str(person.key),
        "name": person.title,
        "photo_count": person.photo_count,
    }


def cover_photos(album: Album[int]) -> list[CoverPhoto]:
    """Return the photos that stand for an album."""
    return [
        {
            "image_hash": cover.image_hash,
            "video": cover.video,
            "shown_orientation": cover.shown_orientation,
        }
        for cover in album.covers
    ]


def _listed(album: Album[int]) -> ListedAlbum:
    return {
        "id": album.key,
        "title": album.title,
        "photo_count": album.photo_count,
        "cover_photos": cover_photos(album),
    }
