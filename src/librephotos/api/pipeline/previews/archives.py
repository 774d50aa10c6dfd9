"""The job that works out an archive of photos, so that it can be sent.

Nothing is copied. Files whose checksum is known from the scan are not even opened.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, suppress
from functools import partial
from typing import BinaryIO, NamedTuple
from uuid import UUID

from django.core.files.storage import storages
from django.db.models import Prefetch
from isal import isal_zlib
from procrastinate.exceptions import JobAborted

from librephotos.api.models import (
    Download,
    File,
    Job,
    JobFailure,
    JobStage,
    Photo,
    folders_of,
)
from librephotos.api.models.fields import readable_path
from librephotos.api.pipeline.work import jobs
from librephotos.api.pipeline.work.runner import check_free_space
from librephotos.api.storage.archives import (
    ArchiveWriter,
    delete_archive,
    described_archives,
)
from librephotos.api.storage.originals import OutsideScanDirectories, open_original
from librephotos.api.storage.previews import PreviewSize, preview_name
from librephotos.media.errors import unreadable_because
from librephotos.media.files.archive_names import ArchiveNames
from librephotos.media.fingerprint import file_time
from librephotos.silent_disk import answer

log = logging.getLogger(__name__)

STAGE = "archive"
"""The name under which the job counts photos."""

_AT_ONCE = 500
_BLOCK = 2**20

NOTHING_LEFT = "None of the photos can be read."
_NOTE_NAME = "MISSING.txt"
_NOTE = "These files could not be read and are not in this archive:\n\n"
_GONE = "The file is not there any more."
_CHANGES = "The file is being changed."
_MOST_TOLD = 10_000


class _Source(NamedTuple):
    """A file for the archive: where it is, its name there, its row if it has one."""

    path: bytes
    name: str
    photo: UUID
    file: File | None


class _Facts(NamedTuple):
    size: int
    mtime_ns: int
    crc32: int


def prepare(job_id: int, *, download: str, should_abort: Callable[[], bool]) -> None:
    """Describe the archive of a download, under its job.

    What cannot be read is named in a text in the archive. It may die at any instruction
    and be run again. Raises JobAborted once `should_abort` says so.
    """
    row = Download.objects.filter(pk=download, job=job_id).first()
    if jobs.begin(job_id) is None or row is None:
        return
    check_free_space()
    with closing(ArchiveWriter(row.pk)) as writer:
        preparation = _Preparation(job_id, row, writer, should_abort)
        if not preparation.add_all():
            return
        if not preparation.added:
            jobs.fail(job_id, NOTHING_LEFT)
            return
        preparation.keep()
    Job.objects.filter(pk=job_id).update(enumerated=True)
    jobs.finish_if_complete(job_id)


class _Preparation:
    """One archive that is being described."""

    def __init__(
        self,
        job_id: int,
        download: Download,
        writer: ArchiveWriter,
        should_abort: Callable[[], bool],
    ) -> None:
        self.added = 0
        self._job_id = job_id
        self._download = download
        self._writer = writer
        self._should_abort = should_abort
        self._names = ArchiveNames()
        self._lacking: list[str] = []
        self._roots = roots_of(download)
        JobFailure.objects.filter(job=job_id).delete()  # of a try before this one

    def add_all(self) -> bool:
        """Add all photos; False if the job has ended meanwhile."""
        photos = self._download.photos
        for start in range(0, len(photos), _AT_ONCE):
            part = photos[start : start + _AT_ONCE]
            for source in sources(self._download, part):
                self._add(source)
            done = start + len(part)
            JobStage.objects.filter(job=self._job_id, stage=STAGE).update(
                done=done, total=len(photos)
            )
            if self._has_ended():
                return False
        return True

    def keep(self) -> None:
        """Write the text on what lacks, and have the archive found."""
        if self._lacking:
            text = _NOTE + "\n".join(self._lacking) + "\n"
            data = text.encode(errors="replace").replace(b"\n", b"\r\n")
            name = self._names.added(_NOTE_NAME)
            self._writer.add_bytes(name, data, crc32=isal_zlib.crc32(data))
        self._writer.keep()

    def _has_ended(self) -> bool:
        if self._should_abort():
            raise JobAborted
        return jobs.begin(self._job_id) is None

    def _add(self, source: _Source) -> None:
        try:
            facts = self._known(source) or self._read(source)
        except OSError as error:
            self._lacks(source, error)
            return
        self._writer.add_file(
            self._names.added(source.name),
            source.path,
            size=facts.size,
            mtime_ns=facts.mtime_ns,
            crc32=facts.crc32,
        )
        self.added += 1

    def _known(self, source: _Source) -> _Facts | None:
        """Return what the scan has found, if the file has not changed since."""
        file = source.file
        if file is None or file.crc32 is None or file.stat_key is None:
            return None
        found = answer(partial(os.lstat, source.path), at=os.path.dirname(source.path))
        now = (found.st_size, file_time(found.st_mtime_ns))
        if now != (file.size, file.mtime_ns):
            return None
        return _Facts(*now, file.crc32)

    def _read(self, source: _Source) -> _Facts:
        found = open_original(source.path, roots=self._roots)
        with closing(found):
            count = _Counter(self._should_abort)
            crc32 = answer(
                partial(count.checksum, found.file),
                at=found.disk,
                progress=lambda: count.bytes,
            )
            after = os.fstat(found.file.fileno())
        facts = _Facts(count.bytes, found.mtime_ns, crc32)
        if (after.st_size, file_time(after.st_mtime_ns)) != facts[:2]:
            raise OSError(_CHANGES)
        if source.file is not None:
            # Of the bytes that the scan has read, or of none.
            File.objects.filter(
                pk=source.file.pk,
                size=facts.size,
                mtime_ns=facts.mtime_ns,
                stat_key=source.file.stat_key,
            ).exclude(stat_key=None).update(crc32=crc32)
        return facts

    def _lacks(self, source: _Source, error: OSError) -> None:
        if isinstance(error, OutsideScanDirectories) or not error.strerror:
            reason = str(error)
        else:
            reason = str(unreadable_because(error))
        log.warning("A file of photo %s is not in an archive: %s", source.photo, reason)
        if len(self._lacking) < _MOST_TOLD:
            self._lacking.append(f"{source.name}: {reason}")
            JobFailure.objects.create(
                job_id=self._job_id,
                stage=STAGE,
                photo_id=source.photo,
                path=source.path,
                message=reason,
            )


class _Counter:
    """Reads a file for its checksum, and tells how far it is."""

    def __init__(self, should_abort: Callable[[], bool]) -> None:
        self.bytes = 0
        self._should_abort = should_abort

    def checksum(self, file: BinaryIO) -> int:
        crc32 = 0
        while block := file.read(_BLOCK):
            crc32 = isal_zlib.crc32(block, crc32)
            self.bytes += len(block)
            if self._should_abort():
                raise JobAborted
        return crc32


def sources(download: Download, photos: Sequence[UUID]) -> Iterator[_Source]:
    """Yield the files of these photos that belong into an archive, in their order."""
    files = File.objects.order_by("id")
    found = (
        Photo.objects.filter(owner=download.owner_id, removed=False)
        .select_related("main_file")
        .prefetch_related(Prefetch("files", files))
        .only("id", "video", "preview_format", "main_file")
        .in_bulk(list(photos))
    )
    for photo in filter(None, map(found.get, photos)):
        yield from _of_photo(download, photo)


def _of_photo(download: Download, photo: Photo) -> Iterator[_Source]:
    main = photo.main_file
    preview = _preview(photo) if download.size == Download.Size.LARGE else None
    if preview is not None:
        name = "photo" if main is None else _base_name(main)
        stem = name.rpartition(".")[0] or name
        extension = photo.preview_format
        yield _Source(preview, f"{stem}.{extension}", photo.pk, None)
        return
    chosen = [] if main is None else [main]
    if download.all_files:
        rest = [file for file in photo.files.all() if file.pk != photo.main_file_id]
        chosen += [file for file in rest if file.missing_since is None]
    for file in chosen:
        yield _Source(file.path, _base_name(file), photo.pk, file)


def _preview(photo: Photo) -> bytes | None:
    """Return where the large preview of a still is, None if there is no such file."""
    if photo.video or not photo.preview_format:
        return None
    name = preview_name(photo.pk, PreviewSize.BIG, photo.preview_format)
    with suppress(NotImplementedError):  # a storage without paths
        return os.fsencode(storages["previews"].path(name))
    return None


def _base_name(file: File) -> str:
    return os.path.basename(readable_path(file.path))


def roots_of(download: Download) -> Collection[bytes]:
    """Return the folders that the files of an archive lie in."""
    found = folders_of(download.owner_id)
    with suppress(NotImplementedError):  # a storage without paths
        found.append(os.fsencode(storages["previews"].path("")))
    return found


def remove_expired() -> None:
    """Remove the downloads that are over, and descriptions that nobody has asked for.

    Those of deleted accounts and jobs have no row any more.
    """
    Download.objects.expired().delete()
    described = set(described_archives())
    if described:
        known = Download.objects.filter(pk__in=described).values_list("pk", flat=True)
        for archive in described - set(known):
            delete_archive(archive)
