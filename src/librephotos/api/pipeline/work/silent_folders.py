"""Folders whose file system gave a child no answer, and what is spared them.

Each file there would take the whole time of a child again, and the child with it where
it cannot even be killed. Knows only of this process's children.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field

from librephotos.api.pipeline.work.child_process import Child
from librephotos.silent_disk import disk_of

AGAIN_AFTER_S = 300.0
"""A folder that was silent is tried again after so long, or once it has answered."""

MOST_SILENT = 3
"""So many folders of a disk may be waited for; the others are refused, too."""


@dataclass(frozen=True)
class _Silence:
    folder: bytes
    child: Child
    disk: bytes
    since: float = field(default_factory=time.monotonic)

    def is_recent(self) -> bool:
        return time.monotonic() - self.since < AGAIN_AFTER_S

    def is_over(self) -> bool:
        """Whether there was an answer after all, or a process killed so long ago."""
        if self.child.left_behind:
            return not self.child.lives()
        return not self.is_recent()


_silences: list[_Silence] = []
_lock = threading.Lock()


def folder_of(item: object) -> bytes | None:
    """Return the folder of the original that an item of work is about, if any.

    A batch of one is about what that one is.
    """
    if isinstance(item, list | tuple) and len(item) == 1:
        item = item[0]
    path = getattr(item, "path", None)
    return os.path.dirname(path) if isinstance(path, bytes) else None


def note(folder: bytes | None, child: Child) -> None:
    """Remember that a child got no answer from a folder."""
    child.noted = True
    if folder is not None:
        with _lock:
            _silences.append(_Silence(folder, child, disk_of(folder + b"/")))


def is_silent(folder: bytes | None) -> bool:
    """Whether nobody should wait for a folder now.

    It is so for AGAIN_AFTER_S seconds, unless the disk has answered since, and where
    MOST_SILENT of its disk's folders are. Touches no disk.
    """
    with _lock:
        _silences[:] = [silence for silence in _silences if not silence.is_over()]
        silences = list(_silences)
    if folder is None or not silences:
        return False
    if any(s.folder == folder and s.is_recent() for s in silences):
        return True
    here = disk_of(folder + b"/")
    return sum(s.disk == here for s in silences) >= MOST_SILENT
