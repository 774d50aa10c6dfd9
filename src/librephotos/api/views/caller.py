"""Who calls, where the permissions have already settled that somebody does."""

from __future__ import annotations

from typing import cast

from rest_framework.request import Request

from librephotos.api.models import User


def caller(request: Request) -> User:
    """Return the account that has signed in."""
    return cast(User, request.user)
