"""Albums that people make, over HTTP: one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_view
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.input import changeable, validated
from librephotos.api.http.pagination import Page, Results
from librephotos.api.models import Photo, UserAlbum
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.queries.library.photos import one_of, photo_ids
from librephotos.api.queries.library.user_albums import (
    OwnAlbum,
    UserAlbums,
    when_and_where,
)
from librephotos.api.serializers.library.user_album import (
    EditedUserAlbum,
    ListedUserAlbum,
    UserAlbumEditSerializer,
    UserAlbumMakingSerializer,
    UserAlbumPhotos,
    UserAlbumTitleSerializer,
    edited_user_album,
    headed_user_album,
    listed_user_album,
)
from librephotos.api.services import user_albums as service
from librephotos.api.services.user_albums import AlbumEdit
from librephotos.api.views.library.albums import (
    ALBUM_QUERY,
    LIST_QUERY,
    AlbumListView,
    AlbumView,
)
from librephotos.api.views.library.selection import named_photos, queried_photos

UNKNOWN = "You have no such album."


@extend_schema_view(
    get=documented("user_albums", query=LIST_QUERY, answer=Page[ListedUserAlbum])
)
class UserAlbumListView(AlbumListView[OwnAlbum]):
    """One's own albums with anything to be seen, by title."""

    def kind(self, request: Request) -> UserAlbums:
        return UserAlbums(request.user)

    def listed(self, album: OwnAlbum) -> ListedUserAlbum:
        return listed_user_album(album)


@extend_schema_view(
    get=documented(
        "user_album", path=("album_id",), query=ALBUM_QUERY, answer=UserAlbumPhotos
    )
)
class UserAlbumView(AlbumView[OwnAlbum]):
    """One of one's albums: its photos, its title, its end."""

    unknown = UNKNOWN

    def kind(self, request: Request) -> UserAlbums:
        return UserAlbums(request.user)

    def headed(self, album: OwnAlbum) -> Mapping[str, Any]:
        photos = UserAlbums(self.request.user).photos(album)
        return headed_user_album(album, *when_and_where(photos))

    def answer(
        self, request: Request, album: OwnAlbum, photos: PhotoQuerySet
    ) -> Response:
        """Answer as the contract has it: without an envelope."""
        page = super().answer(request, album, photos).data
        return Response(
            {**page["results"], "next": page["next"], "previous": page["previous"]}
        )

    @documented(
        "user_album_rename",
        request=UserAlbumTitleSerializer,
        path=("album_id",),
        answer=UserAlbumPhotos,
    )
    def patch(self, request: Request, album_id: int) -> Response:
        body = validated(UserAlbumTitleSerializer, request)
        service.edit(_own(request, album_id), AlbumEdit(title=body["title"]))
        return self.get(request, album_id=album_id)

    @documented("user_album_delete", path=("album_id",), answer=None)
    def delete(self, request: Request, album_id: int) -> Response:
        service.delete(_own(request, album_id))
        return Response(status=204)


class UserAlbumMakingView(APIView):
    """A new album; photos for a title that there is already go into that one."""

    @documented(
        "user_album_make", request=UserAlbumMakingSerializer, answer=EditedUserAlbum
    )
    def post(self, request: Request) -> Response:
        body = validated(UserAlbumMakingSerializer, request)
        title = body.pop("title")
        made = service.make(caller(request), title, _change(request, body))
        return Response(_edited(made), status=201)


class UserAlbumEditView(APIView):
    """What is in one of one's albums, how it is called, what stands for it."""

    @documented(
        "user_album_edit",
        request=UserAlbumEditSerializer,
        path=("album_id",),
        answer=EditedUserAlbum,
    )
    def patch(self, request: Request, album_id: int) -> Response:
        album = _own(request, album_id)
        body = validated(UserAlbumEditSerializer, request)
        change = _change(request, body)
        return Response(_edited(service.edit(album, change)))


class PhotoAlbumsView(APIView):
    """Which of one's albums a photo is in."""

    permission_classes = [AllowAny]

    @documented("photo_albums", path=("name",), answer=Results[ListedUserAlbum])
    def get(self, request: Request, name: str) -> Response:
        photo = one_of(Photo.objects.viewable_by(request.user), name)
        if photo is None:
            raise NotFound("There is no such photo.")
        kind = UserAlbums(request.user)
        albums = kind.described(list(kind.holding(photo)))
        return Response({"results": [listed_user_album(album) for album in albums]})


def _own(request: Request, album_id: int) -> UserAlbum:
    album = UserAlbum.objects.owned_by(request.user).filter(pk=album_id).first()
    if album is None:
        raise NotFound(UNKNOWN)
    return album


def _change(request: Request, body: Mapping[str, Any]) -> AlbumEdit:
    return AlbumEdit(
        title=body.get("title"),
        locked=body.get("locked"),
        added=_added(request, body),
        removed=_removed(request, body),
        cover=_cover(request, body),
    )


def _added(request: Request, body: Mapping[str, Any]) -> PhotoQuerySet | None:
    if body.get("select_all"):
        return queried_photos(request, body)
    if "photos" in body:
        return named_photos(request, body["photos"], "photos")
    return None


def _removed(request: Request, body: Mapping[str, Any]) -> PhotoQuerySet | None:
    """Return what is not to be there: what is gone already is no fault."""
    if "removedPhotos" not in body:
        return None
    return Photo.objects.filter(photo_ids(body["removedPhotos"]))


def _cover(request: Request, body: Mapping[str, Any]) -> Photo | None | bool:
    if "cover_photo" not in body:
        return False
    name = body["cover_photo"]
    photo = None if name is None else one_of(changeable(request), name)
    if name is not None and photo is None:
        raise ValidationError({"cover_photo": ["You have no such photo."]})
    return photo


def _edited(album: UserAlbum) -> EditedUserAlbum:
    members = album.members.order_by("-photo")
    return edited_user_album(album, members.values_list("photo", flat=True))
