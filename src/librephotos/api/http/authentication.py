"""How a caller shows who they are: Bearer token, Basic, or the `jwt` cookie."""

from __future__ import annotations

import time
from functools import cache, lru_cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Exists, Value
from django.http.response import HttpResponseBase
from rest_framework.authentication import BasicAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken
from rest_framework_simplejwt.tokens import AccessToken, Token
from rest_framework_simplejwt.utils import get_md5_hash_password

from librephotos.api.http.throttling import LoginThrottle
from librephotos.api.models import User
from librephotos.api.models.compiled import Prepared

TokenT = TypeVar("TokenT", bound=Token)

COOKIE = "jwt"
COOKIE_PATH = "/media/"
"""Where browsers send the cookie: other programs of this host should not get it."""

MOST_COOKIES = 4
PASSWORD_CHANGED = "The password has been changed. Sign in again."
SESSION_CLAIM = "session"
"""Claim of both tokens of a sign-in: the id of its refresh token."""

ENDED_CLAIM = "ended"
"""Claim of all tokens: how many times all sign-ins of the account were ended before."""


_ANY_SESSION, _ANY_USER = "the id of a refresh token", 2**40


def user_of(token: Token) -> User:
    """Return the user to whom a verified token was given.

    Raises InvalidToken after the sign-in was revoked, the password changed, or the
    account was deactivated or deleted.
    """
    user = _account().first(session=session_of(token), user=user_id_of(token))
    if user is None:
        raise InvalidToken("There is no active account for this token.")
    check_sign_in(
        token,
        password=user.password,
        ended=user.ended_sign_ins,
        revoked=user.revoked,  # type: ignore[attr-defined]
    )
    return user


def check_sign_in(token: Token, *, password: str, ended: int, revoked: bool) -> None:
    """Raise InvalidToken if a verified token holds no more, by what its account says.

    That is the hash of its password, how often all its sign-ins were ended, and
    whether that of the token was.
    """
    if revoked:
        raise InvalidToken("This sign-in was ended. Sign in again.")
    if token.get("hash_password") != get_md5_hash_password(password):
        raise InvalidToken(PASSWORD_CHANGED)
    if token.get(ENDED_CLAIM, 0) != ended:
        raise InvalidToken("All sign-ins of this account were ended. Sign in again.")


def session_of(token: Token) -> str:
    """Return the id of the sign-in that a token belongs to, "" without one."""
    return str(token.get(SESSION_CLAIM, ""))


def user_id_of(token: Token) -> int:
    """Return the number of the account that a token was given to, 0 without one."""
    return int(token.get("user_id") or 0)


def revocation_of(session: str) -> Exists:
    """Return what finds out whether a sign-in was ended."""
    return Exists(BlacklistedToken.objects.filter(token__jti=Value(session)))


@cache
def _account() -> Prepared[User]:
    """Return what finds an active account, and whether one of its sign-ins ended."""
    users = User.objects.annotate(revoked=revocation_of(_ANY_SESSION))
    active = users.filter(pk=_ANY_USER, is_active=True)
    return Prepared(active, session=_ANY_SESSION, user=_ANY_USER)


@lru_cache(maxsize=1024)
def _signed(kind: Any, raw: bytes | str) -> Any:
    return kind(raw)


def verified(kind: type[TokenT], raw: bytes | str) -> TokenT:
    """Return the token of a text, whose signature is looked at once.

    It is kept in memory, since time alone can make it invalid; whose it is, and whether
    that was revoked, is not kept: `user_of`.

    Raises TokenError.
    """
    token: TokenT = _signed(kind, raw)  # type: ignore[arg-type]
    if token.payload["exp"] > time.time():
        return token
    return kind(raw)  # type: ignore[arg-type]  # says that it has expired


class BearerAuthentication(JWTAuthentication):
    """`Authorization: Bearer <access token>`; a bad token is always a 401."""

    def get_validated_token(self, raw_token: bytes) -> Token:
        try:
            return verified(AccessToken, raw_token)
        except TokenError:
            return super().get_validated_token(raw_token)

    def get_user(self, validated_token: Token) -> Any:
        return user_of(validated_token)


class MediaToken(Token):
    """What the `jwt` cookie holds: it opens pictures and downloads, and no more.

    A browser sends a cookie to every port of a host, so to other programs too.
    """

    token_type = "media"
    lifetime = api_settings.ACCESS_TOKEN_LIFETIME


class CookieAuthentication(JWTAuthentication):
    """The `jwt` cookie, for media and downloads only.

    An access token is taken as well: some callers put it there themselves. A stale or
    invalid cookie counts as no cookie, so that public photos stay reachable. Nothing is
    changed by a cookie that the page of another site has had sent.
    """

    def authenticate(self, request: Request) -> Any:
        if request.method not in SAFE_METHODS and not _is_of_this_site(request):
            return None
        for cookie in cookies_named(COOKIE, request.META.get("HTTP_COOKIE", "")):
            for kind in (MediaToken, AccessToken):
                try:
                    token = verified(kind, cookie)
                    return user_of(token), token
                except (TokenError, InvalidToken):
                    continue
        return None


def cookies_named(name: str, header: str) -> list[str]:
    """Return the values of a cookie in the order of the header, the first few of them.

    One name may come more than once, with the values of several paths: one that was
    set for all paths, by a script or by a server before this one, hides none of ours.
    """
    pairs = (pair.strip().partition("=") for pair in header.split(";"))
    return [value for key, _, value in pairs if key == name and value][:MOST_COOKIES]


def set_cookie(response: HttpResponseBase, token: MediaToken) -> None:
    """Give a browser the cookie with which it fetches the pictures of a page."""
    response.set_cookie(
        COOKIE,
        str(token),
        path=COOKIE_PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def clear_cookie(response: HttpResponseBase) -> None:
    """Take the cookie from a browser."""
    response.delete_cookie(COOKIE, path=COOKIE_PATH, samesite="Lax")


class UploadAuthentication(BearerAuthentication):
    """What uploads take besides: the word Bearer in any case, and the `jwt` cookie.

    Of the cookie an access token is taken alone, which some clients put there, and not
    from a page of another site: browsers say where a request comes from.
    """

    def authenticate(self, request: Request) -> Any:
        kind, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if kind.lower() == "bearer":
            verified = self.get_validated_token(token.strip().encode())
            return self.get_user(verified), verified
        if kind or not _is_of_this_site(request):
            return None
        for cookie in cookies_named(COOKIE, request.META.get("HTTP_COOKIE", "")):
            try:
                verified = AccessToken(cookie)  # type: ignore[arg-type]
                return user_of(verified), verified
            except (TokenError, InvalidToken):
                continue
        return None


def _is_of_this_site(request: Request) -> bool:
    """Whether no browser says that another site has made it send this."""
    if request.META.get("HTTP_SEC_FETCH_SITE", "none") not in ("none", "same-origin"):
        return False
    origin = request.META.get("HTTP_ORIGIN")
    return origin is None or urlsplit(origin).netloc == request.get_host()


class EnvelopeBasicAuthentication(BasicAuthentication):
    """`Authorization: Basic …`, throttled as signing in is.

    Never asked for by a 401: a browser would open its own password window.
    """

    def authenticate_credentials(
        self, userid: str, password: str, request: Any = None
    ) -> tuple[User, None]:
        with LoginThrottle(request, userid).attempt():
            if "\0" in userid:  # which PostgreSQL refuses to look for
                raise AuthenticationFailed("Invalid username/password.")
            return super().authenticate_credentials(userid, password, request)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'
