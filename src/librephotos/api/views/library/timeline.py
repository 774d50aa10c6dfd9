"""The timeline over HTTP: all days, and one day's photos."""

from __future__ import annotations

from rest_framework.exceptions import NotFound
from rest_framework.permissions import SAFE_METHODS, AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.api.http.pagination import Results
from librephotos.api.queries.library.timeline import TimelineFilter, day_list, day_page
from librephotos.api.serializers.library.grid import (
    CompleteDay,
    TimelineDay,
    complete_day,
    incomplete_day,
)
from librephotos.api.serializers.library.timeline_filter import flag, timeline_filter
from librephotos.numbers import LARGEST_ASKED, whole_number

PAGE_SIZE = 100
_MOST_PER_PAGE = 10_000
_LAST_DAY = 3_652_059  # 31 December 9999
FILTERS = (
    "favorite",
    "hidden",
    "in_trashcan",
    "video",
    "photo",
    "media",
    "person",
    "folder",
    "public",
    "username",
    "last_modified",
)


class SignedInOrPublic(BasePermission):
    """Signed-in callers; with the flag `public` anybody, to read."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        reads_public = request.method in SAFE_METHODS and flag(
            request.query_params, "public"
        )
        return reads_public or bool(request.user.is_authenticated)


class DayListView(APIView):
    """The whole timeline as days with counts."""

    permission_classes = [SignedInOrPublic]

    @documented("timeline_days", query=FILTERS, answer=Results[TimelineDay])
    def get(self, request: Request) -> Response:
        return timeline(request, timeline_filter(request.query_params))


def timeline(request: Request, wanted: TimelineFilter) -> Response:
    """Answer with the days of a filter."""
    days = day_list(wanted, viewer=request.user)
    shown = [incomplete_day(day, show_place=not wanted.public) for day in days]
    answer: Results[TimelineDay] = {"results": shown}
    return Response(answer)


class FavoriteDaysView(APIView):
    """The alias of mobile clients for the favourites' timeline."""

    @documented("timeline_favorites", answer=Results[TimelineDay])
    def get(self, request: Request) -> Response:
        return timeline(request, TimelineFilter(favorite=True))


class HiddenDaysView(APIView):
    """The alias of mobile clients for the hidden photos' timeline."""

    @documented("timeline_hidden", answer=Results[TimelineDay])
    def get(self, request: Request) -> Response:
        return timeline(request, TimelineFilter(hidden=True))


class PublicDaysView(APIView):
    """The alias of mobile clients for a user's public page."""

    permission_classes = [AllowAny]

    @documented("timeline_public", query=("username",), answer=Results[TimelineDay])
    def get(self, request: Request) -> Response:
        asked = timeline_filter(request.query_params)
        return timeline(request, TimelineFilter(public=True, username=asked.username))


class DayView(APIView):
    """One page of the photos of a day."""

    permission_classes = [SignedInOrPublic]

    @documented(
        "timeline_day",
        query=(*FILTERS, "page", "size"),
        path=("day",),
        answer=CompleteDay,
    )
    def get(self, request: Request, day: int) -> Response:
        wanted = timeline_filter(request.query_params)
        page = day_page(
            wanted,
            viewer=request.user,
            day=min(day, _LAST_DAY),
            page=_number(request, "page", 1),
            size=min(_number(request, "size", PAGE_SIZE), _MOST_PER_PAGE),
        )
        if page is None:
            raise NotFound("This day has no such photos.")
        shown = complete_day(page, viewer=request.user, show_place=not wanted.public)
        answer: CompleteDay = {"results": shown}
        return Response(answer)


def _number(request: Request, name: str, default: int) -> int:
    """Return a positive parameter, or the default for anything else."""
    return (
        whole_number(request.query_params.get(name, ""), most=LARGEST_ASKED) or default
    )
