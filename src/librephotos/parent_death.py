"""How a child process ends with the process that started it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys


def end_with_parent(parent: int) -> None:
    """Arrange that this process dies when its parent does, however that happens.

    `parent` is the id of that process, which may be gone by now. Elsewhere than on
    Linux only that is noticed.
    """
    if sys.platform == "linux":
        set_parent_death_signal = 1  # PR_SET_PDEATHSIG of linux/prctl.h
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
