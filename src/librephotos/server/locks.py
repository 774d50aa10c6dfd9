"""Locks between processes on one data folder; a killed process loses its locks."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar
from weakref import WeakSet

from librephotos.data_folder import why_unusable
from librephotos.server.errors import DataFolderError


class FolderLock:
    """A lock on a file in the data folder, shared by readers or held by one alone.

    It belongs to the process that took it: a forked child never lets go of it for the
    parent, which a copy of its own would keep it from.
    """

    _open: ClassVar[WeakSet[FolderLock]] = WeakSet()

    def __init__(self, path: Path) -> None:
        """Open the file of the lock; raise DataFolderError where that is impossible."""
        self.path = path
        self._pid = os.getpid()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DataFolderError(why_unusable(path.parent, error)) from error
        self._open.add(self)

    @classmethod
    def let_go_of_all(cls) -> None:
        """Have no copy, in a child that was forked just now, of its parent's locks."""
        for lock in cls._open:
            os.close(lock._descriptor)
        cls._open.clear()

    @property
    def ours(self) -> bool:
        """Whether this process, and not a parent that it was forked from, has it."""
        return os.getpid() == self._pid

    def share(self) -> None:
        """Wait until nobody has the lock alone, then share it."""
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait until nobody else has the lock, and have it alone for a while."""
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def try_take(self) -> bool:
        """Have the lock alone if nobody else has it; say whether that went well."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Let go of the lock."""
        if self.ours:
            self._open.discard(self)
            os.close(self._descriptor)
