"""Search texts of a whole library, once what many of them hold has changed.

That is where its scan directories are, what its photos are called, or their tags.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models.functions import Now

from librephotos.api.models import Photo
from librephotos.api.pipeline.work import queue
from librephotos.api.writes import search_document

_AT_ONCE = 1_000
"""Photos in one statement, and so in one transaction."""


FEW = 500
"""The search texts of so many photos are written at once, those of more by a worker."""


def renew_search_texts(photos: Collection[UUID], *, owner: int) -> None:
    """Have searches, and who follows changes, find what an owner's photos are called.

    As `request_search_texts`, to be called in the transaction of the change.
    """
    if not photos:
        return
    Photo.objects.filter(pk__in=photos).update(last_modified=Now())
    if len(photos) <= FEW:
        search_document.refresh(photos)
    else:
        request_search_texts(owner)


def request_search_texts(owner: int) -> None:
    """Have a worker compose the texts of a user's photos anew.

    To be called in the transaction that changes what they hold, and by who holds the
    photos where it is theirs: a task that waits already may begin before its end.
    """
    queue.enqueue(
        queue.Task.REFRESH_SEARCH_TEXTS,
        queueing_lock=f"refresh_search_texts-{owner}",
        job=None,
        owner=owner,
    )


def refresh_search_texts(*, owner: int) -> None:
    """Compose the texts of a user's photos anew, and write those that are others.

    It may die at any instruction and be run again.
    """
    after: UUID | None = UUID(int=0)
    while after is not None:
        after = search_document.refresh_following(owner, after=after, limit=_AT_ONCE)
