"""Things over HTTP: albums of what photos show."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request

from librephotos.api.http.documentation import documented
from librephotos.api.http.pagination import Page
from librephotos.api.queries.library.things import ThingAlbum, Things
from librephotos.api.serializers.library.album import (
    AlbumPage,
    AlbumPhotos,
    ListedThing,
    TitledAlbum,
    listed_thing,
    titled_album,
)
from librephotos.api.views.library.albums import (
    ALBUM_QUERY,
    LIST_QUERY,
    AlbumListView,
    AlbumView,
)


@extend_schema_view(
    get=documented("things", query=LIST_QUERY, answer=Page[ListedThing])
)
class ThingListView(AlbumListView[ThingAlbum]):
    """What one's photos show, by title, the last first."""

    def kind(self, request: Request) -> Things:
        return Things(request.user)

    def listed(self, album: ThingAlbum) -> ListedThing:
        return listed_thing(album)


@extend_schema_view(
    get=documented(
        "thing", path=("thing_id",), query=ALBUM_QUERY, answer=AlbumPage[AlbumPhotos]
    )
)
class ThingView(AlbumView[ThingAlbum]):
    """One's visible photos of a thing, newest first."""

    unknown = "There is no such thing."
    empty = "You have no photos of that."

    def kind(self, request: Request) -> Things:
        return Things(request.user)

    def headed(self, album: ThingAlbum) -> TitledAlbum:
        return titled_album(album)
