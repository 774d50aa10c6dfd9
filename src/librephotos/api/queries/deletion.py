"""Taking turns with those who work on photos that are to go."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from librephotos.api.models import File, Photo, User
from librephotos.api.queries.people import lock_people
from librephotos.api.queries.scanned_files import lock_library


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
    lock_library(user.pk)
    _hold(File.objects.filter(owner=user))
    lock_to_delete(Photo.objects.filter(owner=user), owner=user.pk)
    _hold(User.objects.filter(pk=user.pk))


def _hold(rows: QuerySet[Any]) -> None:
    held = rows.order_by("pk").select_for_update().values_list("pk", flat=True)
    for _ in held.iterator(chunk_size=10_000):
        pass
