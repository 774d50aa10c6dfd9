"""How many processors this process may use."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """Return the number of cores that the system lets this process run on, at least 1.

    A container or `taskset` may allow fewer than the machine has. macOS and Windows
    cannot say, so there it is all of them.
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
