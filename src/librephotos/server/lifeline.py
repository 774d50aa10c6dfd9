"""How a child notices that its supervisor is gone, even by `kill -9`.

The supervisor keeps the write end of a pipe and every child the read end: the kernel
closes the one when the supervisor dies, whatever killed it, and the other then reads
the end of the file.
"""

from __future__ import annotations

import os
import signal
import threading
import time

VARIABLE = "LIBREPHOTOS_LIFELINE"
_GRACE_S = 6.0


def supervised() -> bool:
    """Return whether this process was started by a supervisor."""
    return VARIABLE in os.environ


def hold_lifeline() -> None:
    """End this process when its supervisor dies; nothing without a supervisor."""
    if supervised():
        descriptor = int(os.environ[VARIABLE])
        threading.Thread(target=_hold, args=(descriptor,), daemon=True).start()


def _hold(descriptor: int) -> None:
    os.read(descriptor, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_S)
    # Its children are in its process group, so that none of them stays either.
    os.killpg(os.getpgid(0), signal.SIGKILL)
