"""Signing in and out, and the first set-up."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.views import TokenBlacklistView, TokenViewBase

from librephotos.api.http.authentication import clear_cookie, set_cookie
from librephotos.api.http.parsers import BoundedJSONParser
from librephotos.api.http.tokens import (
    ObtainTokenSerializer,
    RefreshTokenSerializer,
    RevokeTokenSerializer,
    media_token,
)
from librephotos.api.queries.operations import users

# A page of another site can send a form, but no JSON: it could sign a visitor in as
# somebody else, or have the browser drop cookie and cache.
_NO_FORMS = (BoundedJSONParser,)


class CookieTokenView(TokenViewBase):
    """Answers with tokens, and with a cookie that opens images and nothing else."""

    permission_classes = (AllowAny,)  # type: ignore[assignment]
    parser_classes = _NO_FORMS

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().post(request, *args, **kwargs)
        set_cookie(response, media_token(response.data["access"]))
        response["Access-Control-Allow-Credentials"] = "true"
        response["Cache-Control"] = "no-store"
        return response


class ObtainToken(CookieTokenView):
    """Exchange user name and password for an access and a refresh token."""

    serializer_class = ObtainTokenSerializer


class RefreshToken(CookieTokenView):
    """Exchange a refresh token for a new access token."""

    serializer_class = RefreshTokenSerializer

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        return _forgotten(answer) if answer.status_code == 401 else answer


class RevokeToken(TokenBlacklistView):
    """Sign out: revoke a refresh token and the access tokens that came from it."""

    permission_classes = (AllowAny,)  # type: ignore[assignment]
    parser_classes = _NO_FORMS
    serializer_class = RevokeTokenSerializer

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        return _forgotten(answer) if answer.status_code in (200, 401) else answer


def _forgotten(answer: Response) -> Response:
    """Have a browser forget the pictures of a sign-in that is over."""
    clear_cookie(answer)
    answer["Clear-Site-Data"] = '"cache"'  # over HTTPS; else the cookie alone
    return answer


class FirstTimeSetup(APIView):
    """Say whether the server still lacks its administrator."""

    permission_classes = (AllowAny,)

    @extend_schema(
        responses=inline_serializer(
            "FirstTimeSetup", {"isFirstTimeSetup": serializers.BooleanField()}
        )
    )
    def get(self, request: Request) -> Response:
        return Response({"isFirstTimeSetup": not users.administrator_exists()})
