"""Writing down the captions that models make."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from librephotos.api.models import Photo, PhotoCaption


def replace(captions: Mapping[UUID, str], *, model: str) -> None:
    """Store what a model says of photos; to be called in a transaction."""
    photos = Photo.objects.select_for_update(of=("self",), no_key=True)
    known = photos.filter(pk__in=captions).order_by("pk").values_list("pk", flat=True)
    PhotoCaption.objects.bulk_create(
        [
            PhotoCaption(photo_id=photo_id, model=model, text=captions[photo_id])
            for photo_id in known
        ],
        update_conflicts=True,
        unique_fields=["photo", "model"],
        update_fields=["text"],
    )
