"""What visitors see who come by a link, without signing in.

Everything that a link does not lead to is answered alike: unknown, revoked, over, or
of an account that is not active.
"""

from __future__ import annotations

from abc import abstractmethod

from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.api.http.errors import sentence
from librephotos.api.http.fields import iso_utc
from librephotos.api.http.input import validated
from librephotos.api.http.links import (
    NotValid,
    below,
    named,
    remember,
    unlock,
    visited,
)
from librephotos.api.http.pagination import AlbumPagination
from librephotos.api.http.parsers import BoundedJSONParser
from librephotos.api.http.throttling import subscriber_of
from librephotos.api.models import Link, Photo, Shown
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.models.sharing.links import LinkQuerySet
from librephotos.api.queries.library.links import linked_photos
from librephotos.api.queries.library.photos import (
    GridRow,
    as_grid_rows,
    detailed,
    grid_rows,
    one_of,
)
from librephotos.api.queries.library.user_albums import in_order_of, when_and_where
from librephotos.api.serializers.library.grid import placeholder_uri
from librephotos.api.serializers.library.linked_photo import (
    LinkedAlbum,
    LinkedAlbumAnswer,
    LinkedPhotoAnswer,
    PhotoByLinkAnswer,
    linked_groups,
    linked_photo,
    public_photo,
)
from librephotos.api.serializers.library.links import UnlockSerializer
from librephotos.api.serializers.library.sharing_options import sharing_options
from librephotos.api.serializers.library.simple_user import simple_user
from librephotos.api.serializers.library.timeline_filter import video_filter
from librephotos.api.serializers.library.user_album import UserAlbumPhotos, photo_order
from librephotos.api.services.links import count_visit


class VisitorView(APIView):
    """For everybody, whoever they are."""

    permission_classes = [AllowAny]


class PublicAlbumView(VisitorView):
    """An album that has a link, with a page of its photos, the newest first."""

    @documented(
        "public_album",
        path=("slug",),
        query=("page", "page_size", "video", "photo"),
        answer=LinkedAlbumAnswer,
    )
    def get(self, request: Request, slug: str) -> Response:
        link = visited(request, Link.objects.to_albums(), slug)
        photos = linked_photos(link, Photo.objects.all())
        paginator = AlbumPagination()
        answer = album_answer(request, link, photos, paginator)
        if paginator.number == 1:
            _count(request, link)
        return Response(answer)


class PublicAlbumPhotoView(VisitorView):
    """One photo of an album that has a link."""

    @documented("public_album_photo", path=("slug", "name"), answer=LinkedPhotoAnswer)
    def get(self, request: Request, slug: str, name: str) -> Response:
        link = visited(request, Link.objects.to_albums(), slug)
        photos = linked_photos(link, detailed(Photo.objects.all()))
        photo = one_of(photos, name)
        if photo is None:
            raise NotValid
        answer: LinkedPhotoAnswer = {
            "results": linked_photo(photo, link, start=below(link)),
            "sharing_settings": sharing_options(link.shown),
        }
        return Response(answer)

    def handle_exception(self, exc: Exception) -> Response:
        """Say it in the key that clients read, too."""
        response: Response = super().handle_exception(exc)
        messages = [error["message"] for error in response.data["errors"]]
        response.data["error"] = sentence(messages)
        return response


class PublicPhotoView(VisitorView):
    """A photo that has a link of its own."""

    @documented("public_photo", path=("slug",), answer=PhotoByLinkAnswer)
    def get(self, request: Request, slug: str) -> Response:
        link = visited(request, Link.objects.to_photos(), slug)
        photos = linked_photos(link, detailed(Photo.objects.all()).defer(None))
        photo = photos.first()
        if photo is None:
            raise NotValid
        _count(request, link)
        image = placeholder_uri(photo.placeholder)
        answer: PhotoByLinkAnswer = {
            "results": public_photo(photo, link, start=below(link), placeholder=image),
            "sharing_settings": sharing_options(link.shown),
            "owner": simple_user(link.owner),
        }
        return Response(answer)


