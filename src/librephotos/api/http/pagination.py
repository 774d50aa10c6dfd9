"""The page sizes of the contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypedDict, TypeVar

from rest_framework import pagination
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from librephotos.numbers import LARGEST_ASKED, whole_number

Row = TypeVar("Row")


class Page(TypedDict, Generic[Row]):
    """One page of a list, how many there are in all, and where the next ones are."""

    count: int
    next: str | None
    previous: str | None
    results: list[Row]


class Results(TypedDict, Generic[Row]):
    """A whole list."""

    results: list[Row]


class PageNumberPagination(pagination.PageNumberPagination):
    """Pages by `page`, from 1 or `last`, and `page_size`, where unreadable means none.

    Raises NotFound for a page that is no number or beyond the end.
    """

    page_size_query_param = "page_size"
    page_size: int
    max_page_size: int

    def get_page_size(self, request: Request) -> int:
        size = whole_number(request.query_params.get(self.page_size_query_param, ""))
        return min(size or self.page_size, self.max_page_size)

    def get_page_number(self, request: Request, paginator: Any) -> Any:
        text = request.query_params.get(self.page_query_param) or "1"
        if text in self.last_page_strings:
            return paginator.num_pages
        number = whole_number(text)
        if number is None:
            raise NotFound("Invalid page.")
        return number


class HugePagination(PageNumberPagination):
    """For lists of photos that clients read in one go."""

    page_size = 50_000
    max_page_size = 100_000


class StandardPagination(PageNumberPagination):
    """For lists of albums and people."""

    page_size = 10_000
    max_page_size = 100_000


class RegularPagination(PageNumberPagination):
    """For lists that clients page through a hundred rows at a time."""

    page_size = 100
    max_page_size = 100_000


class AlbumPagination(PageNumberPagination):
    """For the photos of an album, of which a country may have a hundred thousand.

    Pages are not counted, so that one costs what it shows; whether another follows is
    known from one row more. A client that names no page and no size gets as many as
    in the other lists that clients read in one go.
    """

    page_size = 100
    max_page_size = 5_000
    unpaged_size = HugePagination.page_size

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params
        paged = self.page_query_param in asked or self.page_size_query_param in asked
        return super().get_page_size(request) if paged else self.unpaged_size

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any]:
        """Return the rows of the page that is asked for; raise NotFound beyond them."""
        self.address = request.build_absolute_uri()
        size, self.number = self.get_page_size(request), self._number(request)
        start = (self.number - 1) * size
        rows = self.rows(queryset, slice(start, start + size + 1))
        if start and not rows:
            raise NotFound(self.invalid_page_message)
        self.more = len(rows) > size
        return rows[:size]

    def rows(self, queryset: Any, wanted: slice) -> list[Any]:
        """Return some of the rows, in the order of all."""
        return list(queryset[wanted])

    def get_next_link(self) -> str | None:
        return self._link(self.number + 1) if self.more else None

    def get_previous_link(self) -> str | None:
        return self._link(self.number - 1) if self.number > 1 else None

    def _number(self, request: Request) -> int:
        text = request.query_params.get(self.page_query_param) or "1"
        number = whole_number(text, most=LARGEST_ASKED)
        if not number:
            raise NotFound(self.invalid_page_message)
        return number

    def _link(self, number: int) -> str:
        return str(replace_query_param(self.address, self.page_query_param, number))


class SortedAlbumPagination(AlbumPagination):
    """For albums whose photos no index has in order: slim keys are sorted, not rows."""

    def rows(self, queryset: Any, wanted: slice) -> list[Any]:
        if wanted.stop - wanted.start > self.max_page_size + 1:
            return super().rows(queryset, wanted)
        keys = list(queryset.values_list("pk", flat=True)[wanted])
        return list(queryset.filter(pk__in=keys)) if keys else []


class TinyPagination(PageNumberPagination):
    """For lists that are polled."""

    page_size = 20
    max_page_size = 50


class UserPagination(pagination.LimitOffsetPagination):
    """For lists of users, by `limit` and `offset`."""

    default_limit = 20_000
    max_limit = 20_000

    def get_limit(self, request: Request) -> int:
        limit = whole_number(request.query_params.get(self.limit_query_param, ""))
        return min(limit or self.default_limit, self.max_limit)

    def get_offset(self, request: Request) -> int:
        offset = request.query_params.get(self.offset_query_param, "")
        return whole_number(offset) or 0


PAGING = ("page", "page_size")


def paginated(
    paginator: PageNumberPagination,
    rows: Any,
    request: Request,
    shape: Callable[[list[Any]], list[Any]],
) -> Response:
    """Answer with one page of rows in the contract's pagination envelope."""
    page: list[Any] | None = paginator.paginate_queryset(rows, request)
    return paginator.get_paginated_response(shape(page or []))
