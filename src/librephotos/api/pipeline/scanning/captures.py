"""Which photo a file belongs to: new, known, changed, moved, or a copy."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import cast
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from librephotos.api import locks
from librephotos.api.models import File, Photo, User
from librephotos.api.models.columns import fit
from librephotos.api.pipeline.previews.removals import delete_copies
from librephotos.api.pipeline.sandboxed.decoding import IdentifiedFile
from librephotos.api.pipeline.scanning.walk import stat_key
from librephotos.api.pipeline.work import queue
from librephotos.api.pipeline.work.registry import learning_needs, stage_names
from librephotos.api.writes import rows, scanned_files, search_document, stage_jobs
from librephotos.api.writes.invalidation import Reason, invalidate
from librephotos.media.files.formats import Kind
from librephotos.media.files.variants import CaptureFile, belongs_to, group_captures
from librephotos.silent_disk import answer

_Bytes = tuple[UUID | None, str]
"""A photo, and the MD5 of files of it."""

LONE_SIDECAR = "A sidecar whose picture is not there."


@dataclass
class _Changes:
    """What has to follow from the files of a batch."""

    affected: set[UUID] = field(default_factory=set)  # pixels or metadata may differ
    renamed: set[UUID] = field(default_factory=set)  # only the path differs
    regrouped: set[UUID] = field(default_factory=set)  # the main file may differ
    replaced_rows: list[int] = field(default_factory=list)
    overwritten: list[int] = field(default_factory=list)  # files of other bytes before
    photos: list[Photo] = field(default_factory=list)  # to be created
    found_sidecars: list[File] = field(default_factory=list)  # of earlier scans


def attach_files(
    owner: int,
    identified: Sequence[tuple[File, IdentifiedFile]],
    *,
    job: int | None,
    reread: bool = False,
) -> None:
    """Give each file its photo, and have the photos concerned pass the stages.

    To be called in a transaction, which it makes the only one of its kind for this
    owner: two batches must not create two photos for the same bytes. Files that another
    worker has attached since they were read are left alone.
    """
    locks.lock_library(owner)
    pending = scanned_files.pending(file.pk for file, _ in identified)
    identified = [pair for pair in identified if pair[0].pk in pending]
    changes = _Changes()
    twins = _twins(owner, identified)
    copied, away = _copies_of_known(identified)
    strangers = _strangers(identified)
    fresh: list[File] = []
    settled: list[File] = []
    for file, found in _in_turn(identified, twins):
        previous = file.md5
        _take_over(file, found)
        if previous and file.md5 != previous:
            changes.overwritten.append(file.pk)
        former = (file.photo_id, previous)
        if _is_edited(file, previous, twins) and former not in copied:
            # Files of the former bytes are another picture from now on.
            copied.add(former)
            changes.replaced_rows += away.get(former, [])
            if previous in twins and twins[previous].photo == file.photo_id:
                del twins[previous]
        elif file.md5 != previous and former in copied:
            # One copy was edited: it is a picture of its own from now on.
            changes.regrouped.add(cast(UUID, file.photo_id))
            file.photo_id = None
        elif file.pk in strangers:
            photo_id = cast(UUID, file.photo_id)
            changes.regrouped.add(photo_id)
            changes.affected.add(photo_id)
            file.photo_id = None
        elif reread and file.photo_id:
            changes.affected.add(file.photo_id)
        recognised = _recognised(file, previous, twins, changes)
        (settled if recognised else fresh).append(file)
    _group(User.objects.get(pk=owner), fresh, settled, changes)
    _store([file for file, _ in identified], changes)
    scanned_files.choose_main_files(changes.regrouped)
    search_document.refresh(changes.regrouped - changes.affected)  # by their paths
    _make_due(identified, changes, job=job, reread=reread)


def _make_due(
    identified: Sequence[tuple[File, IdentifiedFile]],
    changes: _Changes,
    *,
    job: int | None,
    reread: bool,
) -> None:
    """Have the photos that changed pass the stages, under this job and no other."""
    affected = scanned_files.with_files(changes.affected)
    renamed = changes.renamed - affected
    # Another scan's tasks may know their files no more, and nobody those without any.
    stage_jobs.release(affected | renamed, stages=stage_names(), but=job)
    stage_jobs.release(changes.affected - affected - renamed, stages=stage_names())
    stage_jobs.mark_pending(affected, stages=stage_names(), job=job)
    if reread:  # what learns is due where its input changes: see metadata, thumbnails
        invalidate(learning_needs(), of=affected, reason=Reason.FILES_READ)
    stage_jobs.mark_pending(renamed, stages=["dates"], job=job)
    if job is not None:
        stage_jobs.adopt(list(renamed), stages=stage_names(), job=job)
    elsewhere = affected - {file.photo_id for file, _ in identified}
    if elsewhere:  # photos that have lost a file to another photo
        queue.enqueue(
            queue.Task.RUN_STAGES, job=job, photos=sorted(map(str, elsewhere))
        )


def _in_turn(
    identified: Sequence[tuple[File, IdentifiedFile]], twins: Mapping[str, _Twin]
) -> list[tuple[File, IdentifiedFile]]:
    """Return files in the order in which they are judged.

    Known files first: what they hold by now are no new pictures to the others. Of
    these, edited ones before those that hold what another photo is known by, which may
    be what the edited ones held.
    """
    return sorted(
        identified,
        key=lambda pair: (
            pair[0].photo_id is None,
            pair[1].identity.md5 in twins,
            pair[0].pk,
        ),
    )


def _is_edited(file: File, previous: str, twins: Mapping[str, _Twin]) -> bool:
    """Whether a known picture holds other bytes now, which no other photo has."""
    if file.photo_id is None or not previous or file.md5 == previous:
        return False
    twin = twins.get(file.md5)
    return file.kind != Kind.SIDECAR and (twin is None or twin.photo == file.photo_id)


def _strangers(identified: Sequence[tuple[File, IdentifiedFile]]) -> set[int]:
    """Return the films that were taken for a part of a still, and are not by now.

    Only films that were read together with all stills of their photo are judged; what
    was said of the photo stays with the still.
    """
    stills: dict[UUID, list[CaptureFile]] = defaultdict(list)
    films: list[tuple[File, CaptureFile]] = []
    for file, found in identified:
        if file.photo_id is None or found.identity.md5 != file.md5:
            continue
        seen = _as_seen(file.path, found)
        if seen.kind is Kind.VIDEO:
            films.append((file, seen))
        elif seen.kind in (Kind.IMAGE, Kind.RAW):
            stills[file.photo_id].append(seen)
    return {
        file.pk
        for file, film in films
        if file.photo_id in stills and not belongs_to(film, stills[file.photo_id])
    }


def _as_seen(path: bytes, found: IdentifiedFile) -> CaptureFile:
    identity = found.identity
    return CaptureFile(
        path,
        identity.format.kind,
        identity.content_identifier,
        identity.duration_s,
        identity.clock,
        identity.format.name,
    )


@dataclass
class _Twin:
    """What is known of some bytes: their photo, and files that hold them."""

    photo: UUID
    files: list[File] = field(default_factory=list)

    def take_moved(self, file: File) -> File | None:
        """Return a file of these bytes that has become `file`, and forget it."""
        for known in self.files:
            if _has_left(known.path, file.path):
                self.files.remove(known)
                return known
        return None


def _has_left(old: bytes, new: bytes) -> bool:
    """Whether nothing is at the old path any more.

    Where the disk takes no notice of case, the old spelling still leads to the file
    that was renamed; only the list of the folder tells. What lies on a disk that does
    not answer has not left.
    """
    if _is_there(old):
        if old.lower() != new.lower():
            return False
        return os.path.basename(old) not in os.listdir(os.path.dirname(old))
    return True


def _is_there(path: bytes) -> bool:
    """Whether something is at a path, or may be: its disk does not answer."""
    try:
        return answer(partial(os.path.lexists, path), at=os.path.dirname(path))
    except TimeoutError:
        return True


def _twins(
    owner: int, identified: Sequence[tuple[File, IdentifiedFile]]
) -> dict[str, _Twin]:
    hashes = {found.identity.md5 for _, found in identified}
    batch = [file.pk for file, _ in identified]
    twins: dict[str, _Twin] = {}
    for file in scanned_files.copies(hashes, owner=owner, but=batch):
        twins.setdefault(file.md5, _Twin(cast(UUID, file.photo_id))).files.append(file)
    by_hash = {Photo.hash_of(md5, owner): md5 for md5 in hashes}
    for photo_id, image_hash in Photo.objects.filter(
        image_hash__in=by_hash
    ).values_list("id", "image_hash"):
        twins.setdefault(by_hash[image_hash], _Twin(photo_id))
    return twins


def _copies_of_known(
    identified: Sequence[tuple[File, IdentifiedFile]],
) -> tuple[set[_Bytes], dict[_Bytes, list[int]]]:
    """Return the photos, with the MD5, that keep other files of the same bytes.

    And, by photo and MD5, the files of the same bytes that are not there.
    """
    known = [file for file, _ in identified if file.photo_id and file.md5]
    kept: set[_Bytes] = {
        (file.photo_id, file.md5)
        for file, found in identified
        if file.photo_id and found.identity.md5 == file.md5
    }
    away: dict[_Bytes, list[int]] = defaultdict(list)
    others = File.objects.filter(
        photo__in={file.photo_id for file in known},
        md5__in={file.md5 for file in known},
    ).exclude(pk__in=[file.pk for file, _ in identified])
    for other in others.only("photo_id", "md5", "path", "missing_since"):
        if other.missing_since is None and _is_there(other.path):
            kept.add((other.photo_id, other.md5))
        else:
            away[other.photo_id, other.md5].append(other.pk)
    return kept, away


def _take_over(file: File, found: IdentifiedFile) -> None:
    identity, stat = found.identity, found.stat
    file.md5 = identity.md5
    file.crc32 = identity.crc32
    file.kind = identity.format.kind
    file.format = identity.format.name
    file.mime = identity.format.mime
    file.content_identifier = (identity.content_identifier or "")[:64]
    file.duration_s = identity.duration_s
    file.embedded_video = identity.embedded_video
    file.clock = identity.clock
    file.size = stat.size
    file.mtime_ns = stat.mtime_ns
    file.ctime_ns = stat.ctime_ns
    file.stat_key = stat_key(file.path, stat.size, stat.mtime_ns, stat.inode)
    fit(file)


def _recognised(
    file: File, previous: str, twins: dict[str, _Twin], changes: _Changes
) -> bool:
    """Whether the file is settled: known as it is, moved, a copy, or edited."""
    if file.photo_id and file.md5 == previous:
        changes.regrouped.add(file.photo_id)
        return True
    # Equal sidecars do not make equal pictures.
    twin = None if file.kind == Kind.SIDECAR else twins.get(file.md5)
    if twin is None or twin.photo == file.photo_id:
        if file.photo_id is None:
            return False
        changes.affected.add(file.photo_id)
        changes.regrouped.add(file.photo_id)
        if file.kind != Kind.SIDECAR:
            twins[file.md5] = _Twin(file.photo_id, [file])
        return True
    if file.photo_id:
        changes.regrouped.add(file.photo_id)
        changes.affected.add(file.photo_id)
    moved = None if file.photo_id else twin.take_moved(file)
    if moved is not None:
        file.device_created_at = file.device_created_at or moved.device_created_at
        changes.replaced_rows.append(moved.pk)
        changes.renamed.add(twin.photo)
    elif not twin.files:
        changes.affected.add(twin.photo)
    file.photo_id = twin.photo
    changes.regrouped.add(twin.photo)
    return True


def _group(
    owner: User, fresh: Sequence[File], settled: Sequence[File], changes: _Changes
) -> None:
    """Join files without a photo to the captures that they are variants of."""
    if not fresh:
        return
    keys = {file.capture_key for file in fresh}
    batch = [*fresh, *settled]
    siblings = File.objects.filter(
        Q(state=File.State.READY) | Q(state=File.State.SKIPPED, kind=Kind.SIDECAR),
        owner=owner,
        capture_key__in=keys,
        missing_since=None,
    ).exclude(pk__in=[file.pk for file in batch])
    files = {
        file.path: file
        for file in [*siblings, *batch]
        if file.capture_key in keys and file.pk not in changes.replaced_rows
    }
    created: dict[str, UUID] = {}
    for members in _captures(owner, files):
        if any(file.photo_id is None for file in members):
            _join(owner.pk, members, created, changes)


def _captures(owner: User, files: dict[bytes, File]) -> Iterator[list[File]]:
    """Group files as their owner wants it, the main file of each group first."""
    facts = [_as_capture_file(file) for file in files.values()]
    apart: list[CaptureFile] = []
    if not owner.stack_raw_jpeg:
        apart = [file for file in facts if file.kind is Kind.RAW]
    together = [file for file in facts if file not in apart]
    for group in [*group_captures(together), *((file,) for file in apart)]:
        yield [files[member.path] for member in group]


def _as_capture_file(file: File) -> CaptureFile:
    return CaptureFile(
        file.path,
        Kind(file.kind),
        file.content_identifier or None,
        file.duration_s,
        file.clock,
        file.format,
    )


def _join(
    owner: int, members: Sequence[File], created: dict[str, UUID], changes: _Changes
) -> None:
    main = members[0]
    photo_id = next((file.photo_id for file in members if file.photo_id), None)
    pictures = [file for file in members if file.kind != Kind.SIDECAR]
    photo_id = photo_id or next(
        (created[file.md5] for file in pictures if file.md5 in created), None
    )
    if photo_id is None:
        if main.kind == Kind.SIDECAR:
            return
        photo = Photo(
            owner_id=owner,
            image_hash=Photo.hash_of(main.md5, owner),
            video=main.kind == Kind.VIDEO,
        )
        changes.photos.append(photo)
        photo_id = photo.pk
    for file in pictures:
        created.setdefault(file.md5, photo_id)
    changes.affected.add(photo_id)
    changes.regrouped.add(photo_id)
    for file in members:
        if file.photo_id is None:
            file.photo_id = photo_id
            if file.kind == Kind.SIDECAR and file.state == File.State.SKIPPED:
                changes.found_sidecars.append(file)


_COLUMNS = [
    "photo",
    "md5",
    "crc32",
    "kind",
    "format",
    "mime",
    "content_identifier",
    "duration_s",
    "embedded_video",
    "clock",
    "device_created_at",
    "size",
    "mtime_ns",
    "ctime_ns",
    "stat_key",
]


def _store(files: Iterable[File], changes: _Changes) -> None:
    """Write the files; what moved takes the place of its former row."""
    stored = list(files)
    rows.insert(changes.photos)
    for sidecar in changes.found_sidecars:
        sidecar.state, sidecar.error = File.State.READY, ""
    File.objects.bulk_update(changes.found_sidecars, ["photo", "state", "error"])
    File.objects.filter(pk__in=changes.replaced_rows).delete()
    stale = {*changes.replaced_rows, *changes.overwritten}
    if stale:
        transaction.on_commit(partial(delete_copies, stale))
    rows.update(stored, _COLUMNS)
    outcomes = [
        (
            (file.pk, File.State.READY, "")
            if file.photo_id
            else (file.pk, File.State.SKIPPED, LONE_SIDECAR)
        )
        for file in stored
    ]
    scanned_files.settle(outcomes)
