"""Places over HTTP: albums, map pins, time line and tree."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.api.http.pagination import PAGING, Page, StandardPagination, paginated
from librephotos.api.models import Place
from librephotos.api.queries.library.places import photos_in, place_counts, stays
from librephotos.api.serializers.library.album import (
    AlbumPage,
    AlbumPhotos,
    TitledAlbum,
)
from librephotos.api.serializers.library.place import PlaceAlbum, place_album
from librephotos.api.serializers.library.place_statistics import (
    PlaceTree,
    StayEntry,
    place_tree,
    stay_entries,
)
from librephotos.api.views.library.album_pages import ALBUM_QUERY, album_page

_NOWHERE = "You have no photos there."
"""Also where nobody has: a place that others have been to is none of one's business."""


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


class PlaceListView(APIView):
    """The places of one's photos, by title."""

    @documented("places", query=("search", *PAGING), answer=Page[PlaceAlbum])
    def get(self, request: Request) -> Response:
        wanted = request.query_params.get("search", "").casefold()
        places = [
            place
            for place in place_counts(request.user, covers=True)
            if place.count and wanted in place.name.casefold()
        ]
        places.sort(key=lambda place: (place.name, place.level, place.id))
        return paginated(
            StandardPagination(),
            places,
            request,
            lambda page: [place_album(place) for place in page],
        )


class PlaceView(APIView):
    """One's visible photos of a place and of all places in it, newest first."""

    @documented(
        "place", path=("place_id",), query=ALBUM_QUERY, answer=AlbumPage[AlbumPhotos]
    )
    def get(self, request: Request, place_id: int) -> Response:
        place = Place.objects.filter(pk=place_id).first()
        if place is None:
            raise NotFound(_NOWHERE)
        album: TitledAlbum = {"id": str(place.pk), "title": place.name}
        photos = photos_in(request.user, place)
        return album_page(request, album, photos, if_empty=_NOWHERE)


class MapPinsView(APIView):
    """Longitude, latitude and name of one's places."""

    @documented("map_pins", answer={(200, "application/json"): _PINS})
    def get(self, request: Request) -> Response:
        pins: dict[str, list[Any]] = {}
        for place in place_counts(request.user):
            if not place.name.isnumeric():
                pin = [place.longitude, place.latitude, place.name]
                pins.setdefault(place.name, pin)
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
