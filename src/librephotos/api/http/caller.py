"""Who calls."""

from __future__ import annotations

from typing import cast

from rest_framework.request import Request

from librephotos.api.http.throttling import subscriber_of
from librephotos.api.models import User
from librephotos.api.services.waiting import Caller


def caller(request: Request) -> User:
    """Return the account that has signed in, which the permissions have settled."""
    return cast(User, request.user)


def who_waits(request: Request) -> Caller:
    """Return the account that has signed in, else the address of the caller."""
    if request.user.is_authenticated:
        return Caller.account(request.user.pk)
    return Caller.address(subscriber_of(request))
