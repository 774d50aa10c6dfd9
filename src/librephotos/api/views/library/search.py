"""Search over HTTP."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.pagination import PAGING, HugePagination, RegularPagination
from librephotos.api.queries.search.examples import search_examples
from librephotos.api.serializers.library.search import (
    SearchExamples,
    SearchResults,
    search_results,
)
from librephotos.api.services.search import EVERYTHING, search_library
from librephotos.numbers import LARGEST_ASKED, whole_number

BY_MEANING = "meaning"


class SearchView(APIView):
    """One's visible photos that contain every term, then those that look like them.

    Grouped by day and without the latter, or flat and with the setting's number of
    them while semantic search is switched on: the clients decide by that setting which
    of the two they expect. `ranking=meaning` asks for the flat list whatever the
    setting, without an end. `page` and `page_size` are optional; with them, a flat
    list has no end either.
    """

    @documented(
        "photos_search", query=("search", "ranking", *PAGING), answer=SearchResults
    )
    def get(self, request: Request) -> Response:
        user = caller(request)
        ranked = request.query_params.get("ranking") == BY_MEANING
        flat = ranked or user.semantic_search_topk > 0
        start, size = _slice(request, by_hundreds=ranked)
        paged = ranked or not request.query_params.keys().isdisjoint(PAGING)
        result = search_library(
            user,
            request.query_params.get("search", ""),
            start=start,
            size=size,
            by_meaning=EVERYTHING if flat and paged else user.semantic_search_topk,
        )
        return Response(search_results(result, viewer=user, grouped=not flat))


def _slice(request: Request, *, by_hundreds: bool) -> tuple[int, int]:
    """Return where the page begins and how long it is; nothing found is counted."""
    paginator: Any = RegularPagination() if by_hundreds else HugePagination()
    size = paginator.get_page_size(request) or paginator.page_size
    page = request.query_params.get("page", "")
    return ((whole_number(page, most=LARGEST_ASKED) or 1) - 1) * size, size


class SearchExamplesView(APIView):
    """Suggestions for the search box, from what one's photos are known by."""

    @documented("search_examples", answer=SearchExamples)
    def get(self, request: Request) -> Response:
        answer: SearchExamples = {"results": search_examples(request.user)}
        return Response(answer)
