"""The photos of an album over HTTP: by day, newest first, a page at a time."""

from __future__ import annotations

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from librephotos.api.http.pagination import AlbumPagination
from librephotos.api.models.photo import PhotoQuerySet
from librephotos.api.queries.library.photos import as_grid_rows, grid_rows, newest_first
from librephotos.api.serializers.library.album import NamedAlbum, TitledAlbum
from librephotos.api.serializers.library.grid import day_groups
from librephotos.api.serializers.library.timeline_filter import video_filter

ALBUM_QUERY = ("page", "page_size", "video", "photo")
"""What the details of an album may be asked for."""


def album_page(
    request: Request,
    album: TitledAlbum | NamedAlbum,
    photos: PhotoQuerySet,
    *,
    if_empty: str,
) -> Response:
    """Answer with an album and one page of its photos, which are the caller's own.

    A day that two pages share is a group in each. `next` and `previous` are addresses
    or null. Raises NotFound, with the text if the first page is empty.
    """
    video = video_filter(request.query_params)
    shown = photos if video is None else photos.filter(video=video)
    paginator = AlbumPagination()
    page = paginator.paginate_queryset(grid_rows(newest_first(shown)), request)
    if not page and if_empty:
        raise NotFound(if_empty)
    groups = day_groups(as_grid_rows(page), viewer=request.user)
    return Response(
        {
            "next": paginator.get_next_link(),
            "previous": paginator.get_previous_link(),
            "results": {**album, "grouped_photos": groups},
        }
    )
