"""Search over HTTP."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.pagination import HugePagination
from librephotos.api.queries.search import search, terms_of
from librephotos.api.queries.search_examples import search_examples
from librephotos.api.serializers.grid import day_groups, grid_items
from librephotos.api.views.caller import caller
from librephotos.api.views.documentation import documented


class SearchView(APIView):
    """One's visible photos that contain every term, newest first.

    Grouped by day, or flat while semantic search is switched on: the clients decide
    by that setting which of the two they expect. `page` and `page_size` are optional.
    """

    @documented("photos_search", query=("search", "page", "page_size"))
    def get(self, request: Request) -> Response:
        terms = terms_of(request.query_params.get("search", ""))
        start, size = _slice(request)
        rows = search(request.user, terms, start=start, size=size)
        shape = grid_items if caller(request).semantic_search_topk else day_groups
        return Response({"results": shape(rows, viewer=request.user)})


def _slice(request: Request) -> tuple[int, int]:
    """Return where the page begins and how long it is; nothing found is counted."""
    size = HugePagination().get_page_size(request) or HugePagination.page_size
    page = request.query_params.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 10 else 1
    return (max(number, 1) - 1) * size, size


class SearchExamplesView(APIView):
    """Suggestions for the search box, from what one's photos are known by."""

    @documented("search_examples")
    def get(self, request: Request) -> Response:
        return Response({"results": search_examples(request.user)})
