"""Addresses of uploads."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from librephotos.api.urls.routing import both
from librephotos.api.views.library import uploads

urlpatterns: list[URLPattern | URLResolver] = [
    both("api/upload", uploads.UploadView.as_view()),
    both("api/upload/complete", uploads.UploadCompletionView.as_view()),
    both("api/upload/<str:upload_id>", uploads.UploadDetailView.as_view()),
]
