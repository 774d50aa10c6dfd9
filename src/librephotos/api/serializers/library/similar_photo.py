"""Photos that look like another one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from librephotos.api.queries.search.similar_photos import SimilarPhoto
from librephotos.api.serializers.library.grid import MediaType, media_type


class SimilarPhotoItem(TypedDict):
    """A photo that looks like another one."""

    image_hash: str
    type: MediaType


def similar_items(photos: Iterable[SimilarPhoto]) -> list[SimilarPhotoItem]:
    """Return the contract's `similar_photos`."""
    return [
        {"image_hash": photo.image_hash, "type": media_type(photo)} for photo in photos
    ]
