"""Addresses of faces and people."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver
from rest_framework.views import APIView

from librephotos.api.urls.routing import both
from librephotos.api.views.library import person_albums
from librephotos.api.views.media.face_media import FaceMediaView
from librephotos.api.views.operations import statistics
from librephotos.api.views.people import faces, people, people_edits


def _api(route: str, view: type[APIView], **options: Any) -> URLPattern:
    return both(f"api/{route}", view.as_view(**options))


urlpatterns: list[URLPattern | URLResolver] = [
    _api("faces/incomplete", faces.FaceGroupsView),
    _api("faces/reject", faces.RejectView),
    _api("faces/dismiss", faces.DismissView),
    _api("faces/restore", faces.RestoreView),
    _api("faces/dismissed", faces.DismissedView),
    _api("faces", faces.FaceListView),
    _api("labelfaces", faces.LabelView),
    _api("deletefaces", faces.DeleteView),
    _api("addface", faces.DrawView),
    _api("trainfaces", faces.TrainView),
    _api("scanfaces", faces.ScanFacesView),
    _api("clusterfaces", faces.FacePointsView),
    _api("persons/split", people.PersonSplitView),
    _api("persons/<number:person_id>/merge", people.PersonMergeView),
    _api("persons/<number:person_id>/forget", people.PersonForgetView),
    _api("persons/<number:person_id>", people.PersonView),
    _api("persons", people.PersonListView),
    _api("albums/person", person_albums.PersonAlbumListView),
    _api("albums/person/<number:person_id>", person_albums.PersonAlbumView),
    _api("people/edits", people_edits.PeopleEditsView),
    _api("people/edits/<number:edit_id>/undo", people_edits.PeopleUndoView),
    _api("socialgraph", statistics.SocialGraphView),
    both("media/faces/<str:name>", FaceMediaView.as_view()),
]
