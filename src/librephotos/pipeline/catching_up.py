"""Learning what could not be learnt before: a model has come, or another is wanted."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from librephotos.api.models import Job, User
from librephotos.pipeline import queue
from librephotos.pipeline.learning import start_following

log = logging.getLogger(__name__)

_DEPTH = 3
"""A model's files lie in NAME/ or, for one of the hub, in ORGANISATION/NAME/."""


def request_catch_up() -> None:
    """Have a worker look what every user's photos have yet to pass."""
    queue.enqueue(
        queue.CATCH_UP,
        priority=queue.FIRST,
        queueing_lock=queue.CATCH_UP,
        job=None,
    )


def catch_up() -> None:
    """Start for every user what would follow a scan.

    One for whom that fails keeps no other from it; then raises that user's error, so
    that it is tried again.
    """
    failed: DatabaseError | None = None
    for user in User.objects.filter(is_active=True).order_by("pk"):
        try:
            start_following(user, Job.Kind.SCAN_PHOTOS, has_run=False)
        except User.DoesNotExist:
            continue  # the account was deleted just now
        except DatabaseError as error:
            log.warning("Catching up for user %d is put off: %s", user.pk, error)
            failed = error
    if failed is not None:
        raise failed


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
