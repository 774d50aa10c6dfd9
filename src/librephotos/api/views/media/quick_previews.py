"""The short way of a preview that lies there, for who is signed in.

A page asks for hundreds at once. Whatever is not plain goes the ordinary way, which
answers it: no sign-in, a bad one, nothing to see, nothing there.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, cast

from django.core.files.storage import storages
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Subquery
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.tokens import AccessToken, Token

from librephotos.api.http.authentication import (
    COOKIE,
    BearerAuthentication,
    MediaToken,
    check_sign_in,
    cookies_named,
    revocation_of,
    session_of,
    user_id_of,
    verified,
)
from librephotos.api.models import Photo, User
from librephotos.api.models.compiled import Prepared
from librephotos.api.models.library.photo import named_by
from librephotos.api.models.sharing.links import pictured_for
from librephotos.api.queries.library.photos import is_name
from librephotos.api.storage.previews import (
    AtomicFileSystemStorage,
    PreviewSize,
    preview_name,
)
from librephotos.api.views.media.byte_response import send
from librephotos.api.views.media.photo_media import AskedName, PreviewView

_ANY_USER = 2**40
_ANY_ID = uuid.UUID(int=2**80)
_ANY_SESSION = "the id of a refresh token"
_ANY_HASH = "the hash of a picture"


def quick_preview(size: PreviewSize) -> Callable[..., HttpResponseBase]:
    """Return the view of a size of previews."""
    ordinary = PreviewView.as_view(size=size)

    @wraps(ordinary)
    def view(request: HttpRequest, **address: Any) -> HttpResponseBase:
        answer = None
        if request.method in ("GET", "HEAD"):
            answer = _answer(request, address["name"], size)
        return answer or ordinary(request, **address)

    return view


def _answer(
    request: HttpRequest, address: str, size: PreviewSize
) -> HttpResponseBase | None:
    """Return what the ordinary way would, None where that takes more."""
    asked = AskedName.of(address)
    token = _token(request) if is_name(asked.name) else None
    if token is None:
        return None
    photo = _pictured(token, asked.name)
    if photo is None:
        return None
    view = PreviewView(size=size)
    view.request = request  # type: ignore[assignment]
    # Nothing but the number is asked for, and of a new User each default is made.
    request.user = User.from_db(DEFAULT_DB_ALIAS, ["id"], [user_id_of(token)])
    by_hash = asked.by_hash(photo)
    chosen, extension = view.variant(photo)
    if not extension:
        return _awaited(view, photo, by_hash=by_hash)
    storage = storages["previews"]
    if type(storage) is not AtomicFileSystemStorage:
        return None
    try:
        file = open(storage.path(preview_name(photo.pk, chosen, extension)), "rb")
    except OSError:
        return None
    length = os.fstat(file.fileno()).st_size
    if not length:
        file.close()
        return None
    content = view.content_of(photo, chosen, extension, file, length, by_hash=by_hash)
    return send(request, view.presented(photo, content))


def _awaited(
    view: PreviewView, photo: Photo, *, by_hash: bool
) -> HttpResponseBase | None:
    """Have a preview made that is not there yet."""
    try:
        return view.answer(photo, by_hash=by_hash)
    except APIException:
        return None


def _token(request: HttpRequest) -> Token | None:
    """Return the token of who is signed in, of the cookie where there is no header."""
    try:
        bearer = "HTTP_AUTHORIZATION" in request.META
        return _bearer(request) if bearer else _cookie(request)
    except (AuthenticationFailed, TokenError):
        return None


def _bearer(request: HttpRequest) -> Token | None:
    way = BearerAuthentication()
    header = way.get_header(request)  # type: ignore[arg-type]
    raw = way.get_raw_token(header) if header else None
    return verified(AccessToken, raw) if raw else None


def _cookie(request: HttpRequest) -> Token | None:
    cookies = cookies_named(COOKIE, request.META.get("HTTP_COOKIE", ""))
    if len(cookies) != 1:
        return None
    try:
        return verified(MediaToken, cookies[0])
    except TokenError:  # some clients put another there themselves
        return verified(AccessToken, cookies[0])


def _pictured(token: Token, name: str) -> Photo | None:
    """Return a photo whose picture the bearer of a token may see, if that holds still.

    One statement asks for both.
    """
    named = named_by(name)
    if named is None:
        return None
    find = _by_id if isinstance(named, uuid.UUID) else _by_hash
    photo: Any = find().first(
        viewer=user_id_of(token), session=session_of(token), name=named
    )
    if photo is None or photo.password is None:
        return None
    try:
        check_sign_in(
            token, password=photo.password, ended=photo.ended, revoked=photo.revoked
        )
    except InvalidToken:
        return None
    return cast(Photo, photo)


@cache
def _by_hash() -> Prepared[Photo]:
    found = _gate().filter(image_hash=_ANY_HASH)
    return Prepared(found, viewer=_ANY_USER, session=_ANY_SESSION, name=_ANY_HASH)


@cache
def _by_id() -> Prepared[Photo]:
    found = _gate().filter(id=_ANY_ID)
    return Prepared(found, viewer=_ANY_USER, session=_ANY_SESSION, name=_ANY_ID)


def _gate() -> Any:
    """Return the photos whose pictures one may see, and what tells if one is that."""
    viewer = User(pk=_ANY_USER)
    account = User.objects.filter(pk=viewer.pk, is_active=True)
    return pictured_for(PreviewView().photos(), viewer).annotate(
        password=Subquery(account.values("password")),
        ended=Subquery(account.values("ended_sign_ins")),
        revoked=revocation_of(_ANY_SESSION),
    )
