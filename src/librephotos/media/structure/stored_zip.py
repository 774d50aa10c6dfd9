"""ZIP archives whose files are stored as they are: all that stands around these.

Who knows size and CRC-32 of each file beforehand knows the whole archive: its length,
where each file begins, and every byte that is none of a file's. Format: PKWARE's
APPNOTE 6.3.10; times in UTC as Info-ZIP writes them (extra field 0x5455).
"""

from __future__ import annotations

import struct
import time
from io import SEEK_SET, BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

_REGULAR_FILE = 0o100644 << 16
_UNIX = 3
_TIMESTAMP = struct.Struct("<HHBi")
_FIRST, _LAST = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)
"""The times that MS-DOS knows, which every archive states."""


class StoredZip:
    """An archive of which only the bytes around the files are written.

    `length` is how long it is so far, with the bytes of its files.
    """

    def __init__(self) -> None:
        """Begin an archive without files."""
        self.length = 0
        self._entries: list[ZipInfo] = []

    def header(self, name: str, *, size: int, crc32: int, modified_s: float) -> bytes:
        """Return the bytes in front of the next file, of `size` bytes.

        `modified_s` is its time in seconds since 1970.
        """
        entry = ZipInfo(name, _dos_time(modified_s))
        entry.compress_type = ZIP_STORED
        entry.create_system = _UNIX
        entry.external_attr = _REGULAR_FILE
        entry.file_size = entry.compress_size = size
        entry.CRC = crc32
        entry.header_offset = self.length
        if -(2**31) <= modified_s < 2**31:
            entry.extra = _TIMESTAMP.pack(0x5455, 5, 1, int(modified_s // 1))
        header = entry.FileHeader()
        self._entries.append(entry)
        self.length += len(header) + size
        return header

    def directory(self) -> bytes:
        """Return the bytes behind the last file; nothing is added any more."""
        tail = _Tail(self.length)
        archive = ZipFile(tail, "w")
        archive.filelist = self._entries
        archive.close()
        self.length = tail.tell()
        return tail.getvalue()


class _Tail(BytesIO):
    """The end of a file that is not there, from the position `at` on."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self._at = at

    def tell(self) -> int:
        return self._at + super().tell()

    def seek(self, position: int, whence: int = SEEK_SET) -> int:
        before = self._at if whence == SEEK_SET else 0
        return self._at + super().seek(position - before, whence)


def _dos_time(modified_s: float) -> tuple[int, int, int, int, int, int]:
    try:
        written = time.localtime(modified_s)[:6]
    except (OverflowError, OSError, ValueError):
        return _FIRST
    return min(max(written, _FIRST), _LAST)
