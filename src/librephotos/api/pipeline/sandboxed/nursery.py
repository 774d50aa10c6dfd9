"""Loaded once in the process of which the children of a worker are forks.

Nothing else may import this: it ties the process to the worker that has started it, as
it is tied to its main thread, or the thread that starts children.
"""

from __future__ import annotations

import gc
import os
import signal

import librephotos.api.pipeline.sandboxed.decoding  # noqa: F401  for all children
from librephotos.parent_death import end_with_parent

PID = os.getpid()
"""The id of the process that has loaded this."""

# Who stops a service tells all its processes, and the worker ends what it has begun.
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.register_at_fork(
    after_in_child=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL)
)
end_with_parent(os.getppid())
gc.freeze()  # so that no child copies what all share
