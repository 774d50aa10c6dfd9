"""Archives that are described on disk, and put together as they are sent.

A description is a SQLite file: for each file of the archive the bytes in front of it,
and which file it is. So an archive needs no room, its length is known before its first
byte is sent, and any part of it can be asked for.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from io import SEEK_CUR, SEEK_END, SEEK_SET, UnsupportedOperation
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote
from uuid import UUID

from django.conf import settings

from librephotos.api.storage.originals import Original, open_original
from librephotos.media.structure.stored_zip import StoredZip

log = logging.getLogger(__name__)

_TABLE = """
CREATE TABLE part (
    start INTEGER PRIMARY KEY,
    frame BLOB NOT NULL,
    path BLOB,
    size INTEGER NOT NULL DEFAULT 0,
    mtime_ns INTEGER NOT NULL DEFAULT 0
)
"""

_AHEAD_BYTES = 16 * 2**20
_DIRECTORY_BLOCK = 64 * 1024
_SUFFIX = ".archive"
_PARTIAL = ".part"
_HALF_WRITTEN_S = 86_400.0


class ArchiveBroken(OSError):
    """A file is not what it was when the archive was described."""


class ArchiveWriter:
    """Describes an archive; it is there once it is kept."""

    def __init__(self, archive: UUID) -> None:
        """Begin with an archive without files."""
        _folder().mkdir(mode=0o750, parents=True, exist_ok=True)
        self._path = _path(archive)
        self._partial = self._path.with_suffix(f".{os.getpid()}{_PARTIAL}")
        self._partial.unlink(missing_ok=True)
        self._zip = StoredZip()
        # Not synchronised: after a loss of power it is asked for again.
        self._rows = sqlite3.connect(self._partial, isolation_level=None)
        self._rows.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_TABLE}; BEGIN"
        )

    def add_file(
        self, name: str, path: bytes, *, size: int, mtime_ns: int, crc32: int
    ) -> None:
        """Add a file, to be read from `path` when the archive is sent."""
        start = self._zip.length
        frame = self._zip.header(
            name, size=size, crc32=crc32, modified_s=mtime_ns / 1e9
        )
        self._add(start, frame, path, size, mtime_ns)

    def add_bytes(self, name: str, data: bytes, *, crc32: int) -> None:
        """Add a file of these bytes, which are few."""
        start = self._zip.length
        frame = self._zip.header(
            name, size=len(data), crc32=crc32, modified_s=time.time()
        )
        self._add(start, frame + data)

    def keep(self) -> None:
        """Write the end of the archive, and have it found; it replaces an older one."""
        start, directory = self._zip.length, self._zip.directory()
        for at in range(0, len(directory), _DIRECTORY_BLOCK):
            self._add(start + at, directory[at : at + _DIRECTORY_BLOCK])
        self._rows.execute("COMMIT")
        self._rows.close()
        self._partial.chmod(0o640)
        self._partial.replace(self._path)

    def close(self) -> None:
        """Leave nothing of an archive that is not kept."""
        self._rows.close()
        self._partial.unlink(missing_ok=True)

    def _add(
        self,
        start: int,
        frame: bytes,
        path: bytes | None = None,
        size: int = 0,
        mtime_ns: int = 0,
    ) -> None:
        row = (start, frame, path, size, mtime_ns)
        self._rows.execute("INSERT INTO part VALUES (?, ?, ?, ?, ?)", row)


class _Part(NamedTuple):
    """A row of the description."""

    start: int
    frame: bytes
    path: bytes | None
    size: int
    mtime_ns: int

    @property
    def content(self) -> int:
        """Where the bytes of the file begin."""
        return self.start + len(self.frame)

    @property
    def end(self) -> int:
        return self.content + self.size


_LAST = "SELECT * FROM part WHERE start <= ? ORDER BY start DESC LIMIT 1"


class Archive:
    """A described archive as a file that is read from.

    `roots` are the folders that its files must lie in. Only one of the files is open at
    a time. What is not as it was described raises ArchiveBroken, so that nobody takes
    what they have got for whole.
    """

    def __init__(self, path: Path, *, roots: Collection[bytes]) -> None:
        """Open a description. Raises FileNotFoundError, ArchiveBroken."""
        path.stat()
        # Each turn of sending may be another thread's, but never two at a time.
        self._rows = sqlite3.connect(
            f"file:{quote(str(path))}?mode=ro&immutable=1",
            uri=True,
            check_same_thread=False,
        )
        self._roots = roots
        self._position = 0
        self._file: Original | None = None
        self._file_of = -1
        self._part = self._part_at(2**62)
        self.length = self._part.end

    def seekable(self) -> bool:
        """Whether any part can be read."""
        return True

    def tell(self) -> int:
        """Return where the next byte is read."""
        return self._position

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        """Go to where the next byte is to be read."""
        base = {SEEK_SET: 0, SEEK_CUR: self._position, SEEK_END: self.length}[whence]
        self._position = max(0, base + offset)
        return self._position

    def fileno(self) -> int:
        """Return the descriptor of the file that is read at the moment."""
        if self._file is None:
            raise UnsupportedOperation("fileno")
        return self._file.file.fileno()

    def piece(self) -> tuple[int, int, int] | None:
        """Return what of a file comes next: its descriptor, from where, how much.

        None where the next bytes are none of a file's. Raises ArchiveBroken.
        """
        if self._position >= self.length:
            return None
        part = self._here()
        if self._position < part.content:
            return None
        source = self._opened(part)
        at = self._position - part.content
        return source.file.fileno(), at, part.size - at

    def read(self, size: int) -> bytes:
        """Return bytes, `size` at most; b"" at the end. Raises ArchiveBroken."""
        if self._position >= self.length or not size:
            return b""
        piece = self.piece()
        if piece is None:
            at = self._position - self._part.start
            found = self._part.frame[at : at + size]
        else:
            descriptor, at, left = piece
            found = os.pread(descriptor, min(size, left), at)
            if not found:
                raise self._broken("it has become shorter")
        self._position += len(found)
        return found

    def close(self) -> None:
        """Close what is open."""
        self._let_go()
        self._rows.close()

    def _here(self) -> _Part:
        if not self._part.start <= self._position < self._part.end:
            self._part = self._part_at(self._position)
        return self._part

    def _part_at(self, position: int) -> _Part:
        try:
            row = self._rows.execute(_LAST, [position]).fetchone()
        except sqlite3.DatabaseError as error:
            raise ArchiveBroken("The archive's description is damaged.") from error
        if row is None:
            raise ArchiveBroken("The archive's description is empty.")
        return _Part(*row)

    def _opened(self, part: _Part) -> Original:
        if self._file is not None and self._file_of == part.start:
            return self._file
        self._let_go()
        assert part.path is not None
        try:
            found = open_original(part.path, roots=self._roots)
        except OSError as error:
            raise self._broken(f"{error.strerror or error}") from error
        self._file, self._file_of = found, part.start
        _read_ahead(found.file.fileno())
        if (found.size, found.mtime_ns) != (part.size, part.mtime_ns):
            raise self._broken("it was changed")
        return found

    def _broken(self, why: str) -> ArchiveBroken:
        log.warning(
            "The download of an archive breaks off at one of its files: %s", why
        )
        return ArchiveBroken(why)

    def _let_go(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _read_ahead(descriptor: int) -> None:
    """Have the system fetch what comes next, since files are small and many."""
    if hasattr(os, "posix_fadvise"):  # not on macOS
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_SEQUENTIAL)
        os.posix_fadvise(descriptor, 0, _AHEAD_BYTES, os.POSIX_FADV_WILLNEED)


def open_archive(archive: UUID, *, roots: Collection[bytes]) -> Archive | None:
    """Return an archive that is described, None if it is not."""
    with suppress(FileNotFoundError):
        return Archive(_path(archive), roots=roots)
    return None


def delete_archive(archive: UUID) -> None:
    """Remove the description of an archive, if there is one; who has it reads on."""
    _path(archive).unlink(missing_ok=True)


def described_archives() -> Iterator[UUID]:
    """Yield which archives are described; what was half written a day ago goes."""
    with suppress(FileNotFoundError), os.scandir(_folder()) as entries:
        for entry in entries:
            name = Path(entry.name)
            if name.suffix == _PARTIAL:
                _remove_if_left(Path(entry.path))
            elif name.suffix == _SUFFIX:
                with suppress(ValueError):
                    yield UUID(name.stem)


def _remove_if_left(path: Path) -> None:
    with suppress(FileNotFoundError):
        if path.stat().st_mtime < time.time() - _HALF_WRITTEN_S:
            path.unlink()


def _path(archive: UUID) -> Path:
    return _folder() / f"{archive}{_SUFFIX}"


def _folder() -> Path:
    return Path(settings.DATA) / "archives"
