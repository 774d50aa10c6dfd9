"""Finding out what is new, changed, moved, gone or back in a user's directories."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, repeat

from django.db import transaction

from librephotos.api.models import Job, SiteSettings
from librephotos.api.models.fields import readable_path
from librephotos.api.pipeline.scanning.walk import (
    Entry,
    WalkReport,
    is_empty,
    lies_under,
    nearest_folder,
    reason_of,
    skipper,
    walk,
)
from librephotos.api.pipeline.work import jobs, queue
from librephotos.api.pipeline.work.registry import (
    learning_needs,
    stage_names,
    stage_needs,
    stage_versions,
)
from librephotos.api.pipeline.work.runner import check_free_space
from librephotos.api.writes import scanned_files, stage_jobs, stage_rollout
from librephotos.api.writes.invalidation import Reason, invalidate
from librephotos.api.writes.scanned_files import FoundFile
from librephotos.media.files.variants import capture_key
from librephotos.media.fingerprint import key64
from librephotos.silent_disk import answer

BATCH = 96
"""Files a task: a second of work; progress is live and little is redone."""

FIRST_BATCHES = (24, 24, 24, 24)
"""Files of the first tasks of a scan: what fills a screen is there at once."""

FLUSH_FILES = 2000
FLUSH_SECONDS = 1.0
NAMED_FOLDERS = 20


def scan(job_id: int, *, full: bool) -> None:
    """Walk the user's directories, and hand everything new or changed to the workers.

    An unchanged file costs one stat and no query. Files that are gone are marked
    missing once the walk is through, unless a folder looks unmounted.
    """
    job = jobs.begin(job_id)
    if job is None:
        return
    check_free_space()
    unseen = scanned_files.known_stat_keys(job.started_by_id)
    report = WalkReport()
    registered = _registered(job, report)
    roots = _readable_roots(job, registered, report)
    sizes = chain(FIRST_BATCHES, repeat(BATCH))
    for root in roots:
        _walk_root(job, root, unseen, report, reread=full, sizes=sizes)
    if not _cancelled(job):
        _settle_unseen(job, unseen, registered, roots, report)
        _queue_left_over(job)
    _note_folders(
        job,
        [f"{readable_path(path)} ({reason})" for path, reason in report.unreadable],
        "These cannot be read",
    )
    Job.objects.filter(pk=job.pk).update(enumerated=True)
    jobs.finish_if_complete(job.pk)


def _registered(job: Job, report: WalkReport) -> list[bytes]:
    """Return the user's scan directories, links resolved where their disks answer."""
    user = job.started_by
    paths = [directory.path for directory in user.scan_directories.all()]
    if user.upload_directory and user.upload_directory not in paths:
        paths.append(user.upload_directory)
    if not paths:
        jobs.note(job.pk, "There is no scan directory; an administrator sets it.")
    resolved: list[bytes] = []
    for path in paths:
        try:
            resolved.append(answer(partial(os.path.realpath, path), at=path))
        except TimeoutError as error:
            report.unreadable.append((path, reason_of(error)))
            resolved.append(path)
    return resolved


def _readable_roots(
    job: Job, registered: Sequence[bytes], report: WalkReport
) -> list[bytes]:
    """Return the directories to walk: those that are there and lie in no other."""
    silent = [path for path, _ in report.unreadable]
    usable: list[bytes] = []
    for root in sorted(registered, key=len):
        if root in silent:
            continue
        try:
            empty = answer(partial(is_empty, root), at=root)
        except TimeoutError as error:
            report.unreadable.append((root, reason_of(error)))
            continue
        if empty:
            jobs.note(
                job.pk,
                f"The scan directory {readable_path(root)} is empty, unreadable or not "
                "mounted; nothing in it was marked missing.",
            )
        elif not lies_under(root, usable):
            usable.append(root)
    return usable


def _note_folders(job: Job, names: Sequence[str], what: str) -> None:
    if names:
        shown = ", ".join(names[:NAMED_FOLDERS])
        more = len(names) - NAMED_FOLDERS
        jobs.note(job.pk, f"{what}: {shown}{f' and {more} more' if more > 0 else ''}.")


def _walk_root(
    job: Job,
    root: bytes,
    unseen: set[int],
    report: WalkReport,
    *,
    reread: bool,
    sizes: Iterator[int],
) -> None:
    skip = skipper(SiteSettings.current().skip_patterns)
    waiting: list[Entry] = []
    flushed = time.monotonic()
    for entries in walk(root, report=report, skip=skip):
        waiting += [
            entry for entry in entries if reread or entry.stat_key not in unseen
        ]
        unseen.difference_update([entry.stat_key for entry in entries])
        overdue = time.monotonic() - flushed > FLUSH_SECONDS
        if len(waiting) >= FLUSH_FILES or (waiting and overdue):
            if _cancelled(job):
                return
            _queue(job, waiting, reread=reread, sizes=sizes)
            waiting, flushed = [], time.monotonic()
    _queue(job, waiting, reread=reread, sizes=sizes)


