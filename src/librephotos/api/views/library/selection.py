"""The photos that a request names, one by one or by a query; only one's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from librephotos.api.http.input import changeable
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.queries.library.photos import photo_ids
from librephotos.api.queries.library.timeline import matching
from librephotos.api.serializers.library.timeline_filter import selection_filter


def queried_photos(request: Request, body: Mapping[str, Any]) -> PhotoQuerySet:
    """Return the caller's own photos of a query; what is public of others is not."""
    found = matching(selection_filter(body["query"]), viewer=request.user)
    excluded = photo_ids(body.get("excluded_hashes", ()))
    return (
        changeable(request)
        .filter(pk__in=found.order_by().values("pk"))
        .exclude(excluded)
    )


def named_photos(request: Request, names: Iterable[str], field: str) -> PhotoQuerySet:
    """Return the caller's own photos of these UUIDs and image hashes.

    Raises ValidationError, with `field` to blame, where one of them names none.
    """
    wanted = {name.lower() for name in names}
    photos = changeable(request).filter(photo_ids(wanted))
    rows = photos.values_list("id", "image_hash")
    known = {name for id, hash in rows for name in (str(id), hash)}
    if unknown := len(wanted - known):
        raise ValidationError({field: [f"{unknown} of these are no photos of yours."]})
    return photos
