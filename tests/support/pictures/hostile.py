"""What broken decoders do; run in the decoding child."""

from __future__ import annotations

import ctypes
import os
import signal

from librephotos.media.errors import UnreadableFile
from librephotos.ml.errors import ModelUnusable


def behave(what: str) -> str:
    """Return the word, or do what it says."""
    if what == "crash":
        ctypes.string_at(0)
    if what == "hang":
        while True:
            pass
    if what == "exit":
        os._exit(3)
    if what == "starve":
        return str(len(bytearray(2**40)))
    if what == "be killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "refuse":
        raise UnreadableFile("The file is empty.")
    if what == "be wrong":
        raise ZeroDivisionError("a bug")
    if what == "lack weights":
        raise ModelUnusable("The weights are missing.")
    return what


def size_of(path: bytes) -> int:
    """Return the size of a file, unless its name asks for trouble."""
    behave(os.path.basename(path).decode().partition(".")[0].replace("-", " "))
    return os.path.getsize(path)


def pid_of_child(_: object) -> int:
    """Return the process in which the work is done."""
    return os.getpid()
