"""A film as every browser plays it: kept, being made, or made by a worker."""

from __future__ import annotations

from functools import partial
from typing import BinaryIO, cast

from librephotos.api.models import File
from librephotos.api.pipeline.previews.films import room_for
from librephotos.api.pipeline.work import queue
from librephotos.api.queries.operations.health import is_under_way, workers_alive
from librephotos.api.services.waiting import (
    Caller,
    TaskEnded,
    TooManyWait,
    TooSlow,
    await_result,
)
from librephotos.api.storage.playable_films import FILMS, GrowingFilm, open_growing

Film = BinaryIO | GrowingFilm
"""Whole, or as far as it is made."""

WAIT_S = 10.0
"""The first seconds of a film are made in two, unless another is made before it."""


class NoFilmYet(Exception):
    """The film has to wait; `retry_after_s` says how long."""

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NoFilmPossible(Exception):
    """The film cannot be made playable; the message says why."""


def playable_film(
    file: File,
    *,
    size: int,
    mtime_ns: int,
    caller: Caller,
    embedded_video: bool = False,
) -> tuple[str, Film]:
    """Return the name of a playable film and the film: whole, or as far as it is made.

    The file is meant as it is now, `size` bytes and `mtime_ns` old; with
    `embedded_video`, the video in it. Waits no longer than WAIT_S for its first
    seconds. Raises NoFilmYet and NoFilmPossible.
    """
    name = FILMS.copy_name(
        file, size=size, mtime_ns=mtime_ns, embedded_video=embedded_video
    )
    found = _found(name)
    if found is None:
        if not FILMS.room_is_there_for(room_for(file.duration_s)):
            raise NoFilmPossible(
                "The film is too long to be made playable (LIBREPHOTOS_FILMS_MIB)."
            )
        found = _made(file, name, caller=caller, embedded_video=embedded_video)
    elif isinstance(found, GrowingFilm):
        # Whoever made it may have died so often that the task was given up.
        _request(file, name, embedded_video=embedded_video)
    return name, found


def _found(name: str) -> Film | None:
    # In this order: what is being made is removed once it is whole.
    found = open_growing(name)
    whole = FILMS.open_copy(name)
    if whole is not None:
        if found is not None:
            found.close()
        return whole
    if found is None and (reason := FILMS.reason_for_none(name)):
        raise NoFilmPossible(reason)
    return found


def _made(file: File, name: str, *, caller: Caller, embedded_video: bool) -> Film:
    lock = _request(file, name, embedded_video=embedded_video)
    if not workers_alive():
        raise NoFilmYet("No worker is at work; try again later.", retry_after_s=60)
    find = partial(_found, name)
    try:
        found = await_result(find, lock=lock, within_s=WAIT_S, caller=caller)
        return cast(Film, found)
    except TooManyWait as error:
        raise NoFilmYet("Others wait already; try again.", retry_after_s=5) from error
    except TaskEnded as error:
        raise NoFilmYet(
            "The film cannot be made playable now; try again later.", retry_after_s=60
        ) from error
    except TooSlow as error:
        raise NoFilmYet(
            "The film is being made playable; try again in a moment.", retry_after_s=5
        ) from error


def _request(file: File, name: str, *, embedded_video: bool) -> str:
    """Have a worker make a film unless one is at it; return the task's lock."""
    lock = f"film-{name}"
    if not is_under_way(lock):
        queue.enqueue(
            queue.Task.MAKE_FILM,
            queueing_lock=lock,
            job=None,
            file=file.pk,
            embedded_video=embedded_video,
        )
    return lock
