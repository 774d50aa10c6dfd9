"""What tests ask of a child process."""

from __future__ import annotations

import os
import resource
import signal
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

from librephotos.api.pipeline.sandboxed.decoding import Original


class Told(NamedTuple):
    """An item during which the child is told to end; `seen` counts the tries."""

    number: int
    times: int
    seen: Path


def be_told_to_end(item: Told | str) -> str:
    """Take an item, and be told to end the first few times."""
    if isinstance(item, str):
        return item
    with item.seen.open("ab") as seen:
        seen.write(b".")
    if item.seen.stat().st_size <= item.times:
        os.kill(os.getpid(), item.number)
        signal.pause()
    return "done"


def use_temporary_folder(folder: str) -> None:
    """Have the child put its temporary files there."""
    os.environ["TMPDIR"] = folder
    tempfile.tempdir = None


def resident_bytes(_: object) -> int:
    """Return the memory that the child occupies."""
    return int(psutil.Process().memory_info().rss)


def memory_limit(_: object) -> int:
    """Return how many bytes of addresses the child may take."""
    return resource.getrlimit(resource.RLIMIT_AS)[0]


def oom_score(_: object) -> int:
    """Return what makes Linux choose the child where memory runs out."""
    return int(Path("/proc/self/oom_score_adj").read_text())


def torch_threads(_: object) -> int:
    """Return how many threads PyTorch computes with in the child."""
    import torch

    return torch.get_num_threads()


def read_whole(original: Original) -> bytes:
    """Return what stands in a file."""
    return Path(os.fsdecode(original.path)).read_bytes()


def read_all(paths: Sequence[str]) -> list[bytes]:
    """Return what stands in each of the files of a batch."""
    return [Path(path).read_bytes() for path in paths]


def read_beside(original: Original) -> int:
    """Have a thread read a file that nobody waits for; return the process."""
    threading.Thread(target=read_whole, args=(original,), daemon=True).start()
    return os.getpid()
