"""A preview that somebody looks at before it is made: asked for first, and awaited.

Who waits occupies no thread: the web server is told to put the request again once the
previews are settled. Where it cannot (see `api.http.putting_off`), nobody waits.
"""

from __future__ import annotations

import mmap
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.db import connections

from librephotos.api.models import PhotoStage
from librephotos.api.pipeline.previews.store import awaited_lock, remake_previews
from librephotos.api.pipeline.work.registry import PREVIEWS
from librephotos.api.queries.operations.health import (
    is_under_way,
    under_way,
    workers_alive,
)
from librephotos.api.services.waiting import Caller
from librephotos.api.writes.awaited_tasks import raise_priority

WAIT_S = 10.0
"""A picture takes a second at most; whoever looks at a long video asks again."""

_LOOK_EVERY_S = 0.05
_ENDED_EVERY_S = 1.0

_PAUSE_S = 0.5
"""Whoever has asked for nothing for so long begins another burst of requests."""

_BURSTS_PER_S = 2  # of one caller, as the pause lets there be
_FIRST_BURST_S = 1_577_836_800  # so that their numbers fit the queue until 2054
_CALLERS_KEPT = 4096


class NoPreviewYet(Exception):
    """The preview is being made, or has to wait; `retry_after_s` says how long."""

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NoPreviewPossible(Exception):
    """There will be none: the picture cannot be decoded."""


@dataclass(frozen=True)
class PreviewWait:
    """Who waits, how the request is put off if it can be, and since when it was."""

    caller: Caller
    put_off: Callable[[], Callable[[], None]] | None = None
    since: float | None = None


def await_preview(photo: UUID, *, wait: PreviewWait, lost: bool = False) -> None:
    """Return if the previews of a photo are made, by what the database knows.

    Else ask for them, once for all who do, and have the request put off: the answer to
    NoPreviewYet is sent only where it cannot be, or in vain. With `lost`, they are not
    in the storage whatever the database knows. Raises NoPreviewPossible too.
    """
    state = _state(photo)
    if state in (PhotoStage.State.FAILED, PhotoStage.State.SKIPPED):
        raise NoPreviewPossible
    if state == PhotoStage.State.DONE and not lost:
        return
    lock = awaited_lock(photo)
    if wait.since is None:
        burst = burst_of(wait.caller)
        if not is_under_way(lock):
            remake_previews(photo, burst=burst)
        else:  # it was in view before, or is in somebody else's
            raise_priority(lock, to=burst)
        if not workers_alive():
            raise NoPreviewYet("No worker is at work.", retry_after_s=60)
    elif time.monotonic() - wait.since >= WAIT_S:
        raise NoPreviewYet("It takes longer.", retry_after_s=2)
    elif not is_under_way(lock):
        raise NoPreviewYet("It cannot be made now.", retry_after_s=60)
    if wait.put_off is not None:
        deadline = (wait.since or time.monotonic()) + WAIT_S
        _watch().add(_Waiting(photo, lock, deadline, wait.put_off()))
    raise NoPreviewYet("It is being made.", retry_after_s=1)


def _state(photo: UUID) -> str:
    rows = PhotoStage.objects.filter(photo=photo, stage=PREVIEWS)
    state = rows.values_list("state", flat=True).first()
    if state is None:
        # Nobody has come to it yet, unless nobody takes the photo through stages.
        is_on_its_way = PhotoStage.objects.filter(photo=photo).exists()
        state = PhotoStage.State.PENDING if is_on_its_way else PhotoStage.State.SKIPPED
    return state


_BURST = struct.Struct("qd")
_bursts = mmap.mmap(-1, _CALLERS_KEPT * _BURST.size)
"""The number of a caller's last burst, and when it asked last, shared by processes that
are forked from this one: of a screen's requests, each gets some. Whoever writes between
another's reading and writing finds what he would have written himself."""


def burst_of(caller: Caller) -> int:
    """Return the number of the burst that a request belongs to; later ones are higher.

    Who scrolls on wants what is in view now before what was. Nobody's numbers run ahead
    of the clock, or whoever has asked for long would always come before others. Callers
    who share a place among those kept share their bursts.
    """
    now = time.monotonic()
    place = hash(caller) % _CALLERS_KEPT * _BURST.size
    number, last = _BURST.unpack_from(_bursts, place)
    if not number or now - last >= _PAUSE_S:
        present = int((time.time() - _FIRST_BURST_S) * _BURSTS_PER_S)
        number = min(max(number + 1, present), present + 1)
    _BURST.pack_into(_bursts, place, number, now)
    return int(number)


@dataclass(frozen=True, eq=False)
class _Waiting:
    photo: UUID
    lock: str
    deadline: float
    resume: Callable[[], None]


class _Watch:
    """Looks, for all who wait in this process, which previews are settled by now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[_Waiting, None] = {}  # in the order of their arrival
        self._is_looking = False

    def add(self, waiting: _Waiting) -> None:
        with self._lock:
            self._waiting[waiting] = None
            if not self._is_looking:
                self._is_looking = True
                threading.Thread(
                    target=self._look, name="previews", daemon=True
                ).start()

    def _look(self) -> None:
        looks = 0
        try:
            while self._goes_on():
                time.sleep(_LOOK_EVERY_S)
                looks += 1
                ended = looks % round(_ENDED_EVERY_S / _LOOK_EVERY_S) == 0
                self._resume(self._over(with_ended=ended))
        finally:
            # Whatever keeps this from looking is told by the requests themselves.
            with self._lock:
                self._is_looking = False
                left, self._waiting = self._waiting, {}
            for one in left:
                one.resume()
            connections.close_all()

    def _goes_on(self) -> bool:
        with self._lock:
            self._is_looking = bool(self._waiting)
            return self._is_looking

    def _over(self, *, with_ended: bool) -> list[_Waiting]:
        with self._lock:
            waiting = list(self._waiting)
        now = time.monotonic()
        states = PhotoStage.objects.filter(
            photo__in={one.photo for one in waiting}, stage=PREVIEWS
        )
        pending = PhotoStage.State.PENDING
        settled = set(states.exclude(state=pending).values_list("photo", flat=True))
        locks = {one.lock for one in waiting}
        left = under_way(locks) if with_ended else locks
        return [
            one
            for one in waiting
            if one.photo in settled or now >= one.deadline or one.lock not in left
        ]

    def _resume(self, over: list[_Waiting]) -> None:
        with self._lock:
            for one in over:
                self._waiting.pop(one, None)
        for one in over:
            one.resume()


@cache
def _watch() -> _Watch:
    return _Watch()
