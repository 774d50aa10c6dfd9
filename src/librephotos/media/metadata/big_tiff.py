"""The metadata of a BigTIFF, which exiv2 does not know, in the form of a TIFF.

Source: BigTIFF design, Joris Van Damme and others, 2007 (AWare Systems): 16 bytes of
header, directories with counts and offsets of 64 bits, and the types 16 to 18.
"""

import mmap
import struct
from typing import Any, Final, NamedTuple

_ORDERS: Final = {b"II+\0\x08\0\0\0": "<", b"MM\0+\0\x08\0\0": ">"}
_TYPE_SIZES: Final = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4)  # of classic types
_POINTER_CODES: Final = {4: "I", 13: "I", 16: "Q", 18: "Q"}
_MAX_ENTRIES: Final = 512
_ENTRY_BYTES, _BIG_ENTRY_BYTES = 12, 20
# Where the picture lies: strips, tiles, and directories of other pictures.
_PICTURE: Final = frozenset((0x0111, 0x0117, 0x0144, 0x0145, 0x014A))
_EXIF, _GPS, _INTEROPERABILITY, _LONG = 0x8769, 0x8825, 0xA005, 4
_POINTERS: Final = frozenset((_EXIF, _GPS, _INTEROPERABILITY))
_BELOW: Final = {0: (_EXIF, _GPS), _EXIF: (_INTEROPERABILITY,)}
"""Which directories hang on which, by the tags that lead to them; 0 is the first."""


def classic_tiff(data: bytes | mmap.mmap, *, max_bytes: int) -> bytes:
    """Return a TIFF without pixels that says what the first page of a BigTIFF does.

    b"" if `data` is no BigTIFF. Left out are values for which `max_bytes` in all have
    no room, and those that do not lie in the file.
    """
    order = _ORDERS.get(data[:8])
    if order is None or len(data) < 16:
        return b""
    copy = _Copy(data, order, left=max_bytes)
    copy.written += (b"II*\0" if order == "<" else b"MM\0*") + copy.packed("I", 8)
    copy.add_directory(struct.unpack(f"{order}Q", data[8:16])[0], kind=0)
    return bytes(copy.written)


class _Row(NamedTuple):
    """An entry of a directory of a BigTIFF."""

    tag: int
    type: int
    length: int
    field: bytes


class _Copy:
    """A classic TIFF in the making, from a BigTIFF of the same order of bytes."""

    def __init__(self, data: bytes | mmap.mmap, order: str, *, left: int) -> None:
        self.data, self.order, self.left = data, order, left
        self.written = bytearray()

    def packed(self, form: str, *values: Any) -> bytes:
        return struct.pack(self.order + form, *values)

    def add_directory(self, at: int, *, kind: int) -> None:
        """Write the directory at an offset of the BigTIFF, and those below it."""
        rows = [row for row in self._rows(at).values() if self._takes(row, kind)]
        place = len(self.written)
        self.written += self.packed("H", len(rows))
        self.written += bytes(_ENTRY_BYTES * len(rows) + 4)  # no directory follows
        for number, row in enumerate(rows):
            into = place + 2 + _ENTRY_BYTES * number
            end = into + _ENTRY_BYTES
            if row.tag in _POINTERS:
                self.written[into:end] = self.packed(
                    "HHII", row.tag, _LONG, 1, len(self.written)
                )
                code = _POINTER_CODES[row.type]
                self.add_directory(self._number(code, row.field), kind=row.tag)
            else:
                head = self.packed("HHI", *row[:3])
                self.written[into:end] = head + self._value(row)

    def _rows(self, at: int) -> dict[int, _Row]:
        """Return the entries of a directory, one for each tag."""
        head = self.data[at : at + 8]
        count = self._number("Q", head) if len(head) == 8 else 0
        body = self.data[at + 8 : at + 8 + _BIG_ENTRY_BYTES * min(count, _MAX_ENTRIES)]
        usable = len(body) // _BIG_ENTRY_BYTES * _BIG_ENTRY_BYTES
        form = struct.Struct(self.order + "HHQ8s")
        return {row[0]: _Row(*row) for row in form.iter_unpack(body[:usable])}

    def _takes(self, row: _Row, kind: int) -> bool:
        """Whether an entry is copied; if so, there is room for its value."""
        if row.tag in _POINTERS:
            return row.tag in _BELOW.get(kind, ()) and row.type in _POINTER_CODES
        size = self._size(row)
        end = self._start(row) + size if size > 8 else 0
        if row.tag in _PICTURE or not 0 < size <= self.left or end > len(self.data):
            return False
        self.left -= size
        return True

    def _value(self, row: _Row) -> bytes:
        """Return the four bytes of an entry's field, its value written if longer."""
        size, place = self._size(row), len(self.written)
        if size <= 4:
            return row.field[:4]
        start = self._start(row)
        value = self.data[start : start + size] if size > 8 else row.field[:size]
        self.written += value + bytes(size % 2)
        return self.packed("I", place)

    def _size(self, row: _Row) -> int:
        known = row.type < len(_TYPE_SIZES)
        return _TYPE_SIZES[row.type] * row.length if known else 0

    def _start(self, row: _Row) -> int:
        return self._number("Q", row.field)

    def _number(self, code: str, data: bytes) -> int:
        found: int = struct.unpack_from(self.order + code, data)[0]
        return found
