"""Removing files of the data folder that no row names any more.

Whoever removes photos removes their files after the rows, and may be ended in between;
a worker may be ended while it writes a file, or write one for a photo that is deleted
just then.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.core.files.storage import Storage, storages
from django.utils import timezone

from librephotos.api.models import Face, File, Photo, User
from librephotos.api.pipeline.previews import left_uploads
from librephotos.api.pipeline.previews.removals import delete_copies
from librephotos.api.pipeline.work import queue
from librephotos.api.storage.playable_films import FILMS
from librephotos.api.storage.stripped_copies import files_with_copies
from librephotos.api.writes import sync_items

_AGE = timedelta(days=1)
"""What is younger may be about to get its row, or to be written to its end."""

_AT_ONCE = 10_000
"""Files looked up in one query."""

_FOLDER = re.compile(r"[0-9a-f]{2}", re.ASCII)
_PREVIEW = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-.+", re.ASCII)
_AVATARS = "avatars"
_AVATAR = re.compile(r"[0-9a-f]{32}\.(?:jpg|png|gif|webp)", re.ASCII)


def request_clean_up() -> None:
    """Have a worker remove what is left; to be asked for when rows are deleted.

    In the same transaction, so that it happens whatever dies after that.
    """
    queue.enqueue(
        queue.Task.CLEAN_UP, priority=queue.LAST, queueing_lock="clean_up", job=None
    )


def clean_up() -> None:
    """Remove previews without a photo, crops without a face, copies without a file.

    And pictures without a user, and what was half written a day ago. Names that are not
    ours are left alone. It may be ended at any instruction and be run again. What was
    deleted so long ago that no client asks for it is forgotten, too.
    """
    previews = storages["previews"]
    for folder in filter(_FOLDER.fullmatch, _folders(previews)):
        names = sorted(previews.listdir(folder)[1])
        for start in range(0, len(names), _AT_ONCE):
            _clean_previews(previews, folder, names[start : start + _AT_ONCE])
    _clean_copies()
    _clean_avatars()
    sync_items.forget_old_removals()
    left_uploads.clean_up()


def _folders(storage: Storage) -> list[str]:
    return sorted(storage.listdir("")[0]) if storage.exists("") else []


def _clean_previews(storage: Storage, folder: str, names: Collection[str]) -> None:
    photo_of = {
        f"{folder}/{name}": UUID(found[1])
        for name in names
        if (found := _PREVIEW.fullmatch(name))
    }
    here = set(
        Photo.objects.filter(pk__in=set(photo_of.values())).values_list("pk", flat=True)
    )
    crops = set(Face.objects.filter(photo__in=here).values_list("crop", flat=True))
    for name, photo in photo_of.items():
        unnamed = name.endswith(".part") or ("-face-" in name and name not in crops)
        if photo not in here or (unnamed and _is_old(storage, name)):
            storage.delete(name)


def _clean_copies() -> None:
    files = sorted(files_with_copies() | FILMS.files_with_copies())
    for start in range(0, len(files), _AT_ONCE):
        part = set(files[start : start + _AT_ONCE])
        here = File.objects.filter(pk__in=part).values_list("pk", flat=True)
        delete_copies(part - set(here))


def _clean_avatars() -> None:
    storage = storages["default"]
    if not storage.exists(_AVATARS):
        return
    names = filter(_AVATAR.fullmatch, storage.listdir(_AVATARS)[1])
    there = {f"{_AVATARS}/{name}" for name in names}
    for name in there - set(User.objects.values_list("avatar", flat=True)):
        if _is_old(storage, name):
            storage.delete(name)


def _is_old(storage: Storage, name: str) -> bool:
    try:
        return storage.get_modified_time(name) < timezone.now() - _AGE
    except FileNotFoundError:
        return False