class UnlockView(VisitorView):
    """Give the password of a link; the answer has a cookie that opens it alone."""

    # No page of another site can send JSON, so none tries passwords by its visitors.
    parser_classes: list[type[BaseParser]] = [BoundedJSONParser]

    @abstractmethod
    def links(self) -> LinkQuerySet:
        """Return those of which one is opened."""

    def opened(self, request: Request, slug: str) -> Response:
        """Answer to the password."""
        link = named(self.links(), slug)
        password = validated(UnlockSerializer, request)["password"]
        response = Response(status=204)
        if link.password:
            unlock(request, link, password)
            remember(response, link)
        return response


class UnlockAlbumView(UnlockView):
    """Give the password of a link to an album."""

    def links(self) -> LinkQuerySet:
        return Link.objects.to_albums()

    @documented(
        "public_album_unlock", request=UnlockSerializer, path=("slug",), answer=None
    )
    def post(self, request: Request, slug: str) -> Response:
        return self.opened(request, slug)


class UnlockPhotoView(UnlockView):
    """Give the password of a link to a photo."""

    def links(self) -> LinkQuerySet:
        return Link.objects.to_photos()

    @documented(
        "public_photo_unlock", request=UnlockSerializer, path=("slug",), answer=None
    )
    def post(self, request: Request, slug: str) -> Response:
        return self.opened(request, slug)


def public_album(request: Request, album_id: int) -> Response:
    """Answer with an album by its number, as the visitors of its link see it.

    Its owner may look at it so; others name the slug too, since numbers can be
    guessed. One with a password cannot be opened here. Raises NotValid.
    """
    links = Link.objects.to_albums().filter(album=album_id)
    asked = request.query_params
    own = links.owned_by(request.user).active().select_related("owner", "album")
    link = own.first() or named(links.filter(password=""), asked.get("slug", ""))
    if asked.get("username", link.owner.username).lower() != link.owner.username:
        raise NotValid
    photos = linked_photos(link, Photo.objects.all())
    page = album_answer(request, link, photos, AlbumPagination())
    answer: UserAlbumPhotos = {
        **page["results"],
        "next": page["next"],
        "previous": page["previous"],
        "description": link.album.description if link.album else "",
        "role": "viewer",
        "photo_order": page["photo_order"],
        "photo_count": page["photo_count"],
        "favorited": False,
        "shared_to": [],
        "locked": False,
        "public": True,
        "public_slug": "",
        "public_expires_at": None,
        "public_sharing_options": None,
        "own_sharing_options": None,
    }
    return Response(answer)


def album_answer(
    request: Request, link: Link, photos: PhotoQuerySet, paginator: AlbumPagination
) -> LinkedAlbumAnswer:
    """Return an album as visitors see it; raise NotFound beyond its last page."""
    video = video_filter(request.query_params)
    shown = photos if video is None else photos.filter(video=video)
    page = paginator.paginate_queryset(grid_rows(_ordered(link, shown)), request)
    return {
        "next": paginator.get_next_link(),
        "previous": paginator.get_previous_link(),
        "results": _album(link, photos, as_grid_rows(page)),
        "sharing_settings": sharing_options(link.shown),
        "downloads": link.downloads,
        "photo_count": link.album.photo_count if link.album else 0,
        "photo_order": photo_order(link.album),
    }


def _ordered(link: Link, photos: PhotoQuerySet) -> PhotoQuerySet:
    return in_order_of(link.album, photos) if link.album else photos


def _album(link: Link, photos: PhotoQuerySet, rows: list[GridRow]) -> LinkedAlbum:
    shown = link.shown
    taken_at, place = when_and_where(photos)
    return {
        "id": str(link.album_id),
        "title": link.album.title if link.album else "",
        "owner": simple_user(link.owner),
        "date": (iso_utc(taken_at) or "") if Shown.TIME in shown else "",
        "location": place if Shown.PLACE in shown else "",
        "grouped_photos": linked_groups(rows, link),
    }


def _count(request: Request, link: Link) -> None:
    """Count a visit, but not the owner's own."""
    if request.user.pk != link.owner_id:
        count_visit(link, subscriber_of(request))
