"""Addresses of the library: timeline, photos, media, jobs, search."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
