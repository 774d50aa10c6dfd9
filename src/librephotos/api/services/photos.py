"""What people do to their photos: favourite, hide, publish, trash, date, caption.

Every function takes photos that the caller owns; none looks for them itself.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from librephotos.api.models import Photo
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.pipeline.scanning.dates import redate_photos
from librephotos.api.writes import search_document, things

_HASHTAG = re.compile(r"(?<!\S)#\w[\w-]*")


@dataclass(frozen=True)
class Edit:
    """A change of state: the photos that still lack it, and the new values."""

    lacking: Q
    values: dict[str, Any]


class Outcome(NamedTuple):
    """The ids of the photos that an edit changed, and of those already so."""

    updated: list[uuid.UUID]
    not_updated: list[uuid.UUID]


def favorite(on: bool, *, min_rating: int) -> Edit:
    """Raise the rating to `min_rating` if below, or drop it to 0 if not."""
    least = max(1, min_rating)
    if on:
        return Edit(Q(rating__lt=least), {"user_rating": least})
    return Edit(Q(rating__gte=least), {"user_rating": 0})


def hide(on: bool) -> Edit:
    """Take photos out of the timeline, or show them again."""
    return Edit(Q(hidden=not on), {"hidden": on})


def publish(on: bool) -> Edit:
    """Show photos to everybody, or to their owner only."""
    return Edit(Q(public=not on), {"public": on})


def trash(on: bool) -> Edit:
    """Move photos into the trash, or out of it."""
    return Edit(Q(in_trashcan=not on), {"in_trashcan": on})


@transaction.atomic(savepoint=False)
def apply_edit(photos: PhotoQuerySet, edit: Edit) -> int:
    """Change all these photos in one statement; return how many were changed.

    They are locked in the order of their ids, as by all who change several at once.
    """
    lacking = photos.filter(edit.lacking).order_by("id")
    locked = lacking.select_for_update(of=("self",), no_key=True)
    return Photo.objects.filter(pk__in=locked.values("pk")).update(
        **edit.values, last_modified=Now()
    )


@transaction.atomic
def apply_edit_listing(photos: PhotoQuerySet, edit: Edit) -> Outcome:
    """Change these photos; return which of them were changed and which were not."""
    ids = photos.order_by("id").select_for_update(of=("self",)).values_list("id")
    known = [row[0] for row in ids]
    locked = Photo.objects.filter(id__in=known)
    updated = set(locked.filter(edit.lacking).values_list("id", flat=True))
    apply_edit(Photo.objects.filter(id__in=updated), edit)
    return Outcome(
        [id for id in known if id in updated],
        [id for id in known if id not in updated],
    )


@transaction.atomic
def edit_photo(photo: Photo, said: Mapping[str, Any]) -> Photo:
    """Apply what a person said of a photo; return the photo as it is afterwards.

    `exif_timestamp` as `set_user_date` takes it, `rating` from 0 to 5; either may lack.
    """
    if "rating" in said:
        rated = Edit(~Q(user_rating=said["rating"]), {"user_rating": said["rating"]})
        apply_edit(Photo.objects.filter(pk=photo.pk), rated)
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
