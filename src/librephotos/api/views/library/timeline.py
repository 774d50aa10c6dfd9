"""The timeline over HTTP: all days, and one day's photos."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_view
from rest_framework.exceptions import NotFound
from rest_framework.permissions import SAFE_METHODS, AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.api.http.pagination import Results
from librephotos.api.queries.library.timeline import Day, Days, TimelineFilter
from librephotos.api.serializers.library.grid import (
    CompleteDay,
    TimelineDay,
    grid_items,
    incomplete_day,
    incomplete_days,
)
from librephotos.api.serializers.library.saved_filter import with_saved_filter
from librephotos.api.serializers.library.timeline_filter import flag, timeline_filter
from librephotos.api.views.library.albums import AlbumView
from librephotos.numbers import LARGEST_ASKED, whole_number

PAGE_SIZE = 100
_MOST_PER_PAGE = 10_000
FILTERS = (
    "favorite",
    "hidden",
    "in_trashcan",
    "video",
    "photo",
    "media",
    "person",
    "tag",
    "is_screenshot",
    "is_document",
    "hide_screenshots",
    "hide_documents",
    "folder",
    "public",
    "username",
    "last_modified",
    "apply_default",
)


class SignedInOrPublic(BasePermission):
    """Signed-in callers; with the flag `public` anybody, to read."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        reads_public = request.method in SAFE_METHODS and flag(
            request.query_params, "public"
        )
        return reads_public or bool(request.user.is_authenticated)


class TimelineView(APIView):
    """The days of a timeline, all of them: without their photos they are small."""

    def get(self, request: Request) -> Response:
        days = Days(request.user, self.wanted(request))
        answer: Results[TimelineDay] = {"results": incomplete_days(days.counted())}
        return Response(answer)

    def wanted(self, request: Request) -> TimelineFilter:
        """Return which photos are asked for."""
        return _wanted(request)


@extend_schema_view(
    get=documented("timeline_days", query=FILTERS, answer=Results[TimelineDay])
)
class DayListView(TimelineView):
    """The whole timeline as days with counts."""

    permission_classes = [SignedInOrPublic]


@extend_schema_view(get=documented("timeline_favorites", answer=Results[TimelineDay]))
class FavoriteDaysView(TimelineView):
    """The alias of mobile clients for the favourites' timeline."""

    def wanted(self, request: Request) -> TimelineFilter:
        return TimelineFilter(favorite=True)


@extend_schema_view(get=documented("timeline_hidden", answer=Results[TimelineDay]))
class HiddenDaysView(TimelineView):
    """The alias of mobile clients for the hidden photos' timeline."""

    def wanted(self, request: Request) -> TimelineFilter:
        return TimelineFilter(hidden=True)


@extend_schema_view(
    get=documented("timeline_public", query=("username",), answer=Results[TimelineDay])
)
class PublicDaysView(TimelineView):
    """The alias of mobile clients for a user's public page."""

    permission_classes = [AllowAny]

    def wanted(self, request: Request) -> TimelineFilter:
        asked = timeline_filter(request.query_params)
        return TimelineFilter(public=True, username=asked.username)


@extend_schema_view(
    get=documented(
        "timeline_day",
        query=(*FILTERS, "page", "size"),
        path=("day",),
        answer=CompleteDay,
    )
)
class DayView(AlbumView[Day]):
    """One page of the photos of a day."""

    permission_classes = [SignedInOrPublic]
    unknown = "This day has no such photos."

    def kind(self, request: Request) -> Days:
        return Days(request.user, _wanted(request))

    def headed(self, album: Day) -> TimelineDay:
        return incomplete_day(album)

    def get(self, request: Request, **address: int) -> Response:
        days = self.kind(request)
        day = days.album(address["day"])
        if day is None:
            raise NotFound(self.unknown)
        size = min(_number(request, "size", PAGE_SIZE), _MOST_PER_PAGE)
        last = (day.photo_count - 1) // size
        start = min(_number(request, "page", 1) - 1, last) * size
        rows = days.page(day, start=start, size=size)
        answer: CompleteDay = {
            "results": {
                **self.headed(day),
                "incomplete": False,
                "items": grid_items(rows, viewer=request.user),
            }
        }
        return Response(answer)


def _wanted(request: Request) -> TimelineFilter:
    params = with_saved_filter(request.query_params, viewer=request.user)
    return timeline_filter(params)


def _number(request: Request, name: str, default: int) -> int:
    """Return a positive parameter, or the default for anything else."""
    return (
        whole_number(request.query_params.get(name, ""), most=LARGEST_ASKED) or default
    )
