"""Making a film playable for somebody who wants to see it."""

from __future__ import annotations

import logging

from librephotos.api.models import File
from librephotos.api.pipeline.previews import removals
from librephotos.api.pipeline.sandboxed.decoding import stat_of
from librephotos.api.pipeline.work.children import decoding_limits
from librephotos.api.pipeline.work.sandbox import Sandbox
from librephotos.api.storage.copy_folder import NoRoom
from librephotos.api.storage.playable_films import FILMS, live_film
from librephotos.cores import usable_cores
from librephotos.full_disk import FULL, is_full
from librephotos.media.decoding.transcoding import (
    BYTES_PER_S,
    FilmOrder,
    make_playable,
)
from librephotos.media.errors import unreadable_because

log = logging.getLogger(__name__)

_UNKNOWN_S = 600.0
"""The length that a film counts as which does not say."""

_SLOWEST = 6.0
"""Seconds that a second of a film may take; a slow machine needs three for 4K."""

_TWICE = 2
"""While it is given its index, a film is there twice."""


def make_film(*, file: int, embedded_video: bool, sandbox: Sandbox) -> None:
    """Make a film playable, or the video in a motion photo, unless it is or cannot be.

    Who waits sees that the task has ended, and the film or the reason why not; where
    there is neither, that passes.
    """
    row = File.objects.filter(pk=file, state=File.State.READY).first()
    if row is None:
        return
    try:
        _make(row, embedded_video=embedded_video, sandbox=sandbox)
    except OSError as error:
        reason = FULL if is_full(error) else unreadable_because(error)
        log.warning("File %d was not made playable: %s", file, reason)
    except NoRoom as error:
        log.warning("File %d was not made playable: %s", file, error)


def _make(file: File, *, embedded_video: bool, sandbox: Sandbox) -> None:
    stat = stat_of(file.path)
    name = FILMS.copy_name(
        file, size=stat.size, mtime_ns=stat.mtime_ns, embedded_video=embedded_video
    )
    if FILMS.is_kept(name) or FILMS.reason_for_none(name):
        return
    seconds = max(file.duration_s or 0.0, 10.0) if file.duration_s else _UNKNOWN_S
    room = room_for(file.duration_s)
    FILMS.make_room(room)
    live = live_film(name)
    order = FilmOrder(
        path=file.path,
        format=file.format,
        live=live,
        target=FILMS.path / name,
        size=stat.size,
        mtime_ns=stat.mtime_ns,
        limits=decoding_limits(),
        max_bytes=room // _TWICE,
        threads=max(1, usable_cores() // 2),
        embedded_video=embedded_video,
    )
    patience = 1.0 + _SLOWEST * seconds / sandbox.timeout_s
    [outcome] = sandbox.map(make_playable, [order], patience=patience)
    if outcome.value is not None:
        FILMS.keep_copy(name, order.target)
        if not File.objects.filter(pk=file.pk).exists():  # erased meanwhile
            removals.delete_copies([file.pk])
        return
    for left in (live, order.target.with_suffix(".whole")):
        left.unlink(missing_ok=True)  # the child may have died
    log.warning("File %d cannot be made playable: %s", file.pk, outcome.error)
    if not outcome.for_now:
        FILMS.keep_reason(name, outcome.error)


def room_for(duration_s: float | None) -> int:
    """Return the most bytes that a film of this length takes while it is made."""
    seconds = duration_s or _UNKNOWN_S
    return _TWICE * int((seconds * 1.1 + 30) * BYTES_PER_S)
