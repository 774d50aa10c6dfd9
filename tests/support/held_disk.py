"""A file system that gives out its files' names, and holds what is read of some."""

from __future__ import annotations

import ctypes
import errno
import os
import select
import stat
import struct
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

# Operations and structures of linux/fuse.h, protocol 7.31.
_LOOKUP, _FORGET, _GETATTR, _OPEN, _READ, _RELEASE = 1, 2, 3, 14, 15, 18
_FLUSH, _INIT, _OPENDIR, _READDIR, _RELEASEDIR = 25, 26, 27, 28, 29
_INTERRUPT, _BATCH_FORGET = 36, 42
_ROOT, _DIRECT_IO, _MNT_DETACH = 1, 1, 2


@contextmanager
def held_disk(
    folder: Path,
    files: Mapping[str, bytes],
    *,
    held: Collection[str] = (),
    kept_open: Collection[str] = (),
    direct: bool = False,
) -> Iterator[None]:
    """Mount a file system over a folder that never answers who reads the files `held`.

    Nor does it who closes the files `kept_open`.

    A network drive that hangs does so: whoever reads there is not ended by SIGKILL,
    and gets an error when this ends, however it does. With `direct` no page of memory
    is waited for, but the answer. Skip the test if it is not allowed.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        device = os.open("/dev/fuse", os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        pytest.skip(f"needs FUSE: {error}")
    stop, stopper = os.pipe()
    silent = {_READ: held, _FLUSH: kept_open}
    disk = _Disk(device, stop, files, silent, _DIRECT_IO if direct else 0)
    thread = threading.Thread(target=disk.serve, daemon=True)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0".encode()
    try:
        if libc.mount(b"held", os.fsencode(folder), b"fuse", 0, options):
            pytest.skip(f"needs to mount FUSE: {os.strerror(ctypes.get_errno())}")
        thread.start()
        yield
    finally:
        os.close(stopper)
        if thread.ident:
            thread.join()
        os.close(device)  # all who wait get an error
        os.close(stop)
        libc.umount2(os.fsencode(folder), _MNT_DETACH)


class _Disk:
    """Answers what the kernel asks; its nodes are the root and the files in order."""

    def __init__(
        self,
        device: int,
        stop: int,
        files: Mapping[str, bytes],
        silent: Mapping[int, Collection[str]],
        open_flags: int,
    ) -> None:
        self.device, self.stop = device, stop
        self.files, self.silent = list(files.items()), silent
        self.open_flags = open_flags

    def serve(self) -> None:
        while self.stop not in select.select([self.device, self.stop], [], [])[0]:
            try:
                request = os.read(self.device, 1 << 18)
            except (BlockingIOError, FileNotFoundError):  # it was taken back
                continue
            _, operation, number, node = struct.unpack_from("<IIQQ", request)
            if operation in (_FORGET, _BATCH_FORGET, _INTERRUPT):
                continue
            silent = self.silent.get(operation)
            if silent and self.files[node - 2][0] in silent:
                continue
            answer = self._answer(operation, node, request[40:])
            failure = -errno.ENOSYS if answer is None else 0
            if answer == b"absent":
                answer, failure = b"", -errno.ENOENT
            head = struct.pack("<IiQ", 16 + len(answer or b""), failure, number)
            try:
                os.write(self.device, head + (answer or b""))
            except FileNotFoundError:  # who asked has gone
                pass

    def _answer(self, operation: int, node: int, body: bytes) -> bytes | None:
        if operation == _INIT:
            sizes = (7, 31, 1 << 17, 0, 12, 10, 1 << 17, 1, 32, 0, 0)
            return struct.pack("<IIIIHHIIHHI28x", *sizes)
        if operation == _LOOKUP:
            names = [name.encode() for name, _ in self.files]
            if body.rstrip(b"\0") not in names:
                return b"absent"
            found = names.index(body.rstrip(b"\0")) + 2
            return struct.pack("<QQQQII", found, 0, 9, 9, 0, 0) + self._facts(found)
        if operation == _GETATTR:
            return struct.pack("<QII", 9, 0, 0) + self._facts(node)
        if operation in (_OPEN, _OPENDIR):
            flags = self.open_flags if operation == _OPEN else 0
            return struct.pack("<QII", 0, flags, 0)
        if operation == _READ:
            start, size = struct.unpack_from("<8xQI", body)
            return self.files[node - 2][1][start : start + size]
        if operation == _READDIR:
            return self._listing(*struct.unpack_from("<8xQ", body))
        return b"" if operation in (_RELEASE, _RELEASEDIR, _FLUSH) else None

    def _facts(self, node: int) -> bytes:
        mode, size = stat.S_IFDIR | 0o755, 0
        if node != _ROOT:
            mode, size = stat.S_IFREG | 0o644, len(self.files[node - 2][1])
        times = (1_600_000_000,) * 3
        owner = (mode, 1, os.getuid(), os.getgid(), 0, 4096, 0)
        return struct.pack("<6Q10I", node, size, 1, *times, 0, 0, 0, *owner)

    def _listing(self, start: int) -> bytes:
        """Return all entries at once: the few names of a test fit into one answer."""
        listing = b""
        for number, (name, _) in list(enumerate(self.files, 1))[start:]:
            entry = struct.pack("<QQII", number + 1, number, len(name), 8)
            listing += (entry + name.encode()).ljust(
                -(-(24 + len(name)) // 8) * 8, b"\0"
            )
        return listing
