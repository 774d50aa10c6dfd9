"""Places by their name, for who says where a photo was taken."""

from __future__ import annotations

from typing import TypedDict

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.geo.names import search_places
from librephotos.numbers import whole_number

_FEW, _MOST = 5, 50


class NamedPosition(TypedDict):
    """A place that is called so, and its position in degrees."""

    display_name: str
    lat: float
    lon: float


class PlaceNamesView(APIView):
    """The towns whose names begin with a text; nobody else is asked."""

    @documented("place_names", query=("q", "limit"), answer=list[NamedPosition])
    def get(self, request: Request) -> Response:
        text = request.query_params.get("q", "").strip()
        asked = whole_number(request.query_params.get("limit", ""))
        limit = min(_FEW if asked is None else asked, _MOST)
        found: list[NamedPosition] = [
            {
                "display_name": place.name,
                "lat": place.latitude,
                "lon": place.longitude,
            }
            for place in search_places(text, limit=limit)
        ]
        return Response(found)
