"""Taking turns with those who work on photos that are to go."""

from __future__ import annotations

from django.db.models import QuerySet

from librephotos.api.models import Photo
from librephotos.api.queries.people import lock_people


def lock_to_delete(photos: QuerySet[Photo], *, owner: int) -> None:
    """Hold an owner's photos, and whose faces are whose, until the transaction ends.

    Photos come first and in the order of their ids, as with all who hold several:
    deleting would lock what hangs on them first, and could wait for somebody who holds
    a photo and waits for that.
    """
    held = photos.order_by("pk").select_for_update().values_list("pk", flat=True)
    for _ in held.iterator(chunk_size=10_000):
        pass
    lock_people(owner)
