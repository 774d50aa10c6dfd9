"""Making the copy of a file without metadata that somebody waits for."""

from __future__ import annotations

import logging

from librephotos.api.models import File
from librephotos.api.pipeline.previews import removals
from librephotos.api.pipeline.sandboxed.decoding import stat_of
from librephotos.api.pipeline.work.children import decoding_limits
from librephotos.api.pipeline.work.sandbox import Sandbox
from librephotos.api.storage import stripped_copies
from librephotos.full_disk import FULL, is_full
from librephotos.media.errors import unreadable_because
from librephotos.media.files.formats import Kind
from librephotos.media.stripping.copies import CopyOrder, make_copy
from librephotos.media.turns import UNTURNED

log = logging.getLogger(__name__)

_GROWTH = 4
"""A still that is rendered anew takes more bytes than its original, seldom so many."""

_COPIED_AT_ONCE = 100 * 2**20
"""So many bytes are copied within the time that there is to decode a file, even on a
slow disk; a long video takes longer than to decode its first seconds."""

_MOST_PATIENCE = 10.0
"""As many times that time is enough for the longest."""


def strip(*, file: int, embedded_video: bool, sandbox: Sandbox) -> None:
    """Make the copy of a file as it is now, unless it is there or cannot be made.

    Who waits sees that the task has ended, and the copy or the reason why not; where
    there is neither, that passes.
    """
    files = File.objects.select_related("photo")
    row = files.filter(pk=file, state=File.State.READY).first()
    if row is None:
        return
    try:
        _strip(row, embedded_video=embedded_video, sandbox=sandbox)
    except OSError as error:
        reason = FULL if is_full(error) else unreadable_because(error)
        log.warning("File %d was not freed from its metadata: %s", file, reason)
    except stripped_copies.NoRoom as error:
        log.warning("File %d was not freed from its metadata: %s", file, error)


def _strip(file: File, *, embedded_video: bool, sandbox: Sandbox) -> None:
    stat = stat_of(file.path)
    size, mtime_ns = stat.size, stat.mtime_ns
    turn = UNTURNED
    if file.photo is not None and not embedded_video:
        turn = file.photo.turn_of(file)
    name = stripped_copies.copy_name(
        file,
        size=size,
        mtime_ns=mtime_ns,
        embedded_video=embedded_video,
        turn=turn,
    )
    if stripped_copies.is_kept(name) or stripped_copies.reason_for_none(name):
        return
    stripped_copies.make_room(size if file.kind == Kind.VIDEO else _GROWTH * size)
    partial = stripped_copies.partial_copy(name)
    order = CopyOrder(
        path=file.path,
        format=file.format,
        target=partial,
        size=size,
        mtime_ns=mtime_ns,
        limits=decoding_limits(),
        embedded_video=embedded_video,
        turn=turn,
    )
    patience = min(max(size / _COPIED_AT_ONCE, 1.0), _MOST_PATIENCE)
    [outcome] = sandbox.map(make_copy, [order], patience=patience)
    if outcome.value is not None:
        stripped_copies.keep_copy(name, partial)
        if not File.objects.filter(pk=file.pk).exists():  # erased meanwhile
            removals.delete_copies([file.pk])
        return
    partial.unlink(missing_ok=True)  # the child may have died
    log.warning("File %d has no copy without metadata: %s", file.pk, outcome.error)
    if not outcome.for_now:
        stripped_copies.keep_reason(name, outcome.error)
