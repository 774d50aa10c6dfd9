"""Weights as torch.save wrote them, turned into safetensors once and for all.

Some publishers have only `pytorch_model.bin`, a pickle. It is read with weights_only,
which runs no code, in a process of its own: whoever asks for models stays without torch
and gets the memory back. Loaders then find one format only.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from librephotos.full_disk import tells_of_full_disk
from librephotos.ml.model_store.errors import NotServed
from librephotos.ml.model_store.web import stop_if

# A gigabyte takes seconds on an ordinary disk, and minutes on a slow card.
_TIMEOUT_S = 900
_LOOK_EVERY_S = 0.5
_ERROR = "Error: "


def convert(legacy: Path, target: Path, should_stop: Callable[[], bool]) -> None:
    """Write the tensors of a legacy file as safetensors.

    Raises NotServed if it holds none, or anything that would run code, DownloadStopped,
    and OSError if the disk is full.
    """
    program = "librephotos.ml.model_store.conversion_program"
    with subprocess.Popen(
        [sys.executable, "-P", "-m", program, str(os.getpid()), legacy, target],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as running:
        try:
            said = _wait(running, legacy, should_stop)
        finally:
            running.kill()  # nothing to one that has ended
    if running.returncode:
        raise _failure(legacy, running.returncode, said)


def _wait(
    running: subprocess.Popen[str], legacy: Path, should_stop: Callable[[], bool]
) -> str:
    """Return what the program has said by its end."""
    end = time.monotonic() + _TIMEOUT_S
    while time.monotonic() < end:
        stop_if(should_stop)
        try:
            return running.communicate(timeout=_LOOK_EVERY_S)[1]
        except subprocess.TimeoutExpired:
            continue
    raise NotServed(f"{legacy.name} takes too long to convert")


def _failure(legacy: Path, code: int, said: str) -> NotServed | OSError:
    if tells_of_full_disk(said):
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    # The last line of a traceback may be long advice; the first one says what.
    errors = [line for line in said.splitlines() if _ERROR in line]
    reason = errors[-1].split(". ")[0] if errors else f"code {code}"
    if code < 0:
        reason = f"ended by signal {-code}: memory may be short"
    return NotServed(f"{legacy.name} cannot be made safetensors of ({reason})")
