"""The bytes of uploads in the data folder, until they land in a user's folder."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from librephotos.full_disk import FULL, DataFolderFull

HEAD_BYTES = 4096
"""What a spool keeps in memory of its beginning, which tells the format."""

_BLOCK_BYTES = 2**20
"""Also how often it is looked whether there is room: others write at the same time."""

_PART = re.compile(r"([0-9a-f]{32})\.part", re.ASCII)
_INCOMING = re.compile(r"incoming-[0-9a-f]{32}\.part", re.ASCII)


class Spool:
    """The file of one request, written while it comes, on the disk of the data folder.

    It becomes an upload's only copy by a change of its name. Whatever raises, raises
    OSError, and `write` DataFolderFull before the disk's reserve is used.
    """

    def __init__(self) -> None:
        self.size = 0
        self.head = b""
        self._path = _folder() / f"incoming-{uuid4().hex}.part"
        self._file = open(self._path, "xb", buffering=_BLOCK_BYTES // 8)
        self._room_until = 0

    def write(self, data: bytes) -> None:
        """Add bytes."""
        if self.size < HEAD_BYTES:
            self.head = (self.head + data)[:HEAD_BYTES]
        if self.size >= self._room_until:
            _require_room(len(data))
            self._room_until = self.size + _BLOCK_BYTES
        self._file.write(data)
        self.size += len(data)

    def finish(self) -> None:
        """Hand what was written to the system; nothing is written from then on."""
        self._file.close()

    def keep_as(self, upload: UUID) -> None:
        """Become the bytes of a new upload."""
        os.rename(self._path, part_path(upload))

    def blocks(self) -> Iterator[bytes]:
        """Yield what was written, a MiB at a time."""
        with open(self._path, "rb", buffering=0) as file:
            while block := file.read(_BLOCK_BYTES):
                yield block

    def discard(self) -> None:
        """Remove the file, unless it is kept; may be called at any time."""
        with suppress(OSError):  # what is not written yet has no room
            self._file.close()
        self._path.unlink(missing_ok=True)


def free_bytes() -> int:
    """Return how many bytes uploads may take before the disk's reserve is used."""
    return shutil.disk_usage(_folder()).free - settings.MIN_FREE_MIB * 2**20


def _require_room(size: int) -> None:
    if free_bytes() < size:
        raise DataFolderFull(FULL)


def part_path(upload: UUID) -> Path:
    """Return where the bytes of an upload lie."""
    return settings.DATA / "uploads" / f"{upload.hex}.part"


def part_size(upload: UUID) -> int:
    """Return how many bytes of an upload are there."""
    try:
        return part_path(upload).stat().st_size
    except FileNotFoundError:
        return 0


def append(upload: UUID, spool: Spool, *, at: int) -> None:
    """Write a chunk into an upload, over what may lie there from a try before.

    Raises OSError, and DataFolderFull before the disk's reserve is used; then nothing
    of it takes room.
    """
    # After a restored backup it is not there, and begins anew.
    descriptor = os.open(part_path(upload), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        file.seek(at)
        try:
            for block in spool.blocks():
                _require_room(len(block))
                _write_all(file.fileno(), block)
        except DataFolderFull:
            file.truncate(at)
            raise


def holds(upload: UUID, spool: Spool, *, at: int) -> bool:
    """Whether an upload has the bytes of a chunk already."""
    with open(part_path(upload), "rb", buffering=0) as file:
        file.seek(at)
        return all(file.read(len(block)) == block for block in spool.blocks())


def md5_of(upload: UUID, *, size: int) -> str:
    """Return the MD5 of an upload, of which no more than `size` bytes count."""
    digest = hashlib.md5(usedforsecurity=False)
    with open(part_path(upload), "r+b", buffering=0) as file:
        if os.fstat(file.fileno()).st_size > size:
            file.truncate(size)
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def synchronise(upload: UUID) -> None:
    """Have the bytes of an upload survive the loss of power."""
    with open(part_path(upload), "rb", buffering=0) as file:
        os.fsync(file.fileno())


def remove_part(upload: UUID) -> None:
    """Remove the bytes of an upload."""
    part_path(upload).unlink(missing_ok=True)


def parts() -> set[UUID]:
    """Return the uploads that have bytes here."""
    names = map(_PART.fullmatch, _names())
    return {UUID(found[1]) for found in names if found}


def is_old(upload: UUID, *, age_s: float) -> bool:
    """Whether nothing was written to an upload for so many seconds."""
    return _is_old(part_path(upload), age_s)


def has_left_spools(*, age_s: float) -> bool:
    """Whether a server that died has left something of requests."""
    names = filter(_INCOMING.fullmatch, _names())
    return any(_is_old(settings.DATA / "uploads" / name, age_s) for name in names)


def remove_left_spools(*, age_s: float) -> None:
    """Remove what a server that died has left of requests."""
    for name in filter(_INCOMING.fullmatch, _names()):
        path = settings.DATA / "uploads" / name
        if _is_old(path, age_s):
            path.unlink(missing_ok=True)


def _is_old(path: Path, age_s: float) -> bool:
    try:
        return path.stat().st_mtime < time.time() - age_s
    except FileNotFoundError:
        return False


def _names() -> list[str]:
    try:
        return os.listdir(settings.DATA / "uploads")
    except FileNotFoundError:
        return []


def _folder() -> Path:
    folder: Path = settings.DATA / "uploads"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
