"""The vectors of photos as they are written, and read back in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from librephotos.api.locks import lock_embeddings
from librephotos.api.models import Photo, PhotoEmbedding


def replace(vectors: Mapping[UUID, Any], *, model: str) -> None:
    """Store what a model makes of photos, in rows of their own even if it did before.

    To be called in a transaction: until that is over, no other writes rows of the same
    owners, so that ids become visible in their order.
    """
    rows = Photo.objects.select_for_update(of=("self",), no_key=True)
    owners = dict(
        rows.filter(pk__in=vectors).order_by("pk").values_list("pk", "owner_id")
    )
    for owner in sorted(set(owners.values())):
        lock_embeddings(owner)
    PhotoEmbedding.objects.filter(photo__in=owners, model=model).delete()
    PhotoEmbedding.objects.bulk_create(
        PhotoEmbedding(photo_id=id, owner_id=owner, model=model, vector=vectors[id])
        for id, owner in owners.items()
    )


def vectors_of(photo_ids: Iterable[UUID], *, model: str) -> dict[UUID, Any]:
    """Return the vector of each of the photos that has one by this model."""
    rows = PhotoEmbedding.objects.filter(photo__in=list(photo_ids), model=model)
    return dict(rows.values_list("photo_id", "vector"))
