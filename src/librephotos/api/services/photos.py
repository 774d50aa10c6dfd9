"""What people do to their photos: favourite, rate, hide, publish, trash, date, caption.

Every function takes photos that the caller owns; none looks for them itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from librephotos.api.models import Photo
from librephotos.api.pipeline.scanning.dates import redate_photos
from librephotos.api.services.bulk_edits import Edit, apply_edit
from librephotos.api.writes import search_document, things

_HASHTAG = re.compile(r"(?<!\S)#\w[\w-]*")


def favorite(on: bool, *, min_rating: int) -> Edit:
    """Raise the rating to `min_rating` if below, or drop it to 0 if not."""
    least = max(1, min_rating)
    if on:
        return Edit(Q(rating__lt=least), {"user_rating": least})
    return Edit(Q(rating__gte=least), {"user_rating": 0})


def rate(rating: int) -> Edit:
    """Give photos a rating from 0 to 5, which overrules that of their files."""
    return Edit(~Q(user_rating=rating) | Q(user_rating=None), {"user_rating": rating})


def hide(on: bool) -> Edit:
    """Take photos out of the timeline, or show them again."""
    return Edit(Q(hidden=not on), {"hidden": on})


def publish(on: bool) -> Edit:
    """Show photos to everybody, or to their owner only."""
    return Edit(Q(public=not on), {"public": on})


def trash(on: bool) -> Edit:
    """Move photos into the trash, or out of it."""
    return Edit(Q(in_trashcan=not on), {"in_trashcan": on})


@transaction.atomic
def edit_photo(photo: Photo, said: Mapping[str, Any]) -> Photo:
    """Apply what a person said of a photo; return the photo as it is afterwards.

    `exif_timestamp` as `set_user_date` takes it, `rating` from 0 to 5; either may lack.
    """
    if "rating" in said:
        apply_edit(
            Photo.objects.filter(pk=photo.pk),
            rate(said["rating"]),
            owner=photo.owner_id,
        )
    if "exif_timestamp" in said:
        return set_user_date(photo, said["exif_timestamp"])
    return Photo.objects.get(pk=photo.pk)


@transaction.atomic
def set_user_date(photo: Photo, taken_at: datetime | None) -> Photo:
    """Store the date a person gave, None for none, and date the photo anew.

    What was meant is the time on the clock at the place, so an offset is dropped
    rather than converted. Returns the photo as it is afterwards.
    """
    wall_clock = None if taken_at is None else taken_at.replace(tzinfo=UTC)
    Photo.objects.filter(pk=photo.pk).update(
        user_taken_at=wall_clock, last_modified=Now()
    )
    redate_photos([photo.pk])
    return Photo.objects.get(pk=photo.pk)


@transaction.atomic
def save_caption(photo: Photo, caption: str) -> None:
    """Store the caption a person wrote, and let searches and hashtags find it."""
    Photo.objects.filter(pk=photo.pk).update(user_caption=caption, last_modified=Now())
    things.replace_hashtags(photo.pk, hashtags(caption))
    search_document.refresh([photo.pk])


def hashtags(caption: str) -> list[str]:
    """Return the words of a caption that begin with #, without punctuation behind."""
    return _HASHTAG.findall(caption)
