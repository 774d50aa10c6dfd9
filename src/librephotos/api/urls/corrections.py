"""Addresses under which people say something of their photos."""

from __future__ import annotations

from django.urls import URLPattern
from rest_framework.views import APIView

from librephotos.api.urls.routing import both
from librephotos.api.views.library import (
    corrections,
    photo_metadata,
    place_names,
    user_tags,
)
from librephotos.api.views.media import file_variants
from librephotos.api.views.operations import jobs


def _api(route: str, view: type[APIView]) -> URLPattern:
    return both(f"api/{route}", view.as_view())


urlpatterns: list[URLPattern] = [
    _api("photos/edit/<str:name>", corrections.PhotoEditView),
    _api("photos/metadata/bulk", photo_metadata.BulkMetadataView),
    _api("photos/<str:name>/metadata", photo_metadata.PhotoMetadataView),
    _api("photos/<str:name>/metadata/history", photo_metadata.PhotoHistoryView),
    _api("photos/<str:name>/metadata/revert-all", photo_metadata.PhotoRevertAllView),
    _api(
        "photos/<str:name>/metadata/revert/<str:edit>", photo_metadata.PhotoRevertView
    ),
    _api("photos/<str:name>/file/<str:file_hash>", file_variants.FileVariantView),
    _api("photos/<str:name>/main-file", file_variants.MainFileView),
    _api("photosedit/savecaption", corrections.CaptionView),
    _api("photosedit/rotate", corrections.RotateView),
    _api("photosedit/category", corrections.CategoryView),
    _api("photosedit/shift", corrections.ShiftView),
    _api("photosedit/turn", corrections.TurnView),
    _api("photosedit/place", corrections.PlaceView),
    _api("photosedit/revert", corrections.UndoView),
    _api("geocode/search", place_names.PlaceNamesView),
    _api("classifymedia", jobs.ClassifyMediaView),
    _api("savemetadata", photo_metadata.SaveMetadataView),
    _api("tags", user_tags.TagListView),
    _api("tags/<number:tag_id>", user_tags.TagView),
    _api("tags/<number:tag_id>/add", user_tags.TagAddView),
    _api("tags/<number:tag_id>/remove", user_tags.TagRemoveView),
    _api("tags/<number:tag_id>/merge", user_tags.TagMergeView),
]
