"""The captions that models have written."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from librephotos.api.models import PhotoCaption


def written_captions(model: str) -> QuerySet[PhotoCaption]:
    """Return the captions of all models, this one's first, then the latest first.

    So that the caption of an earlier model stands until the present one has written.
    """
    preferred = Q(model=model)
    rows = PhotoCaption.objects.annotate(preferred=preferred)
    return rows.order_by("-preferred", "-id")
