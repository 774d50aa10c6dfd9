"""Removing copies of files, at once or when the system allows it."""

from __future__ import annotations

from collections.abc import Collection

from librephotos.api.pipeline.work import queue
from librephotos.api.storage.playable_films import FILMS
from librephotos.api.storage.stripped_copies import all_deleted as all_stripped_deleted


def delete_copies(files: Collection[int]) -> None:
    """Remove all copies of the files with these keys, and reasons why there is none.

    Those without metadata, and films that were made playable.

    To be called once nobody finds the rows any more. What cannot be removed now is
    tried again by a worker.
    """
    if not _all_deleted(files):
        queue.enqueue(queue.Task.REMOVE_COPIES, job=None, files=sorted(files))


def delete_copies_again(*, files: Collection[int]) -> None:
    """Remove copies that could not be; raise OSError while one of them cannot."""
    if not _all_deleted(files):
        raise OSError("Copies of files cannot be removed.")


def _all_deleted(files: Collection[int]) -> bool:
    return all([FILMS.all_deleted(files), all_stripped_deleted(files)])
