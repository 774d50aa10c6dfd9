"""Learning what could not be learnt before: a model has come, or another is wanted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from librephotos.api.pipeline.work import queue

_DEPTH = 3
"""A model's files lie in NAME/ or, for one of the hub, in ORGANISATION/NAME/."""


def request_catch_up() -> None:
    """Have a worker look what every user's photos have yet to pass."""
    queue.enqueue(
        queue.Task.CATCH_UP,
        priority=queue.FIRST,
        queueing_lock="catch_up",
        job=None,
    )


class ModelWatch:
    """Notices that the folder of the models has changed and come to rest.

    It goes by names, sizes and times, so that a look costs next to nothing and nothing
    is begun with weights that are still being copied.
    """

    def __init__(self) -> None:
        self._last: frozenset[tuple[str, int, int]] | None = None
        self._heeded: frozenset[tuple[str, int, int]] | None = None

    def look(self) -> None:
        """Request to catch up at the first look, and after each change."""
        found = frozenset(_files(settings.MODELS, _DEPTH))
        at_rest = self._last in (None, found)
        if at_rest and found != self._heeded:
            request_catch_up()
            self._heeded = found
        self._last = found


def _files(folder: Path | str, depth: int) -> Iterator[tuple[str, int, int]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:  # there may be no such folder, or not be one any more
        return
    for entry in entries:
        try:
            if entry.is_dir():
                yield from _files(entry.path, depth - 1) if depth > 1 else ()
            elif not entry.name.startswith("."):
                state = entry.stat()
                yield entry.path, state.st_size, state.st_mtime_ns
        except OSError:
            continue
