"""A reader of TIFF directories that trusts nothing it reads.

TIFF is also the frame of EXIF blocks and of most RAW formats. Only what telling
formats apart and Apple's maker note ask for is here; exiv2 reads the rest.
Source: TIFF 6.0, Adobe 1992, section 2.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol, Self

CLASSIC = (b"II*\0", b"MM\0*")
"""How a TIFF begins that is neither a BigTIFF nor a maker's own."""
MAX_ENTRIES = 512
MAX_DIRECTORIES = 16
_WIDTH, _HEIGHT = 0x0100, 0x0101
_NEW_SUBFILE, _OLD_SUBFILE = 0x00FE, 0x00FF
_REDUCED, _MASK = 1, 4  # bits of NewSubfileType; the old one counts
_OLD_REDUCED = 2
_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 13: 4}
_ORDERS = {b"II": "<", b"MM": ">"}
_INTEGER_CODES = {1: "B", 3: "H", 4: "I", 13: "I"}


class Readable(Protocol):
    """Random access to bytes; a short answer means that the data ended."""

    def __call__(self, offset: int, length: int) -> bytes: ...


@dataclass(frozen=True)
class Entry:
    """One directory entry: tag, type, count and the four bytes of its value field."""

    tag: int
    type: int
    count: int
    field: bytes


@dataclass(frozen=True)
class Directories:
    """The directories of a TIFF block, read on demand through `read`."""

    read: Readable
    order: str  # "<" or ">"

    @classmethod
    def opened(cls, read: Readable) -> tuple[Self, int]:
        """Return the directories of a block, and the offset of the first one.

        The offset is 0 if the block does not begin as one. The number behind the order
        of bytes is not looked at: RAW formats have their own.
        """
        head = read(0, 8)
        order = _ORDERS.get(head[:2])
        if order is None or len(head) < 8:
            return cls(read, "<"), 0
        return cls(read, order), struct.unpack(order + "I", head[4:])[0]

    def entries(self, offset: int) -> dict[int, Entry]:
        """Return the entries of the directory at `offset` by tag; empty if broken.

        Of a tag that stands there twice the first counts, as for libtiff and libexif.
        """
        head = self.read(offset, 2)
        if len(head) < 2:
            return {}
        count = min(struct.unpack(self.order + "H", head)[0], MAX_ENTRIES)
        body = self.read(offset + 2, count * 12)
        form = struct.Struct(self.order + "HHI4s")
        usable = len(body) // 12 * 12
        rows = list(form.iter_unpack(body[:usable]))
        return {row[0]: Entry(*row) for row in reversed(rows)}

    def next_offset(self, offset: int) -> int:
        """Return where the directory after the one at `offset` lies, 0 for none."""
        head = self.read(offset, 2)
        if len(head) < 2:
            return 0
        count = struct.unpack(self.order + "H", head)[0]
        tail = self.read(offset + 2 + count * 12, 4)
        return struct.unpack(self.order + "I", tail)[0] if len(tail) == 4 else 0

    def value_bytes(self, entry: Entry) -> bytes:
        """Return the raw value of `entry`, at most 64 KiB of it."""
        size = min(_TYPE_SIZES.get(entry.type, 0) * entry.count, 65_536)
        if size <= 4:
            return entry.field[:size]
        return self.read(struct.unpack(self.order + "I", entry.field)[0], size)

    def integers(self, entry: Entry | None) -> tuple[int, ...]:
        """Return the whole numbers of `entry`, none if it holds something else."""
        code = _INTEGER_CODES.get(entry.type) if entry else None
        if entry is None or code is None:
            return ()
        data = self.value_bytes(entry)
        count = len(data) // _TYPE_SIZES[entry.type]
        usable = data[: count * _TYPE_SIZES[entry.type]]
        return struct.unpack(f"{self.order}{count}{code}", usable)

    def text(self, entry: Entry | None) -> str:
        """Return the ASCII text of `entry` without padding, "" if there is none."""
        if entry is None or entry.type != 2:
            return ""
        value = self.value_bytes(entry).split(b"\0", 1)[0]
        return value.decode("latin-1").strip()

    def chain(self, first: int) -> Iterator[dict[int, Entry]]:
        """Yield the directories linked from `first` and their sub-directories."""
        waiting, seen = [first], set[int]()
        while waiting and len(seen) < MAX_DIRECTORIES:
            offset = waiting.pop(0)
            if not offset or offset in seen:
                continue
            seen.add(offset)
            found = self.entries(offset)
            yield found
            waiting += self.integers(found.get(0x014A))  # SubIFDs
            waiting.append(self.next_offset(offset))

    def main_page(self, first: int) -> tuple[int, int]:
        """Return the number and the offset of the page to show, (0, `first`) mostly.

        Where the first is a reduced version of another image (TIFF 6.0, section 8,
        NewSubfileType), that is the first page that is none, and is larger.
        """
        start = self.entries(first)
        offset, seen = first, set[int]()
        while self._is_reduced(start) and offset and len(seen) < MAX_DIRECTORIES:
            entries = self.entries(offset)
            if not self._is_reduced(entries) and self._area(entries) > self._area(
                start
            ):
                return len(seen), offset
            seen.add(offset)
            offset = self.next_offset(offset)
            if offset in seen:
                break
        return 0, first

    def _is_reduced(self, entries: dict[int, Entry]) -> bool:
        kind = (*self.integers(entries.get(_NEW_SUBFILE)), 0)[0]
        old = (*self.integers(entries.get(_OLD_SUBFILE)), 0)[0]
        return bool(kind & (_REDUCED | _MASK)) or old == _OLD_REDUCED

    def _area(self, entries: dict[int, Entry]) -> int:
        width, height = (
            (*self.integers(entries.get(tag)), 0)[0] for tag in (_WIDTH, _HEIGHT)
        )
        return width * height


def opened_tiff(file: BinaryIO) -> tuple[Directories, int, int]:
    """Return the directories of a file, and number and offset of the page to show.

    The offset is 0 for what is no classic TIFF; its first page is the one to show.
    """

    def read(offset: int, length: int) -> bytes:
        file.seek(min(offset, os.fstat(file.fileno()).st_size))
        return file.read(length)

    tiff, first = Directories.opened(read)
    if not first or read(0, 4) not in CLASSIC:
        return tiff, 0, 0
    return tiff, *tiff.main_page(first)


def page_option(file: BinaryIO) -> dict[str, int]:
    """Return what libvips has to be told to load the page of a TIFF that is shown."""
    _, page, _ = opened_tiff(file)
    return {"page": page} if page else {}


def with_main_page_first(data: bytes) -> bytes:
    """Return a TIFF whose first page is the one to show."""
    tiff, first = Directories.opened(lambda at, length: data[at : at + length])
    if not first or data[:4] not in CLASSIC:
        return data
    page, offset = tiff.main_page(first)
    changed = data[:4] + struct.pack(tiff.order + "I", offset) + data[8:]
    return changed if page else data
