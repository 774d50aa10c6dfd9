"""Tokens, their claims, and what the three token endpoints accept.

The clients decode both tokens without verifying them, so both carry all claims.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any, Self

from django.db.models import Q
from rest_framework import serializers
from rest_framework_simplejwt.serializers import (
    PasswordField,
    TokenBlacklistSerializer,
    TokenObtainPairSerializer,
)
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import (
    BlacklistedToken,
    OutstandingToken,
)
from rest_framework_simplejwt.tokens import (
    AccessToken,
    BlacklistMixin,
    RefreshToken,
    Token,
)

from librephotos.api.http.authentication import (
    ENDED_CLAIM,
    SESSION_CLAIM,
    MediaToken,
    user_of,
)
from librephotos.api.http.throttling import LoginThrottle
from librephotos.api.models import User

KEPT_REVOCATIONS = 500
"""More than anybody signs out while a refresh token lives."""

SIGNED_IN_CLAIM = "auth_time"
"""Claim of both tokens: when the password was given, in Unix seconds."""


class SignInToken(RefreshToken):
    """The refresh token of one sign-in; its access tokens copy the claims.

    Kept nowhere until it is revoked: what is not in the database cannot leak.
    """

    @classmethod
    def for_user(cls, user: User) -> Self:  # type: ignore[override]
        token: Self = super(BlacklistMixin, cls).for_user(user)
        token.payload.update(claims_of(user))
        token[SESSION_CLAIM] = token["jti"]
        token[ENDED_CLAIM] = user.ended_sign_ins
        token[SIGNED_IN_CLAIM] = token["iat"]
        return token

    def blacklist(self) -> BlacklistedToken:
        """Revoke the sign-in, and forget old ones that time has ended since.

        The newest of an account stay, whatever the time: the clock may be years ahead,
        and what it calls ended would be open again once it is set right.
        """
        revoked = super().blacklist()
        user = self.payload.get(api_settings.USER_ID_CLAIM)
        # The last access token of a sign-in outlives its refresh token.
        past = datetime.now(UTC) - api_settings.ACCESS_TOKEN_LIFETIME
        own = OutstandingToken.objects.filter(user=user).order_by("-id")
        newest = list(own.values_list("pk", flat=True)[:KEPT_REVOCATIONS])
        of_these = Q(user=user) | Q(user=None)
        ended = OutstandingToken.objects.filter(of_these, expires_at__lt=past)
        ended.exclude(pk__in=newest).delete()
        return revoked


def media_token(access: str) -> MediaToken:
    """Return the token for the cookie that belongs to an access token of ours.

    It ends with the sign-in, as the access token does, and tells nothing of the user.
    """
    given = AccessToken(access)  # type: ignore[arg-type]
    token = MediaToken()
    for claim in ("user_id", SESSION_CLAIM, api_settings.REVOKE_TOKEN_CLAIM):
        token[claim] = given.get(claim)
    token[ENDED_CLAIM] = given.get(ENDED_CLAIM, 0)
    return token


def seconds_since_sign_in(token: Any) -> float:
    """Return how long ago the password was given that this token stands for.

    One that was given in the future, before the clock was set back, is as old as any.
    """
    if not isinstance(token, Token):
        return 0.0  # Basic: the password came with the request
    signed_in = float(token.get(SIGNED_IN_CLAIM, 0))
    since = datetime.now(UTC).timestamp() - signed_in
    return since if since > -60 else math.inf


def claims_of(user: User) -> dict[str, Any]:
    """Return what the clients read from a token; `user_id` must be a number."""
    return {
        "user_id": user.pk,
        "name": user.username,
        "is_admin": user.is_superuser,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "scan_directory": user.scan_directory,
        "confidence": user.confidence,
        "semantic_search_topk": user.semantic_search_topk,
        "nextcloud_server_address": user.nextcloud_server_address,
        "nextcloud_username": user.nextcloud_username,
    }


class ObtainTokenSerializer(TokenObtainPairSerializer):
    """User name and password in, both tokens out."""

    token_class = SignInToken
    refresh = serializers.CharField(read_only=True)
    access = serializers.CharField(read_only=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = PasswordField(trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        throttle = LoginThrottle(self.context["request"], attrs["username"])
        with throttle.attempt():
            return super().validate(attrs)


class RevokeTokenSerializer(TokenBlacklistSerializer):
    """A refresh token in, nothing out."""

    token_class = SignInToken


class RefreshTokenSerializer(serializers.Serializer[Any]):
    """A refresh token in, a new access token out."""

    refresh = serializers.CharField(write_only=True)
    access = serializers.CharField(read_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        refresh = SignInToken(attrs["refresh"])
        user_of(refresh)
        return {"access": str(refresh.access_token)}
