"""Links to one's albums and photos: made, changed, listed and revoked."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from drf_spectacular.utils import extend_schema_view
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.errors import sentence
from librephotos.api.http.input import changeable
from librephotos.api.http.pagination import Results
from librephotos.api.http.throttling import hashing
from librephotos.api.models import Link, UserAlbum
from librephotos.api.queries.library.links import covers_of_links, own_links
from librephotos.api.queries.library.photos import one_of
from librephotos.api.queries.library.user_albums import UserAlbums
from librephotos.api.serializers.library.links import (
    AlbumLinkSerializer,
    AlbumMadePublic,
    LinkItem,
    LinkSerializer,
    ListedShare,
    PhotoLinkSerializer,
    SharedPhoto,
    link_item,
    listed_share,
    photo_share,
)
from librephotos.api.serializers.library.user_album import listed_user_album
from librephotos.api.services import links as service
from librephotos.numbers import whole_number

UNKNOWN_ALBUM = "You have no such album."
UNKNOWN_PHOTO = "You have no such photo."


class ToldInWords(APIView):
    """Has `status` and `message` in its errors, which clients read, beside `errors`."""

    def handle_exception(self, exc: Exception) -> Response:
        response: Response = super().handle_exception(exc)
        messages = [error["message"] for error in response.data["errors"]]
        response.data |= {"status": False, "message": sentence(messages)}
        return response


class AlbumLinkView(ToldInWords):
    """Give an album a link, change that, or revoke it."""

    @documented("album_link", request=AlbumLinkSerializer, answer=AlbumMadePublic)
    def post(self, request: Request) -> Response:
        body = AlbumLinkSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        key = body.validated_data["album_id"]
        album = UserAlbum.objects.owned_by(request.user).filter(pk=key).first()
        if album is None:
            raise NotFound(UNKNOWN_ALBUM)
        if body.validated_data["val_public"]:
            with _hashing(body):
                service.link_album(album, body.changes())
        else:
            service.revoke(Link.objects.filter(album=album))
        kind = UserAlbums(request.user)
        described = next(iter(kind.described(list(kind.one(album.pk)))), None)
        if described is None:  # deleted in this moment
            raise NotFound(UNKNOWN_ALBUM)
        answer: AlbumMadePublic = {
            "status": True,
            "album": listed_user_album(described),
            "link": _item(request, album=album.pk),
        }
        return Response(answer)


class PhotoLinkView(ToldInWords):
    """Give a photo a link, change that, give it another one, or revoke it."""

    @documented("photo_link", request=PhotoLinkSerializer, answer=SharedPhoto)
    def post(self, request: Request) -> Response:
        body = PhotoLinkSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        action = body.validated_data["action"]
        photo = one_of(changeable(request), body.validated_data["photo_id"])
        if photo is None:
            raise NotFound(UNKNOWN_PHOTO)
        if action == "disable":
            service.revoke(Link.objects.filter(photo=photo))
        else:
            changes = body.changes()
            if action == "rotate":
                changes.setdefault("slug", "")
            with _hashing(body):
                service.link_photo(photo, changes)
        link = Link.objects.filter(photo=photo).first()
        answer: SharedPhoto = {
            "status": True,
            "share": photo_share(link),
            "link": _item(request, photo=photo.pk),
        }
        return Response(answer)


class PhotoLinkListView(APIView):
    """One's photos that have a link, the newest first."""

    @documented("photo_links", answer=Results[ListedShare])
    def get(self, request: Request) -> Response:
        links = own_links(request.user).to_photos().active().filter(photo__visible=True)
        return Response({"results": [listed_share(link) for link in links]})


@extend_schema_view(
    get=documented("links", query=("album", "photo"), answer=Results[LinkItem])
)
class LinkListView(APIView):
    """All one's links, those that are over among them, or that of an album or photo."""

    def get(self, request: Request) -> Response:
        links, asked = own_links(request.user), request.query_params
        if "album" in asked:
            number = whole_number(asked["album"])
            if number is None:
                raise ValidationError({"album": ["An album is named by a number."]})
            links = links.filter(album=number)
        if "photo" in asked:
            photo = one_of(changeable(request), asked["photo"])
            links = links.filter(photo=photo) if photo else links.none()
        return Response({"results": _items(request, list(links))})


class LinkView(APIView):
    """One link: revoked for good."""

    @documented("link_revoke", path=("link_id",), answer=None)
    def delete(self, request: Request, link_id: int) -> Response:
        links = Link.objects.owned_by(request.user).filter(pk=link_id)
        if not service.revoke(links):
            raise NotFound("You have no such link.")
        return Response(status=204)


def _hashing(body: LinkSerializer) -> Any:
    return hashing() if body.validated_data.get("password") else nullcontext()


def _item(request: Request, **of: Any) -> LinkItem | None:
    found = _items(request, list(own_links(request.user).filter(**of)))
    return found[0] if found else None


def _items(request: Request, links: list[Link]) -> list[LinkItem]:
    covers = covers_of_links(caller(request), links)
    return [link_item(link, image_hash=covers.get(link.pk, "")) for link in links]
