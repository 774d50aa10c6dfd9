"""What callers send to erase photos and copies for good, and what they are told."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from rest_framework import serializers

from librephotos.api.http.fields import WholeNumberField
from librephotos.api.serializers.library.photo_edit import (
    MOST_PHOTOS,
    CaptionedPhotoSerializer,
    SelectionSerializer,
)
from librephotos.api.services.erasing import Kept

TOLD = 100
"""The most photos of a query of which is told why they were kept."""


class EraseSerializer(SelectionSerializer):
    """The photos to erase, of those in the trash.

    With `limit`, so many at a time, in an order of their own: the answer's `next` is
    the next request's `after`.
    """

    limit = WholeNumberField(required=False, min_value=1, max_value=MOST_PHOTOS)
    after = serializers.UUIDField(required=False, allow_null=True)


class EraseCopySerializer(CaptionedPhotoSerializer):
    """One of several equal files of a photo."""

    path = serializers.CharField(trim_whitespace=False, max_length=16_384)


class KeptPhoto(TypedDict):
    """A photo that was not erased: why, as a word and as a sentence."""

    image_hash: str
    reason: str
    message: str


class ErasedPhotos(TypedDict):
    """What became of photos that were to be erased; of a query they are counted.

    `reasons` tells of those that were kept, of a query of a hundred at the most. `next`
    is where to go on, null once all were tried. `unknown` names are of no photo of the
    caller's.
    """

    status: bool
    count: int
    failed_count: int
    reasons: list[KeptPhoto]
    next: str | None
    unknown: NotRequired[int]
    results: NotRequired[list[str]]
    deleted: NotRequired[list[str]]
    not_deleted: NotRequired[list[str]]


def kept_photo(kept: Kept) -> KeptPhoto:
    """Return what is told of a photo that was kept."""
    return {
        "image_hash": kept.image_hash,
        "reason": kept.reason,
        "message": kept.message,
    }
