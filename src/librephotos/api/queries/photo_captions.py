"""The captions that models have written."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Q, QuerySet

from librephotos.api.models import Photo, PhotoCaption


def written_captions(model: str) -> QuerySet[PhotoCaption]:
    """Return the captions of all models, this one's first, then the latest first.

    So that the caption of an earlier model stands until the present one has written.
    """
    preferred = Q(model=model)
    rows = PhotoCaption.objects.annotate(preferred=preferred)
    return rows.order_by("-preferred", "-id")


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
