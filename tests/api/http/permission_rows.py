"""What a row of the table of permissions is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from librephotos.api.models import Job, Link, Photo, User, UserAlbum


@dataclass(frozen=True)
class World:
    """The people and things that each row is tried on.

    `photo`, `job` and `album` belong to `owner`; none is public. The album is shown to
    `viewer` and to `contributor`, and holds the photo. `link` and `photo_link` show
    another album with the photo, and the photo, to who has the password.
    """

    owner: User
    other: User
    staff: User
    photo: Photo
    job: Job
    album: UserAlbum
    link: Link
    photo_link: Link
    viewer: User | None = None
    contributor: User | None = None


_AS = {"contributor": "viewer", "viewer": "other", "visitor": "anonymous"}
"""As whom a caller is answered for whom a row says nothing."""


class Row(NamedTuple):
    """One method of one route, and the status that each caller gets.

    `route` is written as in the URL configuration, with its final slash. `parameters`
    gives the values of its placeholders, `body` what is sent. To whom the album is
    shown is answered as `other` unless `viewer` says otherwise, who may add to it as
    `viewer` unless `contributor` does. `visitor` is a browser that has not signed in,
    but opened the links, which is answered as `anonymous` unless it says otherwise.
    """

    method: str
    route: str
    anonymous: int
    other: int
    owner: int
    staff: int
    parameters: Callable[[World], Mapping[str, Any]] = lambda world: {}
    body: Mapping[str, Any] | None = None
    viewer: int | None = None
    contributor: int | None = None
    visitor: int | None = None

    def status_for(self, caller: str) -> int:
        """Return the status that a caller gets."""
        given: int | None = getattr(self, caller)
        return self.status_for(_AS[caller]) if given is None else given


def everybody(method: str, route: str, **options: Any) -> Row:
    """Return the row of something open to all."""
    return Row(method, route, 200, 200, 200, 200, **options)


def signed_in(method: str, route: str, **options: Any) -> Row:
    """Return the row of something open to everybody who has signed in."""
    return Row(method, route, 401, 200, 200, 200, **options)


def staff_only(method: str, route: str, **options: Any) -> Row:
    """Return the row of something for administrators."""
    return Row(method, route, 401, 403, 403, 200, **options)
