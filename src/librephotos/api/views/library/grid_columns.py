"""The timeline for grids: its days, and photos across days, as columns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from drf_spectacular.utils import extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.api.queries.library.grid_columns import runs_of, tiles_from
from librephotos.api.queries.library.timeline import Days, TimelineFilter
from librephotos.api.serializers.library.grid_columns import (
    DayColumns,
    GridColumns,
    grid_columns,
)
from librephotos.api.serializers.library.saved_filter import with_saved_filter
from librephotos.api.serializers.library.timeline_filter import timeline_filter
from librephotos.api.services.selections import ViewQuery, photos_of_view
from librephotos.api.views.library.timeline import FILTERS, SignedInOrPublic
from librephotos.numbers import LARGEST_ASKED, whole_number

MOST_PHOTOS = 1000
_ALBUMS = ("place", "thing")
_FILTERS = (*(name for name in FILTERS if name != "last_modified"), *_ALBUMS)
_LAST_DAY = 10_000_000  # later than any


class _GridView(APIView):
    permission_classes = [SignedInOrPublic]

    def days(self, request: Request) -> Days:
        """Return the days of what is asked for: a filter, or a place or a thing.

        Raises ValidationError for a place or a thing with filters that it has not.
        """
        asked = {
            name: value
            for name, value in request.query_params.items()
            if name != "last_modified"
        }
        wanted = timeline_filter(with_saved_filter(asked, viewer=request.user))
        chosen = [name for name in _ALBUMS if asked.get(name)]
        if not chosen:
            return Days(request.user, wanted)
        beside = replace(timeline_filter(asked), video=None, username="")
        if len(chosen) > 1 or beside != TimelineFilter():
            raise ValidationError(
                {chosen[-1]: "It goes with video, photo and media, no other filter."}
            )
        album = chosen[0], _number(asked, chosen[0])
        view = ViewQuery(timeline=wanted, album=album, video=wanted.video)
        among = photos_of_view(view, viewer=request.user)
        return Days(request.user, wanted, among)


@extend_schema_view(
    get=documented("grid_days", query=_FILTERS, answer=DayColumns),
)
class GridDaysView(_GridView):
    """All days with the numbers of their photos, newest first, undated ones last."""

    def get(self, request: Request) -> Response:
        days = self.days(request).rows()
        answer: DayColumns = {
            "days": [day.key for day in days],
            "counts": [day.photo_count for day in days],
            "places": [day.place for day in days],
        }
        return Response(answer)


@extend_schema_view(
    get=documented(
        "grid_photos",
        query=(*_FILTERS, "day", "offset", "limit"),
        answer=GridColumns,
    ),
)
class GridPhotosView(_GridView):
    """Up to 1,000 photos from the one at an `offset` of a `day` (ordinal) on.

    What is added to other days moves none of them; the totals of the days tell what was
    added to these.
    """

    def get(self, request: Request) -> Response:
        query = request.query_params
        start = {
            "day": _number(query, "day", _LAST_DAY),
            "offset": _number(query, "offset", 0),
            "limit": min(_number(query, "limit", MOST_PHOTOS), MOST_PHOTOS),
        }
        days = self.days(request)
        tiles = tiles_from(days, **start)
        runs = runs_of(tiles, days, **start)
        return Response(grid_columns(tiles, runs, viewer=request.user))


def _number(query: Any, name: str, default: int | None = None) -> int:
    """Return a number that is asked for; raise ValidationError for anything else."""
    text = str(query.get(name) or "")
    if not text and default is not None:
        return default
    number = whole_number(text, most=LARGEST_ASKED)
    if number is None:
        raise ValidationError({name: "Give a whole number."})
    return number
