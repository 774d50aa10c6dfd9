"""Albums that people make, over HTTP: one's own, and those that are shown to one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema_view
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.input import changeable, validated
from librephotos.api.http.pagination import Page, Results, SortedAlbumPagination
from librephotos.api.models import Photo, UserAlbum
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.queries.library.photos import one_of, photo_ids
from librephotos.api.queries.library.shares import own_share
from librephotos.api.queries.library.user_albums import (
    OwnAlbum,
    UserAlbums,
    photos_in,
)
from librephotos.api.serializers.library.timeline_filter import flag
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
from librephotos.api.services.user_albums import AlbumEdit, Edited
from librephotos.api.views.library.albums import (
    ALBUM_QUERY,
    LIST_QUERY,
    AlbumListView,
    AlbumView,
)
from librephotos.api.views.library.public_links import public_album
from librephotos.api.views.library.selection import named_photos, queried_photos
from librephotos.api.views.library.timeline import SignedInOrPublic

UNKNOWN = "You have no such album."


OWN_LIST_QUERY = (*LIST_QUERY, "empty")


@extend_schema_view(
    get=documented("user_albums", query=OWN_LIST_QUERY, answer=Page[ListedUserAlbum])
)
class UserAlbumListView(AlbumListView[OwnAlbum]):
    """One's own albums with anything to be seen, by title; all of them with `empty`."""

    albums: ClassVar[type[UserAlbums]] = UserAlbums

    def kind(self, request: Request) -> UserAlbums:
        return self.albums(request.user, empty=flag(request.query_params, "empty"))

    def listed(self, album: OwnAlbum) -> ListedUserAlbum:
        return listed_user_album(album)


@extend_schema_view(
    get=documented(
        "user_album",
        path=("album_id",),
        query=(*ALBUM_QUERY, "public", "username", "slug"),
        answer=UserAlbumPhotos,
    )
)
class UserAlbumView(AlbumView[OwnAlbum]):
    """An album of one's own or one that is shown to one; its title and end if own.

    With `public`, as the visitors of its link see it: for who has its `slug`, and for
    its owner.
    """

    permission_classes = [SignedInOrPublic]
    photo_paginator = SortedAlbumPagination
    unknown = UNKNOWN

    def get(self, request: Request, **address: int) -> Response:
        if flag(request.query_params, "public"):
            return public_album(request, **address)
        return super().get(request, **address)

    def kind(self, request: Request) -> UserAlbums:
        return UserAlbums(request.user)

    def headed(self, album: OwnAlbum) -> Mapping[str, Any]:
        kind = UserAlbums(self.request.user)
        return headed_user_album(album, *kind.when_and_where(album))

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
        return Response(_edited(made, request), status=201)


class UserAlbumEditView(APIView):
    """What is in an album, how it is called, what stands for it, how it is arranged.

    One to whom an album is shown changes what is their own in it, and marks it.
    """

    @documented(
        "user_album_edit",
        request=UserAlbumEditSerializer,
        path=("album_id",),
        answer=EditedUserAlbum,
    )
    def patch(self, request: Request, album_id: int) -> Response:
        album = UserAlbum.objects.seen_by(request.user).filter(pk=album_id).first()
        if album is None:
            raise NotFound(UNKNOWN)
        body = validated(UserAlbumEditSerializer, request)
        if album.owner_id == caller(request).pk:
            edited = service.edit(album, _change(request, body))
        else:
            edited = service.edit_shared(
                album, caller(request), _change(request, body, everything=False)
            )
        return Response(_edited(edited, request))


class PhotoAlbumsView(APIView):
    """In which albums of one's own, and that are shown to one, one sees a photo."""

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


def _change(
    request: Request, body: Mapping[str, Any], *, everything: bool = True
) -> AlbumEdit:
    """Return the change that is asked for.

    Unless it is of `everything` in the album, only the caller's photos are taken out.
    """
    order = body.get("photo_order")
    return AlbumEdit(
        title=body.get("title"),
        description=body.get("description"),
        locked=body.get("locked"),
        favorited=body.get("favorited"),
        photo_order=order and UserAlbum.Order(order),
        moved=_moved(body),
        before=next(iter(_ids([body.get("before") or ""])), None),
        added=_added(request, body),
        removed=_removed(request, body, everything=everything),
        cover=_cover(request, body),
    )


def _added(request: Request, body: Mapping[str, Any]) -> PhotoQuerySet | None:
    if body.get("select_all"):
        return queried_photos(request, body)
    if "photos" in body:
        return named_photos(request, body["photos"], "photos")
    return None


def _removed(
    request: Request, body: Mapping[str, Any], *, everything: bool
) -> PhotoQuerySet | None:
    """Return what is not to be there: what is gone already is no fault."""
    photos = Photo.objects.all() if everything else changeable(request)
    if body.get("remove_all"):
        return photos.exclude(photo_ids(body.get("excluded_hashes", ())))
    if "removedPhotos" not in body:
        return None
    return photos.filter(photo_ids(body["removedPhotos"]))


def _moved(body: Mapping[str, Any]) -> list[UUID] | None:
    return _ids(body["moved"]) if "moved" in body else None


def _ids(names: Iterable[str]) -> list[UUID]:
    """Return the ids of photos named by UUID or image hash, in the order of the names.

    What is not in the album is passed over later.
    """
    wanted = [name.lower() for name in names]
    rows = Photo.objects.filter(photo_ids(wanted)).values_list("id", "image_hash")
    by_name = {name: id for id, hash in rows for name in (str(id), hash)}
    found = (by_name.get(name) for name in wanted)
    return list(dict.fromkeys(id for id in found if id is not None))


def _cover(request: Request, body: Mapping[str, Any]) -> Photo | None | bool:
    if "cover_photo" not in body:
        return False
    name = body["cover_photo"]
    photo = None if name is None else one_of(changeable(request), name)
    if name is not None and photo is None:
        raise ValidationError({"cover_photo": ["You have no such photo."]})
    return photo


def _edited(edited: Edited, request: Request) -> EditedUserAlbum:
    album, viewer = edited.album, caller(request)
    share = own_share(album, viewer=viewer)
    favorited = album.favorited if share is None else share.favorited
    photos = photos_in(album, viewer=viewer)
    return edited_user_album(
        album,
        photos,
        favorited=favorited,
        added=edited.added,
        removed=edited.removed,
        undo=edited.undo,
    )
