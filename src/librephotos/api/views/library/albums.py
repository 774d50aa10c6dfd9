"""Albums over HTTP: the list of a kind, and one of them with a page of its photos.

What kind it is, and in which shape the contract wants it, a subclass says.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.pagination import (
    PAGING,
    AlbumPagination,
    PageNumberPagination,
    StandardPagination,
    paginated,
)
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.queries.library.albums import Album, AlbumKind
from librephotos.api.queries.library.photos import as_grid_rows, grid_rows
from librephotos.api.serializers.library.grid import day_groups
from librephotos.api.serializers.library.timeline_filter import video_filter

LIST_QUERY = ("search", *PAGING)
"""What a list of albums may be asked for."""

ALBUM_QUERY = ("page", "page_size", "video", "photo")
"""What the details of an album may be asked for."""

AlbumT = TypeVar("AlbumT", bound=Album[Any])


class AlbumListView(APIView, Generic[AlbumT]):
    """The albums of one kind that the caller sees, a page at a time."""

    paginator: ClassVar[type[PageNumberPagination]] = StandardPagination

    @abstractmethod
    def kind(self, request: Request) -> AlbumKind[AlbumT]:
        """Return the albums that are asked for, as the caller sees them."""

    @abstractmethod
    def listed(self, album: AlbumT) -> Mapping[str, Any]:
        """Return the item of the list."""

    def get(self, request: Request) -> Response:
        kind = self.kind(request)
        title = request.query_params.get("search", "").replace("\0", "")
        return paginated(
            self.paginator(),
            kind.rows(title),
            request,
            lambda rows: [self.listed(album) for album in kind.described(rows)],
        )


class AlbumView(APIView, Generic[AlbumT]):
    """One album with a page of its photos by day, newest first.

    A day that two pages share is a group in each. `next` and `previous` are addresses
    or null.
    """

    unknown: ClassVar[str]
    """What is answered where the caller sees no such album."""
    photo_paginator: ClassVar[type[AlbumPagination]] = AlbumPagination
    empty: ClassVar[str] = ""
    """What is answered instead of an album without photos; "" where that is one."""

    @abstractmethod
    def kind(self, request: Request) -> AlbumKind[AlbumT]:
        """Return the albums of which one is asked for, as the caller sees them."""

    @abstractmethod
    def headed(self, album: AlbumT) -> Mapping[str, Any]:
        """Return the answer without its photos."""

    def get(self, request: Request, **address: int) -> Response:
        (key,) = address.values()
        kind = self.kind(request)
        album = kind.album(key)
        if album is None:
            raise NotFound(self.unknown)
        return self.answer(request, album, kind.photos(album))

    def answer(
        self, request: Request, album: AlbumT, photos: PhotoQuerySet
    ) -> Response:
        """Answer with the page that is asked for; raise NotFound beyond the last."""
        video = video_filter(request.query_params)
        shown = photos if video is None else photos.filter(video=video)
        paginator = self.photo_paginator()
        ordered = self.kind(request).ordered(album, shown)
        page = paginator.paginate_queryset(grid_rows(ordered), request)
        if not page and self.empty:
            raise NotFound(self.empty)
        groups = day_groups(as_grid_rows(page), viewer=request.user)
        return Response(
            {
                "next": paginator.get_next_link(),
                "previous": paginator.get_previous_link(),
                "results": {**self.headed(album), "grouped_photos": groups},
            }
        )
