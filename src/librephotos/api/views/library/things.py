"""Things over HTTP: albums of what photos show."""

from __future__ import annotations

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.api.http.pagination import PAGING, Page, StandardPagination, paginated
from librephotos.api.models import Thing
from librephotos.api.queries.library.things import (
    photos_showing,
    thing_albums,
    thing_covers,
)
from librephotos.api.serializers.library.album import (
    AlbumPage,
    AlbumPhotos,
    TitledAlbum,
)
from librephotos.api.serializers.library.thing import ThingAlbum, thing_album
from librephotos.api.views.library.album_pages import ALBUM_QUERY, album_page


class ThingListView(APIView):
    """What one's photos show, by title, the last first."""

    @documented("things", query=("search", *PAGING), answer=Page[ThingAlbum])
    def get(self, request: Request) -> Response:
        title = request.query_params.get("search", "").replace("\0", "")
        albums = thing_albums(request.user, title=title)
        return paginated(StandardPagination(), albums, request, _albums)


def _albums(things: list[Thing]) -> list[ThingAlbum]:
    covers = thing_covers(thing.pk for thing in things)
    return [thing_album(thing, covers[thing.pk]) for thing in things]


class ThingView(APIView):
    """One's visible photos of a thing, newest first."""

    @documented(
        "thing", path=("thing_id",), query=ALBUM_QUERY, answer=AlbumPage[AlbumPhotos]
    )
    def get(self, request: Request, thing_id: int) -> Response:
        thing = _thing(request, thing_id)
        album: TitledAlbum = {"id": str(thing.pk), "title": thing.title}
        photos = photos_showing(request.user, thing)
        empty = "You have no photos of that."
        return album_page(request, album, photos, if_empty=empty)


def _thing(request: Request, thing_id: int) -> Thing:
    own = Thing.objects.owned_by(request.user)
    thing = own.filter(pk=thing_id).first()
    if thing is None:
        raise NotFound("There is no such thing.")
    return thing
