"""Places over HTTP: albums, map pins, time line and tree."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.api.http.pagination import Page
from librephotos.api.queries.library.places import (
    PlaceAlbum,
    Places,
    place_counts,
    stays,
)
from librephotos.api.serializers.library.album import (
    AlbumPage,
    AlbumPhotos,
    ListedPlace,
    TitledAlbum,
    listed_place,
    titled_album,
)
from librephotos.api.serializers.library.place_statistics import (
    PlaceTree,
    StayEntry,
    place_tree,
    stay_entries,
)
from librephotos.api.views.library.albums import (
    ALBUM_QUERY,
    LIST_QUERY,
    AlbumListView,
    AlbumView,
)

_PINS = {
    "type": "array",
    "items": {
        "type": "array",
        "items": {"anyOf": [{"type": "number"}, {"type": "string"}]},
        "minItems": 3,
        "maxItems": 3,
    },
}
"""Longitude, latitude and name: OpenAPI 3.0 does not tell them apart by place."""


@extend_schema_view(
    get=documented("places", query=LIST_QUERY, answer=Page[ListedPlace])
)
class PlaceListView(AlbumListView[PlaceAlbum]):
    """The places of one's photos, by title."""

    def kind(self, request: Request) -> Places:
        return Places(request.user)

    def listed(self, album: PlaceAlbum) -> ListedPlace:
        return listed_place(album)


@extend_schema_view(
    get=documented(
        "place", path=("place_id",), query=ALBUM_QUERY, answer=AlbumPage[AlbumPhotos]
    )
)
class PlaceView(AlbumView[PlaceAlbum]):
    """One's visible photos of a place and of all places in it, newest first."""

    # One sentence: that others have been there is none of one's business.
    unknown = empty = "You have no photos there."

    def kind(self, request: Request) -> Places:
        return Places(request.user)

    def headed(self, album: PlaceAlbum) -> TitledAlbum:
        return titled_album(album)


class MapPinsView(APIView):
    """Longitude, latitude and name of one's places."""

    @documented("map_pins", answer={(200, "application/json"): _PINS})
    def get(self, request: Request) -> Response:
        pins: dict[str, list[Any]] = {}
        for place in place_counts(request.user):
            if not place.title.isnumeric():
                pin = [place.longitude, place.latitude, place.title]
                pins.setdefault(place.title, pin)
        return Response([pins[name] for name in sorted(pins)])


class PlaceTimelineView(APIView):
    """The countries of one's photos over time."""

    @documented("place_timeline", answer=list[StayEntry])
    def get(self, request: Request) -> Response:
        return Response(stay_entries(stays(request.user)))


class PlaceTreeView(APIView):
    """Countries, regions and towns with their numbers of photos."""

    @documented("place_tree", answer=PlaceTree)
    def get(self, request: Request) -> Response:
        return Response(place_tree(place_counts(request.user)))
