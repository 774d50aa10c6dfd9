"""Putting photos into the albums that people make, and taking them out.

Counting triggers lock albums; whoever changes what is in them takes the photos first,
in the order of their ids, as all do who change several photos. To be called in a
transaction, by who has `lock_albums`.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection

from librephotos.api.models import Photo, UserAlbum
from librephotos.api.models.library.photo import PhotoQuerySet

# What a lock has waited for is seen: the rows of the inner query are the newest.
_ADD = """
INSERT INTO api_useralbumphoto (album_id, photo_id, added_on, visible)
SELECT %s, photo.id, now(), photo.visible FROM ({photos}) AS photo
ON CONFLICT (album_id, photo_id) DO NOTHING
"""


def hold(sets: Sequence[PhotoQuerySet]) -> set[UUID]:
    """Lock the photos of several sets in one order; return the ids of those there are.

    One set after the other could be waited for by who holds a photo of a later one.
    """
    first, *others = (photos.order_by().values("pk") for photos in sets)
    ids = first.union(*others) if others else first
    held = _locked(Photo.objects.filter(pk__in=ids)).values_list("pk", flat=True)
    return set(held.iterator(chunk_size=10_000))


def add(album: UserAlbum, photos: PhotoQuerySet) -> None:
    """Put photos into an album; those in it already stay as they are."""
    try:
        sql, values = _locked(photos).values("id", "visible").query.sql_with_params()
    except EmptyResultSet:  # no photo is asked for
        return
    with connection.cursor() as cursor:
        cursor.execute(_ADD.format(photos=sql), [album.pk, *values])


def remove(album: UserAlbum, photos: PhotoQuerySet) -> None:
    """Take photos out of an album; others than those in it are passed over."""
    inside = photos.filter(memberships__album=album)
    album.members.filter(photo__in=_locked(inside).values("id")).delete()


def delete(album: UserAlbum) -> None:
    """Delete an album; its photos stay where they are."""
    remove(album, Photo.objects.all())
    album.delete()


def _locked(photos: PhotoQuerySet) -> PhotoQuerySet:
    return photos.order_by("id").select_for_update(of=("self",), no_key=True)
