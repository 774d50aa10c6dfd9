"""Reading previews back, for what learns from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.files.storage import storages

from librephotos.api.models import Photo
from librephotos.pipeline.preview_storage import PreviewSize, preview_name
from librephotos.pipeline.previews import remake_previews
from librephotos.pipeline.stage import Skip

NO_PREVIEW = Skip("The photo has no preview.")
LOST = Skip("The preview was lost and is made again.", for_now=True)


def load_previews(photo_ids: Sequence[UUID], *, size: PreviewSize) -> dict[UUID, Any]:
    """Return the bytes of each photo's still preview of one size, or a Skip.

    Those that were lost are made again.
    """
    rows = Photo.objects.filter(pk__in=photo_ids).values_list("pk", "preview_format")
    return {
        photo_id: _read(photo_id, size, format) if format else NO_PREVIEW
        for photo_id, format in rows
    }


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
