"""What a stolen token must not be enough for: who changes it gives the password."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from librephotos.api.http.caller import caller
from librephotos.api.http.throttling import LoginThrottle
from librephotos.api.http.tokens import seconds_since_sign_in
from librephotos.api.models import User

RECENT = timedelta(minutes=10)
"""So long after signing in nothing more is asked: most clients have no field for it."""

_ASK = (
    "Give your current password, or sign out and in again and do this within"
    f" {RECENT.seconds // 60} minutes."
)


def confirmed(
    request: Request, account: User | None, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the changes of an account that a caller may make, without the proof.

    A new password or mail address, or a new account (None) that is a superuser's, needs
    the caller's own password, as `current_password` or given at a recent sign-in.
    Raises ValidationError without either and for a wrong one, and Throttled after too
    many of these.
    """
    wanted = dict(changes)
    given = wanted.pop("current_password", "")
    if given:
        _check(request, given)
    elif _sensitive(account, wanted):
        if seconds_since_sign_in(request.auth) > RECENT.total_seconds():
            raise ValidationError({"detail": _ASK, "current_password": _ASK})
    return wanted


def _sensitive(account: User | None, changes: Mapping[str, Any]) -> bool:
    if account is None:
        return bool(changes.get("is_superuser"))
    email = changes.get("email", account.email)
    return bool(changes.get("password")) or email != account.email


def _check(request: Request, password: str) -> None:
    user = caller(request)
    with LoginThrottle(request, user.username).attempt():
        if not user.check_password(password):
            message = "This is not your current password."
            raise ValidationError({"detail": message, "current_password": message})
