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

from librephotos.api.models import Person, SyncItem, User
from librephotos.api.queries.library.places import Places
from librephotos.api.queries.library.things import Things
from librephotos.api.queries.library.user_albums import (
    AlbumsSharedWith,
    OwnAlbum,
    UserAlbums,
)
from librephotos.api.queries.library.user_tags import UserTags
from librephotos.api.queries.people.person_photos import person_rows

Described = dict[int, dict[str, Any]]
"""By its number, all that is told of an item, in values of JSON."""


@dataclass(frozen=True)
class Feed:
    """A kind of items: all there are, and what besides tells that one has changed.

    `marks` stands for what is only looked up for the items that are told of, such as
    the photos of an album.
    """

    kind: SyncItem.Kind
    described: Callable[[Any], Described]
    marks: Callable[[Any], dict[int, str]] = lambda user: {}


def milliseconds(time: datetime | None) -> int | None:
    """Return a time as clients of the sync have it, since 1970."""
    return None if time is None else round(time.timestamp() * 1000)


def _persons(user: Any) -> Described:
    people = Person.objects.owned_by(user).named().filter(hidden=False)
    rows = person_rows(user, people.values_list("pk", flat=True))
    return {
        person.id: {
            "id": person.id,
            "name": person.name,
            "kind": "USER",
            "face_count": person.faces,
            "cover_photo_hash": person.image_hash or None,
        }
        for person in rows
    }


def _user_albums(user: Any) -> Described:
    kinds = (UserAlbums(user, empty=True), AlbumsSharedWith(user, empty=True))
    albums = [album for kind in kinds for album in kind.described(list(kind.rows()))]
    return {album.key: _user_album(album) for album in albums}


def _user_album(album: OwnAlbum) -> dict[str, Any]:
    marked = album.row if album.share is None else album.share
    return {
        "id": album.key,
        "title": album.title,
        "owner_id": album.row.owner_id,
        "favorited": marked.favorited,
        "shared": int(album.share is not None or bool(album.shared_to)),
        "cover_hash": album.cover.image_hash if album.cover else None,
        "photo_count": album.photo_count,
        "created_on": milliseconds(album.row.created_on),
    }


# What the viewer sees of an album: the owner's photos, and those that the viewer has
# added, or, if it is theirs, that recipients have.
_SEEN = """
FROM api_useralbumphoto AS member
JOIN api_useralbum AS album ON album.id = member.album_id
LEFT JOIN api_albumshare AS share ON share.id = member.share_id
LEFT JOIN api_user AS adder ON adder.id = share.recipient_id
WHERE {albums} AND member.visible AND (
    member.share_id IS NULL OR share.recipient_id = %(viewer)s
    OR album.owner_id = %(viewer)s AND adder.is_active
)
GROUP BY member.album_id
"""

_MEMBERS_DIGEST = (
    "SELECT member.album_id, bit_xor(uuid_hash_extended(member.photo_id, 0))::text"
    + _SEEN.format(albums="""(
    album.owner_id = %(viewer)s OR album.id IN (
        SELECT album_id FROM api_albumshare WHERE recipient_id = %(viewer)s
    )
)""")
)

_MEMBERS = (
    "SELECT member.album_id, array_agg(member.photo_id ORDER BY member.photo_id)"
    + _SEEN.format(albums="member.album_id = ANY(%(albums)s)")
)


def _members_digest(user: Any) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS_DIGEST, {"viewer": user.pk})
        return dict(cursor.fetchall())


def members_of(albums: Collection[int], *, viewer: Any) -> dict[int, list[UUID]]:
    """Return the photos that a viewer sees in albums which they may see."""
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, {"viewer": viewer.pk, "albums": list(albums)})
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


def _tags(user: Any) -> Described:
    return {
        tag.pk: {
            "id": tag.pk,
            "title": tag.title,
            "photo_count": tag.photo_count,
            "cover_hashes": [],
        }
        for tag in UserTags(user).rows()
    }


# Who shows one a photo or an album, and to whom one does. What is shown to one counts
# while it can be seen; what one shows oneself, for as long as one does.
_SHARING = """
SELECT photo.owner_id FROM api_photoshare AS share
JOIN api_photo AS photo ON photo.id = share.photo_id
WHERE share.recipient_id = %(user)s AND share.visible
UNION
SELECT album.owner_id FROM api_albumshare AS share
JOIN api_useralbum AS album ON album.id = share.album_id
WHERE share.recipient_id = %(user)s
UNION
SELECT share.recipient_id FROM api_photoshare AS share
JOIN api_photo AS photo ON photo.id = share.photo_id
WHERE photo.owner_id = %(user)s
UNION
SELECT share.recipient_id FROM api_albumshare AS share
JOIN api_useralbum AS album ON album.id = share.album_id
WHERE album.owner_id = %(user)s
"""


def _users(user: Any) -> Described:
    with connection.cursor() as cursor:
        cursor.execute(_SHARING, {"user": user.pk})
        ids = [id for (id,) in cursor.fetchall()]
    return {
        each.pk: {
            "id": each.pk,
            "username": each.username,
            "first_name": each.first_name,
            "last_name": each.last_name,
            "avatar_url": each.avatar.url if each.avatar else None,
        }
        for each in User.objects.filter(pk__in=ids, is_active=True)
    }


def _nothing(user: Any) -> Described:
    return {}


PERSONS = Feed(SyncItem.Kind.PERSON, _persons)
USER_ALBUMS = Feed(SyncItem.Kind.USER_ALBUM, _user_albums, _members_digest)
EVENTS = Feed(SyncItem.Kind.EVENT, _nothing)
THINGS = Feed(SyncItem.Kind.THING, _things)
PLACES = Feed(SyncItem.Kind.PLACE, _places)
TAGS = Feed(SyncItem.Kind.TAG, _tags)
USERS = Feed(SyncItem.Kind.USER, _users)


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
