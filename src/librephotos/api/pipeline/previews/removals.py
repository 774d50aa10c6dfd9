"""Removing copies without metadata, at once or when the system allows it."""

from __future__ import annotations

from collections.abc import Collection

from librephotos.api.pipeline.work import queue
from librephotos.api.storage.stripped_copies import all_deleted


def delete_copies(files: Collection[int]) -> None:
    """Remove all copies of the files with these keys, and reasons why there is none.

    To be called once nobody finds the rows any more. What cannot be removed now is
    tried again by a worker.
    """
    if not all_deleted(files):
        queue.enqueue(queue.Task.REMOVE_COPIES, job=None, files=sorted(files))


def delete_copies_again(*, files: Collection[int]) -> None:
    """Remove copies that could not be; raise OSError while one of them cannot."""
    if not all_deleted(files):
        raise OSError("Copies without metadata cannot be removed.")
