"""Who works alone on what, until the transaction ends: every lock by name."""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum, unique
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from librephotos.api.models import Face, File, Photo, PhotoShare, Upload, User


@unique
class _Key(IntEnum):
    """The first number of each advisory lock; the second is mostly the owner's id."""

    LIBRARY = 201
    PEOPLE = 202
    EMBEDDINGS = 203
    ALBUMS = 204
    SYNC = 205
    DOWNLOADS = 206
    UPLOADS = 207
    CONTENT = 208


def lock_library(owner: int) -> None:
    """Be the only one, until the transaction ends, who says which files a photo has."""
    _be_alone(_Key.LIBRARY, owner)


def lock_people(owner: int) -> None:
    """Be the only one, until the transaction ends, who says whose faces are whose."""
    _be_alone(_Key.PEOPLE, owner)


def lock_embeddings(owner: int) -> None:
    """Be the only one, until the transaction ends, who writes vectors of photos."""
    _be_alone(_Key.EMBEDDINGS, owner)


def lock_albums(owner: int) -> None:
    """Be the only one, until the transaction ends, who edits an owner's albums.

    It comes before the photos and the albums themselves: who waits for a title that
    another one is about to give holds no photo that this one waits for.
    """
    _be_alone(_Key.ALBUMS, owner)


def lock_sync_items(user: int) -> None:
    """Be the only one, until the transaction ends, who says what a user mirrors."""
    _be_alone(_Key.SYNC, user)


def lock_downloads(owner: int) -> None:
    """Be the only one, until the transaction ends, who asks for an owner's archives."""
    _be_alone(_Key.DOWNLOADS, owner)


def lock_uploads(owner: int) -> None:
    """Be the only one, until the transaction ends, who has more sent for an owner.

    It comes before the uploads themselves: who deletes an account holds these.
    """
    _be_alone(_Key.UPLOADS, owner)


def lock_content(md5: str) -> None:
    """Be the only one, until the transaction ends, who lands a file of these bytes.

    It comes before the upload itself, as `lock_uploads` does.
    """
    _be_alone(_Key.CONTENT, int(md5[:8], 16) - 2**31)


def lock_faces(
    owner: int, faces: Collection[int], *, people: Collection[int] = ()
) -> None:
    """Keep others from changing faces, and all that are or seem to be these people.

    They are taken in the order of their ids, as by all who change several at once:
    nobody then waits for somebody who waits for them.
    """
    concerned = Q(pk__in=faces)
    for column in ("person", "guess", "cluster"):
        concerned |= Q(**{f"{column}__in": people})
    _hold(Face.objects.filter(concerned, owner_id=owner), no_key=True)


def lock_to_delete(photos: QuerySet[Photo], *, owner: int) -> None:
    """Hold an owner's photos, and whose faces are whose, until the transaction ends.

    Photos come first and in the order of their ids, as with all who hold several:
    deleting would lock what hangs on them first, and could wait for somebody who holds
    a photo and waits for that.
    """
    _hold(photos)
    lock_people(owner)


def lock_account(user: User) -> None:
    """Hold all that an account owns, and the account, until the transaction ends.

    Nothing comes to it from then on: a worker that is about to add something finds
    that the account is gone. The order is that in which workers hold these.
    """
    _hold(Upload.objects.filter(owner=user))
    lock_library(user.pk)
    lock_albums(user.pk)
    _hold(File.objects.filter(owner=user))
    lock_to_delete(Photo.objects.filter(owner=user), owner=user.pk)
    _hold(User.objects.filter(pk=user.pk))


def lock_shares_with(user: User) -> None:
    """Hold what others show to an account by itself, until the transaction ends.

    In the order of their keys, as who changes the photos takes them.
    """
    shares = PhotoShare.objects.filter(recipient=user)
    held = shares.order_by("photo", "recipient").select_for_update(of=("self",))
    for _ in held.values_list("photo", flat=True).iterator(chunk_size=10_000):
        pass


def _be_alone(key: _Key, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [key.value, number])


def _hold(rows: QuerySet[Any], *, no_key: bool = False) -> None:
    held = rows.order_by("pk").select_for_update(no_key=no_key)
    for _ in held.values_list("pk", flat=True).iterator(chunk_size=10_000):
        pass
