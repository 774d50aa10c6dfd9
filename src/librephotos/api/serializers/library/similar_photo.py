"""Photos that look like another one."""

from __future__ import annotations

from collections.abc import Iterable

from librephotos.api.queries.search.similar_photos import SimilarPhoto
from librephotos.api.serializers.library.grid import media_type


def similar_items(photos: Iterable[SimilarPhoto]) -> list[dict[str, str]]:
    """Return the contract's `similar_photos`."""
    return [
        {"image_hash": photo.image_hash, "type": media_type(photo)} for photo in photos
    ]
