"""What this server is, and how to talk to it."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from typing import NotRequired, TypedDict

from django.conf import settings
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

import librephotos
from librephotos.api.http.documentation import documented

TWO_HOURS_S = 7200


@cache
def git_hash() -> str:
    """Return the short commit of a checkout that the server runs from, or ""."""
    checkout = Path(librephotos.__file__).parents[2]
    if not (checkout / ".git").exists():
        return ""
    try:
        asked = subprocess.run(
            ["git", "-C", checkout, "rev-parse", "--short", "HEAD"],
            capture_output=True,
            text=True,
            timeout=5,
        )
    except (OSError, subprocess.TimeoutExpired):  # a label is not worth an error
        return ""
    return asked.stdout.strip()


class ImageTag(APIView):
    """Version label and commit."""

    @extend_schema(
        responses=inline_serializer(
            "ImageTag",
            {
                "image_tag": serializers.CharField(),
                "git_hash": serializers.CharField(),
            },
        )
    )
    def get(self, request: Request) -> Response:
        return Response(
            {"image_tag": settings.IMAGE_TAG, "git_hash": git_hash()},
            headers={"Cache-Control": f"private, max-age={TWO_HOURS_S}"},
        )


class WayToSignIn(TypedDict):
    """How one way works, and commands to try it with."""

    description: str
    obtain: NotRequired[str]
    use: str
    refresh: NotRequired[str]


class WaysToSignIn(TypedDict):
    """All ways."""

    bearer: WayToSignIn
    basic: WayToSignIn
    cookie: WayToSignIn


class Guide(TypedDict):
    """Where the API is described, and how to sign in to it."""

    schema: str
    interactive: str
    authentication: WaysToSignIn


class Help(APIView):
    """How to sign in, with commands to try."""

    permission_classes = (AllowAny,)

    @documented("help", answer=Guide)
    def get(self, request: Request) -> Response:
        here = request.build_absolute_uri("/api/")
        answer: Guide = {
            "schema": f"{here}schema",
            "interactive": f"{here}swagger",
            "authentication": _ways(here),
        }
        return Response(answer)


def _ways(here: str) -> WaysToSignIn:
    return {
        "bearer": {
            "description": "Exchange user name and password for an access token, "
            "which lasts five minutes, and a refresh token for new ones.",
            "obtain": f"curl -H 'Content-Type: application/json' -d"
            f' \'{{"username": "NAME", "password": "PASSWORD"}}\''
            f" {here}auth/token/obtain/",
            "use": f"curl -H 'Authorization: Bearer ACCESS' {here}user/",
            "refresh": f"curl -H 'Content-Type: application/json' -d"
            f' \'{{"refresh": "REFRESH"}}\' {here}auth/token/refresh/',
        },
        "basic": {
            "description": "User name and password with each request, for scripts.",
            "use": f"curl -u NAME:PASSWORD {here}user/",
        },
        "cookie": {
            "description": "Obtaining or refreshing a token sets the cookie `jwt`, "
            "which is accepted for media, upload and downloads only.",
            "use": "curl -b 'jwt=ACCESS' "
            f"{here.removesuffix('api/')}media/thumbnails_big/HASH",
        },
    }
