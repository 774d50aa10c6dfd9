"""Folders whose file system gave a child no answer, and what is spared them.

Each file there would take the whole time of a child again, and the child with it where
it cannot even be killed. Knows only of this process's children.
"""

from __future__ import annotations

import os
import re
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from librephotos.api.pipeline.work.child_process import Child

AGAIN_AFTER_S = 300.0
"""A folder that was silent is tried again after so long, or once it has answered."""

MOST_SILENT = 3
"""So many folders of a file system may be waited for; the others are refused, too."""


@dataclass(frozen=True)
class _Silence:
    folder: bytes
    child: Child
    file_system: bytes
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
    """Return the folder of the original that an item of work is about, if any."""
    path = getattr(item, "path", None)
    return os.path.dirname(path) if isinstance(path, bytes) else None


def note(folder: bytes | None, child: Child) -> None:
    """Remember that a child got no answer from a folder."""
    child.noted = True
    if folder is not None:
        with _lock:
            _silences.append(_Silence(folder, child, _file_system(folder)))


def is_silent(folder: bytes | None) -> bool:
    """Whether nobody should wait for a folder now.

    It is so for AGAIN_AFTER_S seconds, unless the disk has answered since, and where
    MOST_SILENT of its file system's folders are. Touches no disk.
    """
    with _lock:
        _silences[:] = [silence for silence in _silences if not silence.is_over()]
        silences = list(_silences)
    if folder is None or not silences:
        return False
    if any(s.folder == folder and s.is_recent() for s in silences):
        return True
    here = _file_system(folder)
    return sum(s.file_system == here for s in silences) >= MOST_SILENT


def _file_system(folder: bytes) -> bytes:
    """Return where the file system of a folder is mounted, itself if that is unknown.

    The system's list of mounts is read (proc_pid_mountinfo(5)), not the disk.
    """
    try:
        lines = Path("/proc/self/mountinfo").read_bytes().splitlines()
    except OSError:  # elsewhere than on Linux
        return folder
    points = [_unescaped(line.split(b" ")[4]) for line in lines]
    above = [p for p in points if (folder + b"/").startswith(p.rstrip(b"/") + b"/")]
    return max(above, key=len, default=folder)


def _unescaped(name: bytes) -> bytes:
    return re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), name)
