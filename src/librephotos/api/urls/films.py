"""Addresses of films as every browser plays them, and of why one is not served."""

from __future__ import annotations

from django.urls import URLPattern

from librephotos.api.urls.routing import both
from librephotos.api.views.media import originals

urlpatterns: list[URLPattern] = [
    both("media/playable/<str:name>", originals.PlayableView.as_view()),
]
