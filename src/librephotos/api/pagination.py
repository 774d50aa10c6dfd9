"""The page sizes of the contract."""

from __future__ import annotations

from rest_framework.pagination import LimitOffsetPagination, PageNumberPagination


class HugePagination(PageNumberPagination):
    """For lists of photos that clients read in one go."""

    page_size = 50_000
    page_size_query_param = "page_size"
    max_page_size = 100_000


class StandardPagination(PageNumberPagination):
    """For lists of albums and people."""

    page_size = 10_000
    page_size_query_param = "page_size"
    max_page_size = 100_000


class RegularPagination(PageNumberPagination):
    """For lists that clients page through a hundred rows at a time."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 100_000


class TinyPagination(PageNumberPagination):
    """For lists that are polled."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 50


class UserPagination(LimitOffsetPagination):
    """For lists of users, by `limit` and `offset`."""

    default_limit = 20_000
    max_limit = 20_000
