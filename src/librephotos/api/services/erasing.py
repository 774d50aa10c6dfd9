"""Erasing photos for good, with all their files, where the server's settings allow it.

A batch takes three steps, each of which leaves what a scan knows how to mend:

1. The rows of the files say that these are missing. Whoever dies now has lost nothing:
   the next scan finds the files again.
2. The files are removed. Whoever dies now has removed some of those that were asked
   for; the rest is found again, in the trash.
3. The rows go too. Files that could not be removed are in their rows as before.

ErasingError
├── ErasingOff      the server does not delete originals
└── NoOtherCopy     no other file of the photo has the same bytes
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from librephotos.api.locks import lock_library, lock_to_delete
from librephotos.api.models import File, Photo, SiteSettings, folders_of
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.pipeline.previews.leftovers import request_clean_up
from librephotos.api.pipeline.previews.removals import delete_copies
from librephotos.api.pipeline.previews.store import delete_previews, preview_names
from librephotos.api.queries.library.selected_photos import next_ids
from librephotos.api.storage.erasing import (
    DiskSilent,
    Doomed,
    FileKept,
    check_erasable,
    check_kept,
    erase,
)
from librephotos.api.writes import scanned_files, search_document
from librephotos.silent_disk import Place, anybody

AT_ONCE = 10_000
"""Photos looked up in one query."""

BATCH = 100
"""Photos of one transaction: the others of their owner wait no longer than it takes."""

NOT_IN_TRASH = "not_in_trash"


class ErasingError(Exception):
    """Something is not erased; the message is a sentence for users."""


class ErasingOff(ErasingError):
    """The server does not delete originals."""

    def __init__(self) -> None:
        super().__init__(
            "This server does not delete originals. An administrator can allow it: the"
            " setting is delete_originals."
        )


class NoOtherCopy(ErasingError):
    """No other file of the photo has the same bytes."""


@dataclass(frozen=True)
class Kept:
    """A photo that was not erased, and why: a word for programs, and a sentence."""

    image_hash: str
    reason: str
    message: str


@dataclass
class Erased:
    """What became of a batch: image hashes of what is gone, and what was kept."""

    last: UUID
    """The photo up to which all were tried, in the order of their ids."""
    deleted: list[str] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)


@dataclass
class _Photo:
    """A photo to be erased, with its files, of which the main one comes last."""

    id: UUID
    image_hash: str
    files: list[File]
    gone: list[int] = field(default_factory=list)
    left: list[File] = field(default_factory=list)
    why: FileKept | None = None


def erase_photos(
    photos: PhotoQuerySet,
    *,
    owner: int,
    after: UUID | None = None,
    most: int | None = None,
    place: Place = anybody,
) -> Iterator[Erased]:
    """Erase an owner's photos that are in the trash; yield what became of each batch.

    In the order of their ids, from `after` on, `most` of them, or all. Longer than a
    moment only who has a `place` waits for a disk. Raises ErasingOff.
    """
    _allow()
    roots = folders_of(owner)
    left = most
    while left is None or left > 0:
        size = AT_ONCE if left is None else min(AT_ONCE, left)
        ids = next_ids(photos, after=after, most=size)
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            yield _erase_batch(batch, owner=owner, roots=roots, place=place)
        if len(ids) < size:
            return
        after = ids[-1]
        left = None if left is None else left - len(ids)


def erase_copy(photo: Photo, file: File, *, place: Place = anybody) -> None:
    """Erase one of several files of a photo that have the same bytes.

    Raises ErasingOff, NoOtherCopy and FileKept.
    """
    _allow()
    roots = folders_of(photo.owner_id)
    _check_other_copy(photo, file, roots, place)
    doomed = _doomed(file)
    check_erasable(doomed, roots=roots, place=place)
    with transaction.atomic():
        lock_library(photo.owner_id)
        _mark_missing([file])
        scanned_files.choose_main_files([photo.pk])
    try:
        erase(doomed, roots=roots, place=place)
    except FileKept as why:
        with transaction.atomic():
            lock_library(photo.owner_id)
            _put_back([] if isinstance(why, DiskSilent) else [file])
            scanned_files.choose_main_files([photo.pk])
        raise
    with transaction.atomic():
        lock_library(photo.owner_id)
        File.objects.filter(pk=file.pk).delete()
        scanned_files.choose_main_files([photo.pk])
        search_document.refresh([photo.pk])
        request_clean_up()
    delete_copies([file.pk])


def _allow() -> None:
    if not SiteSettings.current().delete_originals:
        raise ErasingOff


def _check_other_copy(
    photo: Photo, file: File, roots: Collection[bytes], place: Place
) -> None:
    others = photo.files.filter(md5=file.md5, missing_since=None).exclude(pk=file.pk)
    for other in others if file.md5 else ():
        try:
            check_kept(_doomed(other), roots=roots, place=place)
        except FileKept:
            continue
        return
    raise NoOtherCopy("No other file of this photo has the same bytes.")


def _erase_batch(
    ids: Sequence[UUID], *, owner: int, roots: Collection[bytes], place: Place
) -> Erased:
    erased = Erased(last=ids[-1])
    foreseen: dict[UUID, FileKept] = {}
    in_trash = Photo.objects.filter(pk__in=ids, owner=owner, in_trashcan=True)
    for photo in _with_files(in_trash):
        if (why := _foreseen(photo, roots, place)) is not None:
            foreseen[photo.id] = why
            erased.kept.append(_kept(photo, why))
    doomed = _give_up_files(set(ids) - foreseen.keys(), owner, erased)
    for photo in doomed:
        _remove_files(photo, roots, place)
    _remove_rows(doomed, owner, erased)
    return erased


def _with_files(photos: PhotoQuerySet) -> list[_Photo]:
    """Return photos with their files, the main one last: it is what is kept longest."""
    rows = photos.order_by("pk").prefetch_related("files")
    return [
        _Photo(
            photo.pk,
            photo.image_hash,
            sorted(photo.files.all(), key=lambda file: file.pk == photo.main_file_id),
        )
        for photo in rows.only("pk", "image_hash", "main_file")
    ]


def _foreseen(photo: _Photo, roots: Collection[bytes], place: Place) -> FileKept | None:
    try:
        for file in photo.files:
            check_erasable(_doomed(file), roots=roots, place=place)
    except FileKept as why:
        return why
    return None


def _doomed(file: File) -> Doomed:
    return Doomed(file.path, file.size, file.mtime_ns, file.missing_since is not None)


def _kept(photo: _Photo, why: FileKept) -> Kept:
    return Kept(photo.image_hash, why.reason, str(why))


def _give_up_files(ids: Collection[UUID], owner: int, erased: Erased) -> list[_Photo]:
    """Have the rows of the files say that these are gone, and return their photos.

    What is not in the trash any more is not given up.
    """
    with transaction.atomic():
        lock_library(owner)
        held = Photo.objects.filter(pk__in=ids, owner=owner, removed=False)
        held = held.order_by("pk").select_for_update(no_key=True)
        in_trash = dict(held.values_list("pk", "in_trashcan"))
        photos = _with_files(Photo.objects.filter(pk__in=in_trash))
        doomed = [photo for photo in photos if in_trash[photo.id]]
        _mark_missing([file for photo in doomed for file in photo.files])
    erased.kept += [
        Kept(photo.image_hash, NOT_IN_TRASH, "It is not in the trash.")
        for photo in photos
        if not in_trash[photo.id]
    ]
    return doomed


def _mark_missing(files: Iterable[File]) -> None:
    present = [file.pk for file in files if file.missing_since is None]
    missing = File.objects.filter(pk__in=present)
    missing.update(missing_since=timezone.now(), stat_key=None)


def _remove_files(photo: _Photo, roots: Collection[bytes], place: Place) -> None:
    """Remove the files of a photo until one of them cannot be."""
    for position, file in enumerate(photo.files):
        try:
            erase(_doomed(file), roots=roots, place=place)
        except FileKept as why:
            photo.why = why
            # What a silent disk does in the end, a scan will see.
            silent = isinstance(why, DiskSilent)
            photo.left = photo.files[position + silent :]
            return
        photo.gone.append(file.pk)


def _remove_rows(photos: Sequence[_Photo], owner: int, erased: Erased) -> None:
    gone = [photo.id for photo in photos if photo.why is None]
    kept = [photo for photo in photos if photo.why is not None]
    with transaction.atomic():
        lock_library(owner)
        rows = Photo.objects.filter(pk__in=gone)
        lock_to_delete(rows, owner=owner)
        formats = rows.only("pk", "preview_format", "clip_format")
        previews = preview_names(formats, former=True)
        File.objects.filter(photo__in=gone).delete()
        rows.delete()
        for photo in kept:
            _put_back(photo.left)
        scanned_files.choose_main_files([photo.id for photo in kept])
        request_clean_up()
    delete_previews(previews)
    delete_copies({file for photo in photos for file in photo.gone})
    erased.deleted += [photo.image_hash for photo in photos if photo.why is None]
    erased.kept += [_kept(photo, photo.why) for photo in kept if photo.why]


def _put_back(files: Iterable[File]) -> None:
    """Have the rows of files that are still there say so again."""
    for file in files:
        if file.missing_since is None:
            File.objects.filter(pk=file.pk).update(
                missing_since=None, stat_key=file.stat_key
            )
