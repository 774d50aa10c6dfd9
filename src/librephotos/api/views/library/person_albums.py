"""People's photos by day over HTTP: of one of them, or the newest of each."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.api.http.input import one_person
from librephotos.api.http.pagination import PAGING, Page, RegularPagination, paginated
from librephotos.api.models import Person, Photo
from librephotos.api.queries.library.person_albums import PersonAlbum, person_albums
from librephotos.api.queries.people.person_photos import photos_of_person
from librephotos.api.serializers.library.album import (
    AlbumPage,
    NamedAlbum,
    PersonPhotos,
)
from librephotos.api.serializers.library.grid import day_groups
from librephotos.api.views.library.album_pages import ALBUM_QUERY, album_page

PHOTOS_EACH = 100
"""In the list of all albums."""


class PersonAlbumPagination(RegularPagination):
    """For albums that come with their photos."""

    max_page_size = 100


class PersonAlbumListView(APIView):
    """The people whom one has named, each with the hundred newest photos; deprecated.

    `photo_count` tells how many there are; the album of one person gives them all, a
    page at a time.
    """

    @documented("person_albums", query=PAGING, answer=Page[PersonPhotos])
    def get(self, request: Request) -> Response:
        people = Person.objects.owned_by(request.user).named().filter(hidden=False)
        return paginated(
            PersonAlbumPagination(),
            people,
            request,
            lambda page: _albums(request, page),
        )


def _albums(request: Request, people: list[Person]) -> list[PersonPhotos]:
    ids = [person.pk for person in people]
    albums = person_albums(request.user, ids, each=PHOTOS_EACH)
    return [
        _album(request, person, albums.get(person.pk, PersonAlbum(0, [])))
        for person in people
    ]


class PersonAlbumView(APIView):
    """A person's or group's visible photos by day, newest first."""

    @documented(
        "person_album",
        path=("person_id",),
        query=ALBUM_QUERY,
        answer=AlbumPage[PersonPhotos],
    )
    def get(self, request: Request, person_id: int) -> Response:
        person = one_person(request, person_id, named=False)
        wanted = photos_of_person(request.user, person.pk, visible=True)
        photos = Photo.objects.owned_by(request.user).visible().filter(pk__in=wanted)
        return album_page(request, _named(person, photos.count()), photos, if_empty="")


def _album(request: Request, person: Person, album: PersonAlbum) -> PersonPhotos:
    groups = day_groups(album.newest, viewer=request.user)
    return {**_named(person, album.photos), "grouped_photos": groups}


def _named(person: Person, photos: int) -> NamedAlbum:
    return {"id": str(person.pk), "name": person.name, "photo_count": photos}
