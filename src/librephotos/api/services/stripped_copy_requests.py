"""A file without metadata, for others than its owner: kept, or made by a worker."""

from __future__ import annotations

from functools import partial
from typing import BinaryIO

from librephotos.api.models import File
from librephotos.api.pipeline.work import queue
from librephotos.api.queries.operations.health import is_under_way, workers_alive
from librephotos.api.services.waiting import (
    Caller,
    TaskEnded,
    TooManyWait,
    TooSlow,
    await_result,
)
from librephotos.api.storage import stripped_copies
from librephotos.media.files.formats import Kind

WAIT_S = 10.0
"""A picture takes a second at most; whoever wants a long video asks again."""


class NoCopyYet(Exception):
    """The copy is being made, or has to wait; `retry_after_s` says how long."""

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NoCopyPossible(Exception):
    """No copy without metadata can be made; the message says why."""


def stripped_copy(
    file: File,
    *,
    size: int,
    mtime_ns: int,
    turn: int,
    caller: Caller,
    embedded_video: bool = False,
) -> tuple[str, BinaryIO]:
    """Return the name of a file's copy and the copy, opened for reading.

    The file is meant as it is now, `size` bytes and `mtime_ns` old, and the copy shown
    turned by `turn` (media.turns); with `embedded_video`, the video in it.

    Waits no longer than WAIT_S for a worker, and not at all where the caller or others
    wait for much already. Raises NoCopyYet and NoCopyPossible.
    """
    name = stripped_copies.copy_name(
        file,
        size=size,
        mtime_ns=mtime_ns,
        embedded_video=embedded_video,
        turn=turn,
    )
    found = _found(name)
    if found is None:
        if not stripped_copies.room_is_there_for(size):
            raise NoCopyPossible(
                "The file is too large for a copy without metadata "
                "(LIBREPHOTOS_STRIPPED_MIB)."
            )
        found = _made(file, name, caller=caller, embedded_video=embedded_video)
    return name, found


def _found(name: str) -> BinaryIO | None:
    found = stripped_copies.open_copy(name)
    if found is None and (reason := stripped_copies.reason_for_none(name)):
        raise NoCopyPossible(reason)
    return found


def _made(file: File, name: str, *, caller: Caller, embedded_video: bool) -> BinaryIO:
    lock = f"strip-{name}"
    if not is_under_way(lock):
        _request(file, lock, embedded_video=embedded_video)
    if not workers_alive():
        raise NoCopyYet("No worker is at work; try again later.", retry_after_s=60)
    find = partial(_found, name)
    try:
        return await_result(find, lock=lock, within_s=WAIT_S, caller=caller)
    except TooManyWait as error:
        raise NoCopyYet("Others wait already; try again.", retry_after_s=5) from error
    except TaskEnded as error:
        raise NoCopyYet(
            "The file cannot be freed from its metadata now; try again later.",
            retry_after_s=60,
        ) from error
    except TooSlow as error:
        raise NoCopyYet(
            "The file is being freed from its metadata; try again in a moment.",
            retry_after_s=5,
        ) from error


def _request(file: File, lock: str, *, embedded_video: bool) -> None:
    # A video would keep the lane of stills for as long as its copy takes.
    lane = queue.CPU if file.kind == Kind.VIDEO else None
    queue.enqueue(
        queue.Task.STRIP,
        on=lane,
        priority=queue.FIRST if lane else 0,
        queueing_lock=lock,
        job=None,
        file=file.pk,
        embedded_video=embedded_video,
    )
