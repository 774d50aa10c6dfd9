"""File systems for tests that need one of their own."""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted_memory(folder: Path, *, size: str = "64m") -> Iterator[None]:
    """Mount a tmpfs over a folder for a while; skip the test if that is not allowed."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a tmpfs")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path, *, but: int) -> Path:
    """Return a file that leaves so many bytes of a folder's file system free."""
    disk = os.statvfs(folder)
    filler = folder / "filler"
    filler.write_bytes(bytes(disk.f_bavail * disk.f_frsize - but))
    return filler


@contextmanager
def silent_disk(folder: Path) -> Iterator[None]:
    """Mount over a folder a file system that never answers, as a dead network drive.

    Nobody serves the requests that the kernel puts into /dev/fuse: see mount(2) and
    fuse(4). Whoever waits for one gets an error when that is closed. Skip the test if
    it is not allowed.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        device = os.open("/dev/fuse", os.O_RDWR)
    except OSError as error:
        pytest.skip(f"needs FUSE: {error}")
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0".encode()
    try:
        if libc.mount(b"silent", os.fsencode(folder), b"fuse", 0, options):
            pytest.skip(f"needs to mount FUSE: {os.strerror(ctypes.get_errno())}")
        yield
    finally:
        os.close(device)
        libc.umount2(os.fsencode(folder), _MNT_DETACH)


_MNT_DETACH = 2
