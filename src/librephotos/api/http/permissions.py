"""Who may call what, beyond being signed in."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from librephotos.api.models import User
from librephotos.api.pipeline.work.kinds import KINDS, Who


class IsStaff(BasePermission):
    """Administrators only."""

    message = "Only administrators may do this."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user.is_authenticated and request.user.is_staff)


class IsStaffOrReadOnly(IsStaff):
    """Anybody may read; administrators may write."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or super().has_permission(request, view)


class MayStart(IsStaff):
    """Whoever may ask for a job of the view's `kind`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        match KINDS[getattr(view, "kind")].asked_by:
            case Who.OWNER:
                return bool(request.user.is_authenticated)
            case Who.STAFF:
                return super().has_permission(request, view)
            case Who.NOBODY:
                return False


def may_change_account(caller: Any, account: User) -> bool:
    """Say whether a caller may change an account: their own, or as an administrator.

    Only a superuser may change the account of another superuser.
    """
    if not caller.is_authenticated:
        return False
    if caller.pk == account.pk:
        return True
    return bool(caller.is_superuser or (caller.is_staff and not account.is_superuser))
