"""What a selection comes to, and its photos a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from librephotos.api.models import File
from librephotos.api.models.library.photo import PhotoQuerySet


class Extent(NamedTuple):
    """How many photos, files that are there, and bytes of these."""

    photos: int
    files: int
    bytes: int


def extent_of(photos: PhotoQuerySet) -> Extent:
    """Return what photos come to."""
    ids = photos.order_by().values("pk")
    present = File.objects.filter(photo__in=ids, missing_since=None)
    files = present.aggregate(number=Count("pk"), bytes=Coalesce(Sum("size"), 0))
    return Extent(photos.count(), files["number"], int(files["bytes"]))


def next_ids(photos: PhotoQuerySet, *, after: UUID | None, most: int) -> Sequence[UUID]:
    """Return the ids of the next photos, in their order."""
    following = photos if after is None else photos.filter(pk__gt=after)
    return list(following.order_by("pk").values_list("pk", flat=True)[:most])