def _cancelled(job: Job) -> bool:
    return not Job.objects.unfinished().filter(pk=job.pk).exists()


def _queue(
    job: Job, entries: Iterable[Entry], *, reread: bool, sizes: Iterator[int]
) -> None:
    """Register files and hand them out, newest first, captures undivided."""
    batches: list[list[FoundFile]] = []
    for batch in _batches_of_captures(map(found_file, entries), sizes):
        batches.append(batch)
        # What is handed out first is begun while the rest is written down.
        if len(batch) <= BATCH // 2 or len(batches) * BATCH >= FLUSH_FILES:
            _queue_batches(job, batches, reread)
            batches = []
    _queue_batches(job, batches, reread)


def _batches_of_captures(
    files: Iterable[FoundFile], sizes: Iterator[int]
) -> Iterator[list[FoundFile]]:
    """Yield the files in batches of about these sizes, newest first, captures whole."""
    captures: dict[int, list[FoundFile]] = defaultdict(list)
    for file in files:
        captures[file.capture_key].append(file)
    batch: list[FoundFile] = []
    size = 0
    for capture in sorted(captures.values(), key=_newest, reverse=True):
        if batch and len(batch) + len(capture) > size:
            yield batch
            batch = []
        size = size if batch else next(sizes)
        batch.extend(capture)
    if batch:
        yield batch


def _newest(capture: Sequence[FoundFile]) -> int:
    return max(file.mtime_ns for file in capture)


def _queue_batches(
    job: Job, batches: Sequence[Sequence[FoundFile]], reread: bool
) -> None:
    with transaction.atomic():
        ids = scanned_files.queue_files(
            [file for batch in batches for file in batch],
            owner=job.started_by_id,
            job=job.pk,
        )
        for batch in batches:
            file_ids = [ids[f.path_key] for f in batch if f.path_key in ids]
            if file_ids:
                queue.enqueue(
                    queue.Task.INGEST,
                    priority=_minutes(max(file.mtime_ns for file in batch)),
                    job=job.pk,
                    files=file_ids,
                    reread=reread,
                )


def _minutes(ns: int) -> int:
    return min(max(ns // 60_000_000_000, 0), queue.FIRST - 1)


def found_file(entry: Entry) -> FoundFile:
    """Return what is to be registered of a file that was come across."""
    return FoundFile(
        entry.path,
        key64(entry.path),
        key64(capture_key(entry.path)),
        entry.size,
        entry.mtime_ns,
        entry.ctime_ns,
        _signed(entry.inode),
    )


def _signed(inode: int) -> int:
    return inode - 2**64 if inode >= 2**63 else inode


def _settle_unseen(
    job: Job,
    unseen: Collection[int],
    registered: Sequence[bytes],
    roots: Sequence[bytes],
    report: WalkReport,
) -> None:
    """Mark files missing that are gone, or whose directory is not scanned any more."""
    unread = [folder for folder, _ in report.unreadable]
    # Where a disk does not answer, nobody knows where the links to it lead.
    known = () if set(registered) & set(unread) else registered
    gone: list[int] = []
    spared: set[bytes] = set()
    for file_id, path in scanned_files.unseen_files(
        unseen, owner=job.started_by_id, job=job.pk
    ):
        if known and not lies_under(path, known):
            gone.append(file_id)
            continue
        if not lies_under(path, roots) or lies_under(path, unread):
            continue
        folder = os.path.dirname(path)
        try:
            if answer(partial(_is_gone, path, spared), at=folder):
                gone.append(file_id)
        except TimeoutError as error:
            report.unreadable.append((folder, reason_of(error)))
            unread.append(folder)
    with transaction.atomic():
        # Those that lost their main file or a sidecar: left over, see below.
        photo_ids = scanned_files.mark_missing(gone, owner=job.started_by_id)
        invalidate(stage_names(), of=photo_ids, reason=Reason.PUT_OFF)
    _note_folders(
        job,
        sorted(map(readable_path, spared)),
        "These folders are empty now; in case they are not mounted, none of their "
        "files was marked missing",
    )


def _is_gone(path: bytes, spared: set[bytes]) -> bool:
    """Whether a file is gone, and not with all beside it: noted in `spared`."""
    if os.path.lexists(path):
        return False  # excluded from scans by now, or replaced since the walk
    folder = nearest_folder(path)
    if is_empty(folder):
        spared.add(folder)
        return False
    return True


def _queue_left_over(job: Job) -> None:
    """Take up photos that an earlier job left unfinished, or that a stage is new to."""
    stage_rollout.roll_out(
        stage_versions(), needs=stage_needs(), learning=learning_needs()
    )
    photo_ids = stage_jobs.left_over(job.started_by_id, stages=stage_names())
    for start in range(0, len(photo_ids), BATCH):
        batch = photo_ids[start : start + BATCH]
        with transaction.atomic():
            stage_jobs.adopt(batch, stages=stage_names(), job=job.pk)
            queue.enqueue(
                queue.Task.RUN_STAGES,
                job=job.pk,
                photos=[str(photo) for photo in batch],
            )
