"""Telling a client what has changed since it last asked."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from librephotos.api.locks import lock_sync_items
from librephotos.api.models import SyncedPhotos, SyncItem, User
from librephotos.api.queries.sync import photos
from librephotos.api.queries.sync.cursors import PhotoCursor
from librephotos.api.queries.sync.items import (
    Feed,
    items_since,
    milliseconds,
    withdrawn_since,
)
from librephotos.api.writes import sync_items


@dataclass(frozen=True)
class ItemPage:
    """Items that have changed, those that are gone, and the version behind them.

    `total` counts all items that there are.
    """

    items: list[dict[str, Any]]
    withdrawn: list[int]
    version: int | None
    total: int


_FRESH = timedelta(minutes=1)


def changed_photos(
    user: User, since: PhotoCursor | None, *, size: int
) -> photos.PhotoPage:
    """Return up to `size` photos that have changed since; all of them since None."""
    page = photos.changed_photos(user, since, size=size)
    if page.count is not None:
        SyncedPhotos.objects.update_or_create(
            user=user, defaults={"count": page.count, "counted_at": timezone.now()}
        )
    return page


def count_photos(user: User) -> int:
    """Return how many photos there are, as of when a client last had all of them.

    It compares its own number with this one right then, and would begin anew for one
    that was added in between. Later on those that there are now are counted.
    """
    last = SyncedPhotos.objects.filter(
        user=user, counted_at__gt=timezone.now() - _FRESH
    ).first()
    return photos.count_mirrored(user) if last is None else last.count


@transaction.atomic
def changed_items(
    user: User, feed: Feed, version: int | None, *, size: int
) -> ItemPage:
    """Return up to `size` items that have changed since; all of them since None."""
    lock_sync_items(user.pk)
    described = _refreshed(user, feed)
    rows = items_since(user, feed.kind, version or 0, size=size)
    items = [
        {**described[row.key], "last_modified": milliseconds(row.changed_at)}
        for row in rows
    ]
    return ItemPage(
        items=items,
        withdrawn=[] if version is None else withdrawn_since(user, feed.kind, version),
        version=rows[-1].version if rows else None,
        total=len(described),
    )


def count_items(user: User, feed: Feed) -> int:
    """Return how many items of a kind clients have been told of.

    What has changed since counts once a client is told of it: one that compares its own
    number with this one would otherwise begin anew.
    """
    told = SyncItem.objects.filter(user=user, kind=feed.kind)
    if not told.exists():
        with transaction.atomic():
            lock_sync_items(user.pk)
            _refreshed(user, feed)
    return told.filter(withdrawn_at=None).count()


def _refreshed(user: User, feed: Feed) -> dict[int, dict[str, Any]]:
    """Compare the items with those known before; return them as they are now."""
    described, marks = feed.described(user), feed.marks(user)
    digests = {
        key: _digest([item, marks.get(key, "")]) for key, item in described.items()
    }
    sync_items.refresh(user.pk, feed.kind, digests)
    return described


def _digest(content: Any) -> UUID:
    text = json.dumps(content, sort_keys=True).encode()
    return UUID(bytes=hashlib.blake2b(text, digest_size=16).digest())
