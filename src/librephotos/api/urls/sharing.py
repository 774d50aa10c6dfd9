"""Addresses of what users of the server share with each other."""

from __future__ import annotations

from django.urls import URLPattern
from rest_framework.views import APIView

from librephotos.api.urls.routing import both
from librephotos.api.views.library import sharing


def _api(route: str, view: type[APIView]) -> URLPattern:
    return both(f"api/{route}", view.as_view())


urlpatterns = [
    _api("photosedit/share", sharing.SharePhotosView),
    _api("photos/shared/tome", sharing.PhotosSharedToMeView),
    _api("photos/shared/fromme", sharing.PhotosSharedFromMeView),
    _api("photos/<str:name>/shares", sharing.PhotoSharesView),
    _api("useralbum/share", sharing.ShareAlbumView),
    _api("albums/user/shared/tome", sharing.AlbumsSharedToMeView),
    _api("albums/user/shared/fromme", sharing.AlbumsSharedFromMeView),
    _api("albums/user/<number:album_id>/shares", sharing.AlbumSharesView),
]
