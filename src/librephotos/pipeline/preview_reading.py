"""Reading previews back, for what learns from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.files.storage import storages
from django.db.models import Exists, OuterRef

from librephotos.api.models import Photo, PhotoStage
from librephotos.pipeline.preview_storage import PreviewSize, preview_name
from librephotos.pipeline.previews import remake_previews
from librephotos.pipeline.stage import Skip

NO_PREVIEW = Skip("The photo has no preview.")
COMING = Skip("The preview is being made anew.", for_now=True)
LOST = Skip("The preview was lost and is made again.", for_now=True)


def load_previews(photo_ids: Sequence[UUID], *, size: PreviewSize) -> dict[UUID, Any]:
    """Return the bytes of each photo's still preview of one size, or a Skip.

    Those that were lost are made again; those of files that changed are waited for,
    if the file is there to make them of.
    """
    coming = PhotoStage.objects.filter(
        photo=OuterRef("pk"),
        stage="thumbnails",
        state=PhotoStage.State.PENDING,
        error="",  # else it was tried, and the file could not be read
        photo__main_file__isnull=False,
        photo__main_file__missing_since=None,
    )
    photos = Photo.objects.filter(pk__in=photo_ids).annotate(coming=Exists(coming))
    return {
        photo_id: _read_or_skip(photo_id, size, format, being_made=being_made)
        for photo_id, format, being_made in photos.values_list(
            "pk", "preview_format", "coming"
        )
    }


def _read_or_skip(
    photo_id: UUID, size: PreviewSize, format: str, *, being_made: bool
) -> bytes | Skip:
    if not format:
        return NO_PREVIEW
    return COMING if being_made else _read(photo_id, size, format)


def _read(photo_id: UUID, size: PreviewSize, format: str) -> bytes | Skip:
    try:
        with storages["previews"].open(preview_name(photo_id, size, format)) as file:
            data = bytes(file.read())
    except FileNotFoundError:
        data = b""
    if not data:  # a crash of the machine may leave an empty file
        remake_previews(photo_id)
        return LOST
    return data
