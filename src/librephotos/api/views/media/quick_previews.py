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
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.exceptions import TokenError

from librephotos.api.http.authentication import (
    BearerAuthentication,
    CookieAuthentication,
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
    user = _caller(request) if is_name(asked.name) else None
    if user is None:
        return None
    photo = _pictured(user, asked.name)
    if photo is None:
        return None
    view = PreviewView(size=size)
    view.request = request  # type: ignore[assignment]
    request.user = user
    chosen, extension = view.variant(photo)
    storage = storages["previews"]
    if not extension or type(storage) is not AtomicFileSystemStorage:
        return None
    try:
        file = open(storage.path(preview_name(photo.pk, chosen, extension)), "rb")
    except OSError:
        return None
    length = os.fstat(file.fileno()).st_size
    if not length:
        file.close()
        return None
    by_hash = asked.by_hash(photo)
    content = view.content_of(photo, chosen, extension, file, length, by_hash=by_hash)
    return send(request, view.presented(photo, content))


def _caller(request: HttpRequest) -> User | None:
    """Return who is signed in by a token, or the cookie where there is no header."""
    bearer = "HTTP_AUTHORIZATION" in request.META
    way = BearerAuthentication() if bearer else CookieAuthentication()
    try:
        found = way.authenticate(request)  # type: ignore[arg-type]
    except (AuthenticationFailed, TokenError):
        return None
    return cast(User, found[0]) if found else None


def _pictured(user: User, name: str) -> Photo | None:
    named = named_by(name)
    if named is None:
        return None
    find = _by_id if isinstance(named, uuid.UUID) else _by_hash
    return find().first(viewer=user.pk, name=named)


@cache
def _by_hash() -> Prepared[Photo]:
    found = _gate().filter(image_hash=_ANY_HASH)
    return Prepared(found, viewer=_ANY_USER, name=_ANY_HASH)


@cache
def _by_id() -> Prepared[Photo]:
    found = _gate().filter(id=_ANY_ID)
    return Prepared(found, viewer=_ANY_USER, name=_ANY_ID)


def _gate() -> Any:
    """Return the photos whose pictures one who is signed in may see."""
    return pictured_for(PreviewView().photos(), User(pk=_ANY_USER))
