"""Photos over HTTP: lists that are not by day, and one photo's details."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.api.http.fields import iso_utc
from librephotos.api.http.pagination import (
    PAGING,
    HugePagination,
    Page,
    RegularPagination,
    paginated,
)
from librephotos.api.models import Photo
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.queries.library.photos import (
    as_grid_rows,
    detailed,
    file_exists,
    grid_rows,
    newest_first,
    one_of,
    recently_added,
    without_timestamp,
)
from librephotos.api.queries.library.whole_photo import whole_photo
from librephotos.api.queries.search.exact import containing, terms_of
from librephotos.api.queries.search.similar_photos import similar_photos
from librephotos.api.serializers.library.grid import (
    GridItem,
    PhotoSummary,
    RecentlyAdded,
    day_told,
    grid_items,
)
from librephotos.api.serializers.library.photo import photo_details
from librephotos.api.serializers.library.photo_shape import FileExists, PhotoDetails
from librephotos.api.serializers.library.similar_photo import similar_items

UNKNOWN = "There is no such photo."


class PhotoListView(APIView):
    """One's own visible photos, newest first, with their details."""

    @documented("photos", query=PAGING, answer=Page[PhotoDetails])
    def get(self, request: Request) -> Response:
        photos = detailed(Photo.objects.owned_by(request.user).visible())
        return paginated(
            HugePagination(),
            newest_first(photos),
            request,
            lambda page: [photo_details(row, viewer=request.user) for row in page],
        )


class RecentlyAddedView(APIView):
    """The photos imported on the latest day of imports."""

    @documented("photos_recently_added", query=PAGING, answer=RecentlyAdded)
    def get(self, request: Request) -> Response:
        newest, photos = recently_added(request.user)
        limit = HugePagination().get_page_size(request)
        rows = as_grid_rows(grid_rows(photos)[:limit])
        answer: RecentlyAdded = {
            "date": iso_utc(newest or datetime.now(UTC)),
            "results": grid_items(rows, viewer=request.user),
        }
        return Response(answer)


class WithoutTimestampView(APIView):
    """One's visible photos without a date, oldest import first."""

    @documented(
        "photos_without_timestamp", query=("search", *PAGING), answer=Page[GridItem]
    )
    def get(self, request: Request) -> Response:
        terms = terms_of(request.query_params.get("search", ""))
        photos = containing(without_timestamp(request.user), request.user, terms)
        return paginated(
            RegularPagination(),
            grid_rows(photos),
            request,
            lambda page: grid_items(as_grid_rows(page), viewer=request.user),
        )


class PhotoView(APIView):
    """The details of a photo, named by UUID or image hash."""

    permission_classes = [AllowAny]

    @documented("photo", path=("name",), answer=PhotoDetails)
    def get(self, request: Request, name: str) -> Response:
        found = whole_photo(name, viewer=request.user)
        if found is None:
            raise NotFound(UNKNOWN)
        details = photo_details(found.photo, viewer=request.user)
        similar = (
            similar_photos(found.photo, viewer=request.user) if found.has_vector else ()
        )
        answer: PhotoDetails = {**details, "similar_photos": similar_items(similar)}
        return Response(answer)


class PhotoSummaryView(APIView):
    """A photo as grids show it, also while it is processed."""

    permission_classes = [AllowAny]

    @documented("photo_summary", path=("name",), answer=PhotoSummary)
    def get(self, request: Request, name: str) -> Response:
        row = viewable_photo(grid_rows(Photo.objects.all()), request, name)
        rows = as_grid_rows([row])
        (item,) = grid_items(rows, viewer=request.user)
        answer: PhotoSummary = {
            "photo_summary": item,
            "album_date_id": day_told(rows[0], item),
            "processing": item["aspectRatio"] is None,
        }
        return Response(answer)


def viewable_photo(photos: PhotoQuerySet, request: Request, name: str) -> Any:
    """Return the photo or row of this name; raise NotFound unless one may see it."""
    photo = one_of(photos.viewable_by(request.user), name)
    if photo is None:
        raise NotFound(UNKNOWN)
    return photo


class FileExistsView(APIView):
    """Whether a file is in one's library already."""

    @documented("file_exists", path=("name",), answer=FileExists)
    def get(self, request: Request, name: str) -> Response:
        answer: FileExists = {"exists": file_exists(request.user, name)}
        return Response(answer)
