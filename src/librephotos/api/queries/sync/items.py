"""What a user's clients mirror besides photos, all of a kind at once.

These are few, thousands at most, and what is told of them depends on much: each time
they are compared with what was told before (`writes/sync_items`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from librephotos.api.models import Person, SyncItem, UserAlbum
from librephotos.api.queries.library.places import Places
from librephotos.api.queries.library.things import Things
from librephotos.api.queries.library.user_albums import UserAlbums
from librephotos.api.queries.people.person_photos import person_rows

Described = dict[int, dict[str, Any]]
"""By its number, all that is told of an item, in values of JSON."""


@dataclass(frozen=True)
class Feed:
    """A kind of items: what there is, and what is added to those that are told of.

    `digests` tells of the same items what is only added later, or stands for it.
    """

    kind: SyncItem.Kind
    described: Callable[[Any], Described]
    marks: Callable[[Any], dict[int, str]] = lambda user: {}


def milliseconds(time: datetime | None) -> int | None:
    """Return a time as clients of the sync have it, since 1970."""
    return None if time is None else round(time.timestamp() * 1000)


def _persons(user: Any) -> Described:
    people = list(Person.objects.owned_by(user).named().filter(hidden=False))
    rows = person_rows(user, [person.pk for person in people])
    return {
        person.pk: {
            "id": person.pk,
            "name": person.name,
            "kind": "USER",
            "face_count": rows[person.pk].faces if person.pk in rows else 0,
            "cover_photo_hash": (
                rows[person.pk].image_hash or None if person.pk in rows else None
            ),
        }
        for person in people
    }


def _user_albums(user: Any) -> Described:
    rows = list(UserAlbum.objects.owned_by(user).select_related("owner"))
    return {
        album.key: {
            "id": album.key,
            "title": album.title,
            "owner_id": album.row.owner_id,
            "favorited": False,
            "shared": 0,
            "cover_hash": album.cover.image_hash if album.cover else None,
            "photo_count": album.photo_count,
            "created_on": milliseconds(album.row.created_on),
        }
        for album in UserAlbums(user).described(rows)
    }


_MEMBERS_DIGEST = """
SELECT member.album_id, bit_xor(uuid_hash_extended(member.photo_id, 0))::text
FROM api_useralbumphoto AS member
JOIN api_useralbum AS album ON album.id = member.album_id
WHERE album.owner_id = %s AND member.visible
GROUP BY member.album_id
"""


def _members_digest(user: Any) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS_DIGEST, [user.pk])
        return dict(cursor.fetchall())


_MEMBERS = """
SELECT album_id, array_agg(photo_id ORDER BY photo_id) FROM api_useralbumphoto
WHERE album_id = ANY(%s) AND visible GROUP BY album_id
"""


def members_of(albums: Collection[int]) -> dict[int, list[UUID]]:
    """Return the visible photos of albums that people have made."""
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, [list(albums)])
        return dict(cursor.fetchall())


def _things(user: Any) -> Described:
    kind = Things(user)
    return {
        album.key: {
            "id": album.key,
            "title": album.title,
            "photo_count": album.photo_count,
            "cover_hashes": [cover.image_hash for cover in album.covers],
        }
        for album in kind.described(list(kind.rows()))
    }


def _places(user: Any) -> Described:
    return {
        album.key: {
            "id": album.key,
            "title": album.title,
            "photo_count": album.photo_count,
            "geolocation_level": album.level,
            "cover_hashes": [],
        }
        for album in Places(user).rows()
    }


def _nothing(user: Any) -> Described:
    return {}


PERSONS = Feed(SyncItem.Kind.PERSON, _persons)
USER_ALBUMS = Feed(SyncItem.Kind.USER_ALBUM, _user_albums, _members_digest)
EVENTS = Feed(SyncItem.Kind.EVENT, _nothing)
THINGS = Feed(SyncItem.Kind.THING, _things)
PLACES = Feed(SyncItem.Kind.PLACE, _places)
TAGS = Feed(SyncItem.Kind.TAG, _nothing)
USERS = Feed(SyncItem.Kind.USER, _nothing)


def items_since(
    user: Any, kind: SyncItem.Kind, version: int, *, size: int
) -> list[SyncItem]:
    """Return up to `size` items that have changed behind a version, in that order."""
    rows = SyncItem.objects.filter(user=user, kind=kind, withdrawn_at=None)
    return list(rows.filter(version__gt=version).order_by("version")[:size])


def withdrawn_since(user: Any, kind: SyncItem.Kind, version: int) -> list[int]:
    """Return the items that have gone behind a version."""
    rows = SyncItem.objects.filter(user=user, kind=kind, version__gt=version)
    gone = rows.exclude(withdrawn_at=None).order_by("version")
    return list(gone.values_list("key", flat=True))
