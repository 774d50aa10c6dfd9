"""Addresses of films as every browser plays them, and of why one is not served."""

from __future__ import annotations

from django.urls import URLPattern

from librephotos.api.urls.routing import both
from librephotos.api.views.media import diagnostics, originals

urlpatterns: list[URLPattern] = [
    both(
        "api/media/diagnostics/<str:name>", diagnostics.MediaDiagnosticsView.as_view()
    ),
    both("media/playable/<str:name>", originals.PlayableView.as_view()),
]
