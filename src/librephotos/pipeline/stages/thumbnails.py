"""The stage that makes a photo visible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from librephotos.api.models import Photo
from librephotos.api.models.columns import fit
from librephotos.media.thumbnails import Preview, Thumbnails
from librephotos.pipeline.decoding import thumbnails_of
from librephotos.pipeline.originals import load_originals
from librephotos.pipeline.preview_storage import PreviewSize, preview_name
from librephotos.pipeline.stage import Runs

EXTENSIONS = {"image/jpeg": "jpg", "image/webp": "webp", "video/mp4": "mp4"}

_COLUMNS = [
    "width",
    "height",
    "aspect_ratio",
    "preview_format",
    "clip_format",
    "dominant_color",
    "placeholder",
    "phash",
    "last_modified",
]


class ThumbnailsStage:
    """Stores the previews and what their pixels tell."""

    name = "thumbnails"
    version = 1
    needs: tuple[str, ...] = ()
    runs = Runs.DECODER
    compute = staticmethod(thumbnails_of)

    def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, Any]:
        return load_originals(photo_ids)

    def save(self, results: dict[UUID, Thumbnails]) -> None:
        for photo_id, thumbnails in results.items():
            _store(photo_id, thumbnails)
        Photo.objects.bulk_update(
            [fit(_seen(photo_id, found)) for photo_id, found in results.items()],
            _COLUMNS,
        )


def _store(photo_id: UUID, thumbnails: Thumbnails) -> None:
    previews = {
        PreviewSize.BIG: thumbnails.big,
        PreviewSize.MEDIUM: thumbnails.medium,
        PreviewSize.SMALL: thumbnails.small,
        PreviewSize.CLIP_MEDIUM: thumbnails.clip_medium,
        PreviewSize.CLIP_SMALL: thumbnails.clip_small,
    }
    storage = storages["previews"]
    for size, preview in previews.items():
        if preview:
            name = preview_name(photo_id, size, EXTENSIONS[preview.mime])
            storage.save(name, ContentFile(preview.data))


def _seen(photo_id: UUID, found: Thumbnails) -> Photo:
    return Photo(
        id=photo_id,
        width=found.width,
        height=found.height,
        # Never 0, by which clients that lay out a grid would divide.
        aspect_ratio=max(round(found.width / found.height, 4), 0.0001),
        preview_format=_extension(found.big),
        clip_format=_extension(found.clip_medium),
        dominant_color=found.dominant_color,
        placeholder=found.placeholder,
        phash=found.phash,
        last_modified=timezone.now(),
    )


def _extension(preview: Preview | None) -> str:
    return EXTENSIONS[preview.mime] if preview else ""
