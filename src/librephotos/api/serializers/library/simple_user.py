"""A user as others see one."""

from __future__ import annotations

from typing import Any, TypedDict


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
