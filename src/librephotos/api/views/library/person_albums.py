"""People's photos by day over HTTP: of one of them, or the newest of each."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request

from librephotos.api.http.documentation import documented
from librephotos.api.http.pagination import Page, RegularPagination
from librephotos.api.queries.library.person_albums import PersonAlbum, PersonAlbums
from librephotos.api.serializers.library.album import (
    AlbumPage,
    NamedAlbum,
    PersonPhotos,
    listed_person,
    named_album,
)
from librephotos.api.views.library.albums import (
    ALBUM_QUERY,
    LIST_QUERY,
    AlbumListView,
    AlbumView,
)


class PersonAlbumPagination(RegularPagination):
    """For albums that come with their photos."""

    max_page_size = 100


@extend_schema_view(
    get=documented("person_albums", query=LIST_QUERY, answer=Page[PersonPhotos])
)
class PersonAlbumListView(AlbumListView[PersonAlbum]):
    """The people whom one has named, each with the hundred newest photos; deprecated.

    `photo_count` tells how many there are; the album of one person gives them all, a
    page at a time.
    """

    paginator = PersonAlbumPagination

    def kind(self, request: Request) -> PersonAlbums:
        return PersonAlbums(request.user)

    def listed(self, album: PersonAlbum) -> PersonPhotos:
        return listed_person(album, viewer=self.request.user)


@extend_schema_view(
    get=documented(
        "person_album",
        path=("person_id",),
        query=ALBUM_QUERY,
        answer=AlbumPage[PersonPhotos],
    )
)
class PersonAlbumView(AlbumView[PersonAlbum]):
    """A person's or group's visible photos by day, newest first."""

    unknown = "You know no such person."

    def kind(self, request: Request) -> PersonAlbums:
        return PersonAlbums(request.user)

    def headed(self, album: PersonAlbum) -> NamedAlbum:
        return named_album(album)
