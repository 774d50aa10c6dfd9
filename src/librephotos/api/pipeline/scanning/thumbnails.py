"""The stage that makes the previews of a photo, which may be visible before."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from librephotos.api.models import Photo
from librephotos.api.models.columns import fit
from librephotos.api.pipeline.sandboxed.decoding import (
    Original,
    TurnedThumbnails,
    turned_thumbnails_of,
)
from librephotos.api.pipeline.scanning.originals import load_originals
from librephotos.api.pipeline.work import queue
from librephotos.api.pipeline.work.registry import learning_from
from librephotos.api.pipeline.work.stage import Each, Runs, Skip, Stage
from librephotos.api.storage.previews import PreviewSize, preview_name
from librephotos.api.writes import face_turns, rows
from librephotos.api.writes.invalidation import Reason, invalidate
from librephotos.media.pictures.thumbnails import Preview, Thumbnails

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
    "damage",
    "last_modified",
    "preview_digest",
    "shown_orientation",
]

_LOOKS = ("width", "height", "dominant_color", "phash", "placeholder")


class ThumbnailsStage(Stage[Original, TurnedThumbnails]):
    """Stores the previews and what their pixels tell, and turns faces with them."""

    name = "thumbnails"
    version = 1
    runs = Runs.DECODER
    compute = Each(turned_thumbnails_of)

    def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, Original | Skip]:
        return load_originals(photo_ids)

    def save(self, results: dict[UUID, TurnedThumbnails]) -> None:
        for photo_id, thumbnails in results.items():
            _store(photo_id, thumbnails.made)
        seen = [fit(_seen(photo_id, found)) for photo_id, found in results.items()]
        changed = _changed(seen)
        turned = face_turns.turn({photo.pk: photo.shown_orientation for photo in seen})
        rows.update(seen, _COLUMNS)
        invalidate(learning_from(self.name), of=changed, reason=Reason.INPUT)
        for owner in sorted(turned):
            queue.enqueue(
                queue.Task.LEARN_ANEW,
                queueing_lock=f"learn_anew-{owner}",
                job=None,
                owner=owner,
            )

    def fail(self, errors: dict[UUID, str]) -> None:
        """Mark the photos; previews of what a file was before stay what is shown."""
        now = timezone.now()
        failed = [
            Photo(id=photo_id, damage=error, last_modified=now)
            for photo_id, error in errors.items()
        ]
        rows.update([fit(photo) for photo in failed], ["damage", "last_modified"])


def _changed(seen: Sequence[Photo]) -> list[UUID]:
    """Return the photos that show something else than when this was last recorded.

    The files of previews do not tell: a worker may have died after writing them.
    """
    columns = Photo.objects.only("preview_digest", *_LOOKS)
    known = columns.in_bulk([photo.pk for photo in seen])
    return [
        photo.pk
        for photo in seen
        if photo.pk not in known or not _looks_alike(photo, known[photo.pk])
    ]


def _looks_alike(photo: Photo, known: Photo) -> bool:
    if known.preview_digest is not None:
        return photo.preview_digest == known.preview_digest
    # Recorded before there was a digest.
    return all(_look(photo, name) == _look(known, name) for name in _LOOKS)


def _look(photo: Photo, name: str) -> object:
    value = getattr(photo, name)
    return bytes(value) if isinstance(value, memoryview) else value


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


def _seen(photo_id: UUID, thumbnails: TurnedThumbnails) -> Photo:
    found = thumbnails.made
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
        damage=found.damage,
        last_modified=timezone.now(),
        preview_digest=_digest(found),
        shown_orientation=thumbnails.turn,
    )


def _digest(found: Thumbnails) -> UUID:
    """Return what stands for the stills, from which the stages learn."""
    stills = hashlib.md5(found.big.data, usedforsecurity=False)
    stills.update(found.medium.data)
    return UUID(bytes=stills.digest())


def _extension(preview: Preview | None) -> str:
    return EXTENSIONS[preview.mime] if preview else ""
