"""Addresses of delta sync."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver
from rest_framework.views import APIView

from librephotos.api.urls.routing import both
from librephotos.api.views.sync import feeds


def _sync(route: str, view: type[APIView]) -> URLPattern:
    return both(f"api/sync/{route}", view.as_view())


urlpatterns: list[URLPattern | URLResolver] = [
    _sync("photos", feeds.PhotoFeedView),
    _sync("persons", feeds.PersonFeedView),
    _sync("albums/user", feeds.UserAlbumFeedView),
    _sync("albums/auto", feeds.EventFeedView),
    _sync("albums/thing", feeds.ThingFeedView),
    _sync("albums/place", feeds.PlaceFeedView),
    _sync("albums/tag", feeds.TagFeedView),
    _sync("sharing", feeds.SharingFeedView),
    _sync("counts", feeds.CountsView),
]
