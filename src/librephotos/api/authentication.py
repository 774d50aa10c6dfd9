"""How a caller shows who they are: Bearer token, Basic, or the `jwt` cookie."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, Value
from rest_framework.authentication import BasicAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken
from rest_framework_simplejwt.tokens import Token
from rest_framework_simplejwt.utils import get_md5_hash_password

from librephotos.api.models import User
from librephotos.api.throttling import LoginThrottle

COOKIE = "jwt"
SESSION_CLAIM = "session"
"""Claim of both tokens of a sign-in: the id of its refresh token."""


def user_of(token: Token) -> User:
    """Return the user to whom a verified token was given.

    Raises InvalidToken after the sign-in was revoked, the password changed, or the
    account was deactivated or deleted.
    """
    revoked = BlacklistedToken.objects.filter(
        token__jti=Value(token.get(SESSION_CLAIM, ""))
    )
    users = User.objects.annotate(revoked=Exists(revoked))
    user = users.filter(pk=token.get("user_id"), is_active=True).first()
    if user is None:
        raise InvalidToken("There is no active account for this token.")
    if user.revoked:
        raise InvalidToken("This sign-in was ended. Sign in again.")
    if token.get("hash_password") != get_md5_hash_password(user.password):
        raise InvalidToken("The password has been changed. Sign in again.")
    return user


class BearerAuthentication(JWTAuthentication):
    """`Authorization: Bearer <access token>`; a bad token is always a 401."""

    def get_user(self, validated_token: Token) -> Any:
        return user_of(validated_token)


class CookieAuthentication(JWTAuthentication):
    """The `jwt` cookie, for media, upload and downloads only.

    A stale or invalid cookie counts as no cookie, so that public photos stay
    reachable.
    """

    def authenticate(self, request: Request) -> Any:
        cookie = request.COOKIES.get(COOKIE)
        if not cookie:
            return None
        try:
            token = self.get_validated_token(cookie.encode())
            return user_of(token), token
        except InvalidToken:
            return None


class EnvelopeBasicAuthentication(BasicAuthentication):
    """`Authorization: Basic …`, throttled as signing in is.

    Never asked for by a 401: a browser would open its own password window.
    """

    def authenticate_credentials(
        self, userid: str, password: str, request: Any = None
    ) -> tuple[User, None]:
        throttle = LoginThrottle(request, userid)
        throttle.check()
        try:
            if "\0" in userid:  # which PostgreSQL refuses to look for
                raise AuthenticationFailed("Invalid username/password.")
            return super().authenticate_credentials(userid, password, request)
        except AuthenticationFailed:
            throttle.record_failure()
            raise

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'
