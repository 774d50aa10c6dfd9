"""Previews in the storage: reading, removing, making lost ones again."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from django.core.files.storage import storages
from django.db import transaction

from librephotos.api.models import Face, Photo
from librephotos.api.pipeline.work import queue
from librephotos.api.pipeline.work.stage import Skip
from librephotos.api.storage.previews import (
    CLIP_FORMATS,
    CLIPS,
    STILL_FORMATS,
    STILLS,
    PreviewSize,
    preview_name,
)
from librephotos.api.writes.invalidation import Reason, invalidate

NO_PREVIEW = Skip("The photo has no preview.")

LOST = Skip("The preview was lost and is made again.", for_now=True)


def load_previews(
    photo_ids: Sequence[UUID], *, size: PreviewSize
) -> dict[UUID, bytes | Skip]:
    """Return the bytes of each photo's still preview of one size, or a Skip.

    Those that were lost are made again.
    """
    photos = Photo.objects.filter(pk__in=photo_ids)
    return {
        photo_id: _read(photo_id, size, format) if format else NO_PREVIEW
        for photo_id, format in photos.values_list("pk", "preview_format")
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


log = logging.getLogger(__name__)

_AT_ONCE = 10_000
"""Photos named in one query, or previews in one task."""


def preview_names(photos: Iterable[Photo], *, former: bool = False) -> list[str]:
    """Return the storage names of all that was made of photos, crops of faces too.

    With `former`, also in formats that they may have had before their files changed.
    To be asked while the photos have their rows.
    """
    rows = list(photos)
    return [*_crop_names(rows), *_still_and_clip_names(rows, former)]


def _crop_names(photos: Sequence[Photo]) -> Iterator[str]:
    for start in range(0, len(photos), _AT_ONCE):
        faces = Face.objects.filter(photo__in=photos[start : start + _AT_ONCE])
        yield from faces.exclude(crop="").values_list("crop", flat=True)


def _still_and_clip_names(photos: Sequence[Photo], former: bool) -> list[str]:
    return [
        preview_name(photo.pk, size, extension)
        for photo in photos
        for sizes, now, ever in (
            (STILLS, photo.preview_format, STILL_FORMATS),
            (CLIPS, photo.clip_format, CLIP_FORMATS),
        )
        for extension in (ever if former else filter(None, [now]))
        for size in sizes
    ]


def delete_previews(names: Iterable[str]) -> None:
    """Remove previews from the storage; those that are gone already are no error.

    One that cannot be removed keeps no other from it, and is tried again by a worker.
    """
    left = list(_undeleted(names))
    for start in range(0, len(left), _AT_ONCE):
        part = left[start : start + _AT_ONCE]
        queue.enqueue(queue.Task.REMOVE_PREVIEWS, job=None, names=part)


def delete_previews_again(*, names: Iterable[str]) -> None:
    """Remove previews that could not be; raise OSError while one of them cannot."""
    left = list(_undeleted(names))
    if left:
        raise OSError(f"{len(left)} previews cannot be removed.")


def _undeleted(names: Iterable[str]) -> Iterator[str]:
    """Remove previews; yield those that the system does not give up."""
    for name in names:
        try:
            storages["previews"].delete(name)
        except OSError as error:
            log.warning("A preview cannot be removed now: %s", error.strerror)
            yield name


def awaited_lock(photo_id: UUID) -> str:
    """Return the queueing lock of the task that makes what somebody waits for."""
    return f"previews-{photo_id}-awaited"


def remake_previews(photo_id: UUID, *, burst: int | None = None) -> None:
    """Have a worker make the previews of a photo, again where they were lost.

    Before anything else where somebody looks at it: of a later `burst` of requests
    before those of earlier ones, and within one in the order of their arrival.
    """
    awaited = burst is not None
    with transaction.atomic():
        invalidate(["thumbnails"], of=[photo_id], reason=Reason.LOST)
        queue.enqueue(
            queue.Task.RUN_STAGES,
            on=queue.PICTURES if awaited else None,
            priority=burst or 0,
            queueing_lock=awaited_lock(photo_id) if awaited else f"previews-{photo_id}",
            job=None,
            photos=[str(photo_id)],
            awaited=awaited,
        )
