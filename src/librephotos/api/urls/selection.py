"""Addresses of what is done to a selection of photos."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver
from rest_framework.views import APIView

from librephotos.api.urls.routing import both
from librephotos.api.views.library import erasing, photo_edits, selection


def _api(route: str, view: type[APIView], **options: Any) -> URLPattern:
    return both(f"api/photosedit/{route}", view.as_view(**options))


urlpatterns: list[URLPattern | URLResolver] = [
    _api("rate", photo_edits.RateView),
    _api("edits/<number:edit_id>/undo", photo_edits.EditUndoView),
    _api("selected", selection.SelectionView),
    _api("delete", erasing.EraseView),
    _api("duplicate/delete", erasing.EraseCopyView),
]
