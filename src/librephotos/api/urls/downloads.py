"""Addresses of archives of photos."""

from __future__ import annotations

from django.urls import URLPattern

from librephotos.api.urls.routing import both
from librephotos.api.views.library import downloads
from librephotos.api.views.media import archives

urlpatterns: list[URLPattern] = [
    both("api/photos/download", downloads.DownloadView.as_view()),
    both("api/downloads/<str:name>", archives.ArchiveView.as_view()),
    both("api/delete/zip/<str:name>", archives.ArchiveRemovalView.as_view()),
    both("media/zip/<str:name>", archives.ArchiveMediaView.as_view()),
]
