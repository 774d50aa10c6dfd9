"""The log as a file in the data folder, which all processes of a machine write to."""

from __future__ import annotations

import fcntl
import logging
import os
from logging.handlers import WatchedFileHandler
from pathlib import Path

LARGEST = 5 * 2**20
"""Bytes after which a new file is begun; the one before is kept, and no older one."""

NAME = "librephotos.log"


def current_log(folder: Path) -> Path:
    """Return the file that is written to now."""
    return folder / NAME


def former_log(folder: Path) -> Path:
    """Return the file that was written to before."""
    return folder / f"{NAME}.1"


class LogFile(WatchedFileHandler):
    """Appends events, a line each, to a file that other processes append to as well.

    Whoever finds it full begins another one; the others notice that by its inode. What
    cannot be written is left out: the log on standard error has it, and says why once.
    """

    def __init__(self, folder: Path) -> None:
        """Take the folder, which is made when the first event is written."""
        super().__init__(current_log(folder), encoding="utf-8", delay=True)
        self._folder = folder
        self._has_complained = False

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._begin_anew_if_full()
            super().emit(record)
        except OSError as error:
            self._complain(record, error)

    def handleError(self, record: logging.LogRecord) -> None:
        """Have what went wrong raised, for `emit` to tell of."""
        raise

    def _open(self):  # type: ignore[no-untyped-def]
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self.baseFilename, flags, 0o600)
        return os.fdopen(descriptor, "a", encoding=self.encoding, errors=self.errors)

    def _begin_anew_if_full(self) -> None:
        if self._size() < LARGEST:
            return
        with open(self._folder / f"{NAME}.lock", "a", opener=_private) as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            if self._size() >= LARGEST:  # another process may have been faster
                os.replace(self.baseFilename, former_log(self._folder))

    def _size(self) -> int:
        try:
            return os.stat(self.baseFilename).st_size
        except FileNotFoundError:
            return 0

    def _complain(self, record: logging.LogRecord, error: OSError) -> None:
        if self._has_complained:
            return
        self._has_complained = True
        told = logging.getLogger(__name__).makeRecord(
            __name__,
            logging.WARNING,
            record.pathname,
            record.lineno,
            "The log file cannot be written: %s",
            (error.strerror,),
            None,
        )
        for handler in logging.getLogger().handlers:
            if handler is not self:
                handler.handle(told)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)


def write_log_file(folder: Path) -> None:
    """Have what this process logs from now on written to a file in the folder, too.

    It is formatted and filtered as on standard error, where it stays; the file also
    has what our own code tells at INFO.
    """
    root = logging.getLogger()
    beside = root.handlers[0]
    beside.setLevel(root.level)
    ours = logging.getLogger("librephotos")
    ours.setLevel(min(root.level, logging.INFO))
    handler = LogFile(folder)
    handler.setFormatter(beside.formatter)
    for each in beside.filters:
        handler.addFilter(each)
    root.addHandler(handler)
