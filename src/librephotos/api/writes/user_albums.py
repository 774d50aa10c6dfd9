"""Putting photos into the albums that people make, and taking them out.

Counting triggers lock albums; whoever changes what is in them takes the photos first,
in the order of their ids, as all do who change several photos. To be called in a
transaction, by who has `lock_albums`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection

from librephotos.api.models import AlbumShare, Photo, UserAlbum
from librephotos.api.models.library.photo import PhotoQuerySet

# What a lock has waited for is seen: the rows of the inner query are the newest.
_ADD = """
INSERT INTO api_useralbumphoto (album_id, share_id, photo_id, added_on, visible)
SELECT %s, %s, photo.id, now(), photo.visible FROM ({photos}) AS photo
ON CONFLICT (album_id, photo_id) DO NOTHING
"""

# Photos are numbered anew: in front of the named one, whose number those that are
# moved share, they stand in the order in which they were named.
_MOVE = """
WITH standing AS (
    SELECT photo_id, row_number() OVER (ORDER BY {order}) AS place
    FROM api_useralbumphoto AS member
    JOIN api_photo AS photo ON photo.id = member.photo_id
    WHERE member.album_id = %(album)s
), moved AS (
    SELECT id, turn FROM unnest(%(photos)s::uuid[]) WITH ORDINALITY AS named(id, turn)
), target AS (
    SELECT coalesce(
        (SELECT place FROM standing WHERE photo_id = %(before)s),
        (SELECT count(*) + 1 FROM standing)
    ) AS place
), numbered AS (
    SELECT standing.photo_id, row_number() OVER (
        ORDER BY
            CASE WHEN moved.id IS NULL THEN standing.place ELSE target.place END,
            moved.turn NULLS LAST
    ) AS place
    FROM standing CROSS JOIN target LEFT JOIN moved ON moved.id = standing.photo_id
)
UPDATE api_useralbumphoto AS member SET position = numbered.place
FROM numbered
WHERE member.album_id = %(album)s AND member.photo_id = numbered.photo_id
    AND member.position IS DISTINCT FROM numbered.place
"""

_STANDING = {
    UserAlbum.Order.NEWEST: "photo.day DESC, photo.taken_at DESC, photo.id",
    UserAlbum.Order.OLDEST: "nullif(photo.day, 0) NULLS LAST, photo.taken_at, photo.id",
    UserAlbum.Order.HAND: "member.position NULLS LAST,"
    " photo.day DESC, photo.taken_at DESC, photo.id",
}


def hold(sets: Sequence[PhotoQuerySet]) -> set[UUID]:
    """Lock the photos of several sets in one order; return the ids of those there are.

    One set after the other could be waited for by who holds a photo of a later one.
    """
    first, *others = (photos.order_by().values("pk") for photos in sets)
    ids = first.union(*others) if others else first
    held = _locked(Photo.objects.filter(pk__in=ids)).values_list("pk", flat=True)
    return set(held.iterator(chunk_size=10_000))


def add(
    album: UserAlbum, photos: PhotoQuerySet, *, share: AlbumShare | None = None
) -> None:
    """Put photos into an album; those in it already stay as they are.

    They are the owner's, or those of the recipient of `share`.
    """
    statement = adding(album, photos, share=share)
    if statement is not None:
        with connection.cursor() as cursor:
            cursor.execute(*statement)


def adding(
    album: UserAlbum, photos: PhotoQuerySet, *, share: AlbumShare | None
) -> tuple[str, list[Any]] | None:
    """Return the INSERT of `add` and its values; None where there is nothing."""
    try:
        sql, values = _locked(photos).values("id", "visible").query.sql_with_params()
    except EmptyResultSet:  # no photo is asked for
        return None
    shared_by = share.pk if share else None
    return _ADD.format(photos=sql), [album.pk, shared_by, *values]


def remove(album: UserAlbum, photos: PhotoQuerySet) -> None:
    """Take photos out of an album; others than those in it are passed over."""
    inside = photos.filter(memberships__album=album)
    album.members.filter(photo__in=_locked(inside).values("id")).delete()


def move(album: UserAlbum, photos: Sequence[UUID], *, before: UUID | None) -> None:
    """Put photos that are in an album in front of another, or behind all, by hand.

    A `before` that is not in the album, or moved itself, is none.
    """
    place = None if before in photos else before
    order = _STANDING[UserAlbum.Order(album.photo_order)]
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVE.format(order=order),
            {"album": album.pk, "photos": list(photos), "before": place},
        )


def delete(album: UserAlbum) -> None:
    """Delete an album; its photos stay where they are."""
    remove(album, Photo.objects.all())
    album.delete()


def _locked(photos: PhotoQuerySet) -> PhotoQuerySet:
    return photos.order_by("id").select_for_update(of=("self",), no_key=True)
