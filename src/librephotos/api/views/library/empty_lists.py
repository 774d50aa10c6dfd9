"""Lists that every page of the clients asks for, and that hold nothing yet."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.api.http.pagination import PAGING, Page, StandardPagination, paginated
from librephotos.api.serializers.library.album import UserAlbum


class UserAlbumListView(APIView):
    """Nobody has an album."""

    @documented("user_albums", query=PAGING, answer=Page[UserAlbum])
    def get(self, request: Request) -> Response:
        return _empty(request)


def _empty(request: Request) -> Response:
    return paginated(StandardPagination(), [], request, list)
