"""Taking a batch of files from the disk into the library."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from librephotos.api.models import File, Photo, User
from librephotos.api.pipeline.sandboxed.decoding import (
    IdentifiedFile,
    Original,
    ReadFile,
    identified_alone,
    read_file,
)
from librephotos.api.pipeline.scanning.batches import request_previews
from librephotos.api.pipeline.scanning.captures import attach_files
from librephotos.api.pipeline.scanning.walk import stat_key
from librephotos.api.pipeline.work import jobs
from librephotos.api.pipeline.work.children import decoding_limits
from librephotos.api.pipeline.work.registry import first_pass, preview_stage
from librephotos.api.pipeline.work.runner import (
    ENDS_WORKERS,
    UNSTORABLE,
    check_free_space,
    fail_next_stage,
    lacks_a_row,
    run_stages,
)
from librephotos.api.pipeline.work.sandbox import Outcome, Sandbox
from librephotos.api.writes import scanned_files
from librephotos.api.writes.invalidation import Reason, invalidate
from librephotos.media.files.formats import CANDIDATE_EXTENSIONS, FORMATS, Kind

log = logging.getLogger(__name__)

NOT_MEDIA = "Not a picture or video."
_STILLS = frozenset(
    f".{extension}"
    for known in FORMATS.values()
    for extension in known.extensions
    if known.kind is Kind.IMAGE
)

RAW_IS_OFF: Outcome[Any] = Outcome(error="The owner leaves out RAW files.")


def ingest(
    job_id: int | None = None,
    *,
    files: Sequence[int],
    sandbox: Sandbox,
    reread: bool = False,
) -> None:
    """Identify the files of a batch, make their photos visible, and ask for previews.

    Under no job are files that were uploaded.

    It may die at any instruction and be run again: files that are settled are left
    alone, and each stage looks for itself what is still pending.
    """
    if job_id is not None and jobs.begin(job_id) is None:
        return
    check_free_space()
    known = identify_files(files, sandbox=sandbox, reread=reread)
    photos = _photos_of(files)
    run_stages(first_pass(), photos, sandbox=sandbox, known=known)
    request_previews(photos, job=job_id, uploaded=job_id is None)
    if job_id is not None:
        jobs.finish_if_complete(job_id)


def _photos_of(files: Sequence[int]) -> list[UUID]:
    photos = Photo.objects.filter(files__in=files)
    return list(photos.distinct().values_list("pk", flat=True))


def give_up(
    job_id: int | None = None, *, files: Sequence[int], reread: bool = False
) -> bool:
    """Record files, or a stage of their photos, as what ends whoever works on it."""
    if job_id is not None and jobs.begin(job_id) is None:
        return False
    with transaction.atomic():
        pending = File.objects.filter(pk__in=scanned_files.pending(files))
        unread = [(file, Outcome[Any](error=ENDS_WORKERS)) for file in pending]
        _reject(unread)
    return bool(unread) or fail_next_stage(first_pass(), _photos_of(files))


def identify_files(
    file_ids: Sequence[int], *, sandbox: Sandbox, reread: bool = False
) -> dict[Any, Any]:
    """Find out what the pending files among these are, and give them their photos.

    Returns what the stages of these would compute, by its inputs: the bytes of a file
    are read once, and what else it has to say is asked for in the same breath.
    """
    pending = list(
        File.objects.filter(pk__in=scanned_files.pending(file_ids)).select_related(
            "owner"
        )
    )
    found: dict[tuple[int, int | None], list[tuple[File, IdentifiedFile]]] = (
        defaultdict(list)
    )
    rejected: list[tuple[File, Outcome[Any]]] = []
    known: dict[Any, Any] = {}
    for file, outcome in zip(pending, _read(pending, sandbox), strict=True):
        if outcome.value is None:
            rejected.append((file, outcome))
        elif _unwanted(file, outcome.value.identified):
            rejected.append((file, RAW_IS_OFF))
        else:
            found[file.owner_id, file.job_id].append((file, outcome.value.identified))
            known |= _known(file.path, outcome.value)
    with transaction.atomic():
        _reject(rejected)
    for (owner, job_id), files in found.items():
        _attach(owner, files, job=job_id, reread=reread)
    return known


def _read(files: Sequence[File], sandbox: Sandbox) -> list[Outcome[ReadFile]]:
    """Read files, and all that the leading ones of their captures say.

    Over what they say a child may end that gets over the bytes: these are identified
    all the same, and a stage fails of which the owner is told.
    """
    limits = decoding_limits()
    captures: dict[int, list[File]] = defaultdict(list)
    for file in files:
        captures[file.capture_key].append(file)
    outcomes: dict[int, Outcome[ReadFile]] = {}
    for function, wanted in (
        (read_file, [f for f in files if _leads(f, captures[f.capture_key])]),
        (identified_alone, files),
    ):
        rest = [f for f in wanted if f.pk not in outcomes or outcomes[f.pk].abrupt]
        originals = [Original(file.path, limits) for file in rest]
        done = sandbox.map(function, originals)
        outcomes |= {file.pk: each for file, each in zip(rest, done, strict=True)}
    return [outcomes[file.pk] for file in files]


def _leads(file: File, capture: Sequence[File]) -> bool:
    """Whether a file, by the names around it, is the one that its photo will show."""
    extensions = {each.pk: _extension(each.path) for each in capture}
    if ".xmp" in extensions.values():
        return False  # the stage asks for both together
    return len(capture) == 1 or extensions[file.pk] in _STILLS


def _known(path: bytes, read: ReadFile) -> dict[Any, Any]:
    known: dict[Any, Any] = {}
    if read.said is not None:
        format = read.identified.identity.format.name
        known[Original(path, decoding_limits(), format)] = read.said
        if read.located is not None:
            facts = read.said.facts
            known[facts.latitude, facts.longitude] = read.located
    return known


def _attach(
    owner: int,
    files: Sequence[tuple[File, IdentifiedFile]],
    *,
    job: int | None,
    reread: bool,
) -> None:
    """Give files their photos; one that cannot be stored fails, the others do not."""
    try:
        with transaction.atomic():
            attach_files(owner, files, job=job, reread=reread)
    except UNSTORABLE as error:
        if lacks_a_row(error):
            raise
        # What was tried has changed the rows in memory.
        rows = File.objects.select_related("owner").in_bulk([f.pk for f, _ in files])
        again = [(rows[file.pk], found) for file, found in files if file.pk in rows]
        if len(files) > 1:
            half = len(again) // 2
            for part in (again[:half], again[half:]):
                _attach(owner, part, job=job, reread=reread)
            return
        log.exception("A file cannot be stored")
        message = f"What was found in the file cannot be stored ({error})."
        with transaction.atomic():
            _reject([(file, Outcome(error=message)) for file, _ in again])


def read_skipped_raw_again(user: User) -> None:
    """Have the next scan take in the RAW files that were left out."""
    File.objects.filter(
        owner=user, state=File.State.SKIPPED, error=RAW_IS_OFF.error
    ).update(stat_key=None)


def _unwanted(file: File, found: IdentifiedFile) -> bool:
    is_raw = found.identity.format.kind is Kind.RAW
    return is_raw and file.owner.skip_raw_files and file.photo_id is None


def _reject(rejected: Sequence[tuple[File, Outcome[Any]]]) -> None:
    """Record why files are no photos; they are not read again until they change."""
    settled = []
    for file, outcome in rejected:
        if not outcome.for_now:
            file.stat_key = stat_key(
                file.path, file.size, file.mtime_ns, _unsigned(file.inode)
            )
        named_like_media = _extension(file.path) in CANDIDATE_EXTENSIONS
        if outcome is RAW_IS_OFF:
            settled.append((file.pk, File.State.SKIPPED, outcome.error))
        elif named_like_media or not outcome.unsupported:
            settled.append((file.pk, File.State.FAILED, outcome.error))
        else:
            settled.append((file.pk, File.State.SKIPPED, NOT_MEDIA))
    File.objects.bulk_update([file for file, _ in rejected], ["stat_key"])
    scanned_files.settle(settled)
    _mark_photos(
        {
            file.pk: outcome.error
            for file, outcome in rejected
            if file.photo_id and not outcome.for_now
        }
    )


def _mark_photos(errors: Mapping[int, str]) -> None:
    """Mark photos whose main file was one and is none any more, by why it is none.

    Once it is a picture again, if only the one that it was, that has to be found out.
    """
    photos = Photo.objects.filter(main_file__in=errors).order_by("pk")
    shown = dict(photos.values_list("pk", "main_file"))
    stage = preview_stage()
    stage.fail({photo: errors[file] for photo, file in shown.items()})
    invalidate([stage.key], of=shown, reason=Reason.INPUT)


def _extension(path: bytes) -> str:
    name = path.rpartition(b"/")[2]
    return name[name.rfind(b".") :].decode("ascii", "replace").lower()


def _unsigned(inode: int) -> int:
    return inode % 2**64
