"""Tags that people make, over HTTP: one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_view
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.errors import envelope
from librephotos.api.http.input import changeable, validated
from librephotos.api.http.pagination import Page
from librephotos.api.models import Thing
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.queries.library.albums import Album
from librephotos.api.queries.library.photos import one_of
from librephotos.api.queries.library.user_tags import UserTags
from librephotos.api.serializers.library.album import AlbumPage
from librephotos.api.serializers.library.user_tag import (
    GivenTag,
    ListedTag,
    MergedTagSerializer,
    TaggedPhotosSerializer,
    TagNameSerializer,
    TagPhotos,
    TagRow,
    headed_tag,
    listed_tag,
    tag_row,
)
from librephotos.api.services import user_tags as service
from librephotos.api.views.library.albums import (
    ALBUM_QUERY,
    LIST_QUERY,
    AlbumListView,
    AlbumView,
)
from librephotos.api.views.library.selection import named_photos, queried_photos

UNKNOWN = "You have no such tag."


@extend_schema_view(
    get=documented("tags", query=(*LIST_QUERY, "photo"), answer=Page[ListedTag])
)
class TagListView(AlbumListView[Album[int]]):
    """One's own tags by name; those of one photo if it is named."""

    def kind(self, request: Request) -> UserTags:
        name = request.query_params.get("photo")
        if not name:
            return UserTags(request.user)
        photo = one_of(changeable(request), name)
        if photo is None:
            raise NotFound("You have no such photo.")
        return UserTags(request.user, photo)

    def listed(self, album: Album[int]) -> ListedTag:
        return listed_tag(album)

    @documented("tag_make", request=TagNameSerializer, answer=TagRow)
    def post(self, request: Request) -> Response:
        body = validated(TagNameSerializer, request)
        tag, is_new = service.make(caller(request), body["name"])
        return Response(tag_row(tag), status=201 if is_new else 200)


@extend_schema_view(
    get=documented(
        "tag", path=("tag_id",), query=ALBUM_QUERY, answer=AlbumPage[TagPhotos]
    )
)
class TagView(AlbumView[Album[int]]):
    """One of one's tags: its photos, its name, its end."""

    unknown = UNKNOWN

    def kind(self, request: Request) -> UserTags:
        return UserTags(request.user)

    def headed(self, album: Album[int]) -> Mapping[str, Any]:
        return headed_tag(album)

    @documented(
        "tag_rename", request=TagNameSerializer, path=("tag_id",), answer=TagRow
    )
    def patch(self, request: Request, tag_id: int) -> Response:
        body = validated(TagNameSerializer, request)
        return _answer(service.rename(_own(request, tag_id), body["name"]))

    @documented("tag_delete", path=("tag_id",), answer=None)
    def delete(self, request: Request, tag_id: int) -> Response:
        service.delete(_own(request, tag_id))
        return Response(status=204)


class TagAddView(APIView):
    """Photos that get a tag."""

    @documented(
        "tag_add", request=TaggedPhotosSerializer, path=("tag_id",), answer=GivenTag
    )
    def post(self, request: Request, tag_id: int) -> Response:
        tag = _own(request, tag_id)
        photos = _photos(request)
        if photos is None:
            return _none_named()
        given = service.add(tag, photos)
        answer: GivenTag = {**tag_row(given.tag), "undo": given.undo}
        return Response(answer)


class TagRemoveView(APIView):
    """Photos that lose a tag."""

    @documented(
        "tag_remove", request=TaggedPhotosSerializer, path=("tag_id",), answer=TagRow
    )
    def post(self, request: Request, tag_id: int) -> Response:
        tag = _own(request, tag_id)
        photos = _photos(request)
        return _none_named() if photos is None else _answer(service.remove(tag, photos))


class TagMergeView(APIView):
    """Two tags that become one."""

    @documented(
        "tag_merge", request=MergedTagSerializer, path=("tag_id",), answer=TagRow
    )
    def post(self, request: Request, tag_id: int) -> Response:
        tag = _own(request, tag_id)
        body = validated(MergedTagSerializer, request)
        if body["tag"] == tag.pk:
            raise ValidationError({"tag": ["Name another tag than this one."]})
        return _answer(service.merge(_own(request, body["tag"]), into=tag))


def _own(request: Request, tag_id: int) -> Thing:
    tag = Thing.objects.owned_by(request.user).tags().filter(pk=tag_id).first()
    if tag is None:
        raise NotFound(UNKNOWN)
    return tag


def _photos(request: Request) -> PhotoQuerySet | None:
    """Return the photos that a body selects, None if it names none.

    Raises NotFound where one of them is no photo of one's own.
    """
    body = validated(TaggedPhotosSerializer, request)
    if body.get("select_all"):
        return queried_photos(request, body)
    if not body.get("photos"):
        return None
    try:
        return named_photos(request, body["photos"], "photos")
    except ValidationError as error:
        raise NotFound("One of these is no photo of yours.") from error


def _none_named() -> Response:
    message = "No photos provided"
    return Response({"error": message, **envelope({"photos": message})}, status=400)


def _answer(tag: Thing) -> Response:
    answer: TagRow = tag_row(tag)
    return Response(answer)
