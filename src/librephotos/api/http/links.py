"""Visitors, who come by a link: whether it leads somewhere, and is open to them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.signing import BadSignature, TimestampSigner
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac
from rest_framework.exceptions import (
    APIException,
    NotFound,
    PermissionDenied,
    ValidationError,
)
from rest_framework.request import Request

from librephotos.api.http.authentication import cookies_named
from librephotos.api.http.throttling import LinkThrottle
from librephotos.api.models import Link
from librephotos.api.models.sharing.links import LinkQuerySet, is_slug

COOKIE = "unlocked"
UNLOCKED_S = 24 * 60 * 60
_SALT = "librephotos.unlocked-link"
_ALBUMS, _PHOTOS = "/api/public/albums/s", "/api/public/photo"


def below(link: Link) -> str:
    """Return the address below which a link shows something, without a final slash."""
    return f"{_PHOTOS if link.photo_id else _ALBUMS}/{link.slug}"


class NotValid(NotFound):
    """No link of this address leads anywhere: unknown, revoked and over are alike."""

    default_detail = "This link is not valid any more."


class PasswordRequired(PermissionDenied):
    """The link shows nothing before its password is given."""

    default_code = "password_required"

    def __init__(self) -> None:
        APIException.__init__(self, {"password": "This link asks for a password."})


def named(links: LinkQuerySet, slug: str) -> Link:
    """Return the active one of these links that has a slug; raise NotValid."""
    rows = links.active().select_related("owner", "album", "photo")
    link = rows.filter(slug=slug).first() if is_slug(slug) else None
    if link is None:
        raise NotValid
    return link


def visited(request: Request, links: LinkQuerySet, slug: str) -> Link:
    """Return the link by which a visitor comes; raise NotValid or PasswordRequired."""
    link = named(links, slug)
    if link.password and not _is_unlocked(request, link):
        raise PasswordRequired
    return link


def unlock(request: Request, link: Link, password: str) -> None:
    """Raise ValidationError unless this is the link's password; Throttled at times."""
    with LinkThrottle(request, link.pk).attempt():
        if not check_password(password, link.password):
            raise ValidationError({"password": "This is not the password."})


def remember(response: HttpResponseBase, link: Link) -> None:
    """Give a browser the proof that it knows the password, for this link and a day.

    It goes to no other address, and opens nothing once slug or password are others.
    """
    response.set_cookie(
        COOKIE,
        TimestampSigner(salt=_SALT).sign(_proof(link)),
        path=below(link),
        httponly=True,
        samesite="Strict",
        secure=settings.HTTPS,
        max_age=UNLOCKED_S,
    )


def _is_unlocked(request: Request, link: Link) -> bool:
    signer, proof = TimestampSigner(salt=_SALT), _proof(link)
    for cookie in cookies_named(COOKIE, request.META.get("HTTP_COOKIE", "")):
        try:
            given = signer.unsign(cookie, max_age=UNLOCKED_S)
        except BadSignature:  # or too old
            continue
        if constant_time_compare(given, proof):
            return True
    return False


def _proof(link: Link) -> str:
    """Return what changes with the slug and with the password of a link."""
    value = f"{link.pk}:{link.slug}:{link.password}"
    return salted_hmac(_SALT, value, algorithm="sha256").hexdigest()
