"""Sharing with other users of the server, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_view
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.errors import envelope
from librephotos.api.http.input import changeable, validated
from librephotos.api.http.pagination import PAGING, HugePagination, Page, paginated
from librephotos.api.models import AlbumShare, Photo, UserAlbum
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.queries.library.photos import (
    as_grid_rows,
    grid_rows,
    one_of,
    photo_ids,
    rows_in_order,
)
from librephotos.api.queries.library.shares import (
    SharedPhoto,
    album_shares,
    photos_shared_by,
    photos_shared_with,
    shares_of,
)
from librephotos.api.queries.library.user_albums import (
    AlbumsSharedBy,
    AlbumsSharedWith,
    UserAlbums,
)
from librephotos.api.serializers.library.grid import GridItem, grid_items
from librephotos.api.serializers.library.shares import (
    AlbumShareSerializer,
    AlbumSharing,
    PhotoShareSerializer,
    PhotoSharing,
    SharedPhotoItem,
    SharedPhotos,
    album_sharing,
    photo_sharing,
    shared_photos,
)
from librephotos.api.serializers.library.timeline_filter import flag
from librephotos.api.serializers.library.user_album import (
    ListedUserAlbum,
    listed_user_album,
)
from librephotos.api.services import sharing as service
from librephotos.api.views.library.selection import queried_photos
from librephotos.api.views.library.user_albums import (
    OWN_LIST_QUERY,
    UNKNOWN,
    UserAlbumListView,
)

SHARED_QUERY = (*PAGING, "newest")
"""What lists of shared photos may be asked for: `newest` has the newest come first."""


def _newest(request: Request) -> bool:
    return flag(request.query_params, "newest")


class SharePhotosView(APIView):
    """Show photos of one's own to other users, or no longer.

    With oneself as the target, `val_shared` false has photos of others that were shown
    to one by themselves no longer so. Photos of others are passed over.
    """

    @documented("photos_share", request=PhotoShareSerializer, answer=SharedPhotos)
    def post(self, request: Request) -> Response:
        body = validated(PhotoShareSerializer, request)
        user, targets = caller(request), body["target_user_ids"]
        if targets == [user.pk] and not body["val_shared"]:
            named = Photo.objects.filter(photo_ids(body.get("image_hashes", ())))
            count = service.leave_photos(named, recipient=user)
        elif body["val_shared"]:
            count = service.share_photos(
                self._own(request, body),
                owner=user,
                recipients=targets,
                options=body.get("sharing_options", {}),
            )
        else:
            own = self._own(request, body)
            count = service.unshare_photos(own, recipients=targets)
        answer: SharedPhotos = {"status": True, "count": count}
        return Response(answer)

    def _own(self, request: Request, body: Mapping[str, Any]) -> PhotoQuerySet:
        if body.get("select_all"):
            return queried_photos(request, body)
        return changeable(request).filter(photo_ids(body["image_hashes"]))


class PhotosSharedToMeView(APIView):
    """The photos that others show to one by themselves, oldest first."""

    @documented("photos_shared_to_me", query=SHARED_QUERY, answer=Page[GridItem])
    def get(self, request: Request) -> Response:
        return paginated(
            HugePagination(),
            grid_rows(photos_shared_with(caller(request), newest=_newest(request))),
            request,
            lambda page: list(grid_items(as_grid_rows(page), viewer=request.user)),
        )


class PhotosSharedFromMeView(APIView):
    """One's photos with each of those to whom they are shown, oldest first."""

    @documented(
        "photos_shared_from_me", query=SHARED_QUERY, answer=Page[SharedPhotoItem]
    )
    def get(self, request: Request) -> Response:
        def shape(page: list[Any]) -> list[SharedPhotoItem]:
            pairs = [SharedPhoto(*pair) for pair in page]
            rows = rows_in_order(dict.fromkeys(pair.photo for pair in pairs))
            return shared_photos(pairs, rows, viewer=caller(request))

        pairs = photos_shared_by(caller(request), newest=_newest(request))
        return paginated(HugePagination(), pairs, request, shape)


class PhotoSharesView(APIView):
    """To whom a photo of one's own is shown by itself."""

    @documented("photo_shares", path=("name",), answer=PhotoSharing)
    def get(self, request: Request, name: str) -> Response:
        photo = one_of(changeable(request), name)
        if photo is None:
            raise NotFound("There is no such photo.")
        return Response(photo_sharing(caller(request), shares_of(photo)))


class AlbumSharesView(APIView):
    """To whom an album of one's own is shown."""

    @documented("user_album_shares", path=("album_id",), answer=AlbumSharing)
    def get(self, request: Request, album_id: int) -> Response:
        album = UserAlbum.objects.owned_by(request.user).filter(pk=album_id).first()
        if album is None:
            raise NotFound(UNKNOWN)
        return Response(album_sharing(caller(request), album_shares(album)))


class ShareAlbumView(APIView):
    """Show an album to other users, change how, or no longer.

    A recipient who names themselves leaves it, or says what its owner is told of the
    photos that they have added.
    """

    @documented(
        "user_album_share", request=AlbumShareSerializer, answer=ListedUserAlbum
    )
    def post(self, request: Request) -> Response:
        body = validated(AlbumShareSerializer, request)
        user, targets = caller(request), body["target_user_ids"]
        seen = UserAlbum.objects.seen_by(user).filter(pk=body["album_id"]).first()
        if seen is None or (seen.owner_id != user.pk and targets != [user.pk]):
            return _refused(UNKNOWN)
        before = self._listed(request, seen)
        try:
            self._share(seen, body)
        except service.NoSuchRecipient as error:
            return _refused(str(error))
        return Response(self._listed(request, seen) or before)

    def _share(self, album: UserAlbum, body: Mapping[str, Any]) -> None:
        user, targets = caller(self.request), body["target_user_ids"]
        options = body.get("sharing_options", {})
        if not body["shared"]:
            service.unshare_album(album, recipients=targets)
        elif album.owner_id == user.pk:
            role = body.get("role")
            service.share_album(
                album,
                recipients=targets,
                role=role and AlbumShare.Role(role),
                options=options,
            )
        else:
            service.tell_owner(album, recipient=user, options=options)

    def _listed(self, request: Request, album: UserAlbum) -> ListedUserAlbum | None:
        """Describe an album to the caller; None once it is not shown to them."""
        kind = UserAlbums(request.user)
        rows = list(kind.one(album.pk))
        return next(map(listed_user_album, kind.described(rows)), None)


def _refused(message: str) -> Response:
    return Response(
        {"status": False, "message": message, **envelope(message)}, status=400
    )


@extend_schema_view(
    get=documented(
        "user_albums_shared_to_me", query=OWN_LIST_QUERY, answer=Page[ListedUserAlbum]
    )
)
class AlbumsSharedToMeView(UserAlbumListView):
    """The albums that others show to one, by title."""

    albums = AlbumsSharedWith
    paginator = HugePagination


@extend_schema_view(
    get=documented(
        "user_albums_shared_from_me", query=OWN_LIST_QUERY, answer=Page[ListedUserAlbum]
    )
)
class AlbumsSharedFromMeView(UserAlbumListView):
    """One's own albums that are shown to somebody, by title."""

    albums = AlbumsSharedBy
    paginator = HugePagination
