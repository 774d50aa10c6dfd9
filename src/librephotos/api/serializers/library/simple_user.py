"""A user as others see one."""

from __future__ import annotations

from typing import Any, TypedDict

from librephotos.api.models import User


class SimpleUser(TypedDict):
    """As much of a user as others are told."""

    id: int
    username: str
    first_name: str
    last_name: str


def simple_user(user: Any) -> SimpleUser:
    """Return the shape under which a user appears in the rows of others."""
    return SimpleUser(
        id=user.pk,
        username=user.username,
        first_name=user.first_name,
        last_name=user.last_name,
    )


def owners_of(rows: list[Any], *, viewer: Any) -> dict[int, SimpleUser]:
    """Return the owners of rows by id; without a query when all are the viewer's."""
    ids = {row.owner_id for row in rows}
    known = {viewer.pk: simple_user(viewer)} if viewer.is_authenticated else {}
    others = (
        User.objects.filter(pk__in=ids - known.keys()) if ids - known.keys() else ()
    )
    return known | {user.pk: simple_user(user) for user in others}
