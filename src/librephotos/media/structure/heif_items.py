"""EXIF and XMP of HEIC and AVIF, wherever the file's index says that they lie.

Sources: ISO/IEC 14496-12:2022, 8.11.3 (iloc), 8.11.6 (iinf), 8.11.11 (idat);
ISO/IEC 23008-12:2022, annex A.2 (the item "Exif" begins with the offset of its TIFF
header, 32 bits).
"""

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from librephotos.media.structure.bmff import Box, boxes, top_level
from librephotos.media.structure.tiff import CLASSIC

MAX_ITEMS: Final = 20_000
MAX_INDEX_BYTES: Final = 4 * 2**20
"""Of a box of the index: 200 for each item, which is more than writers take."""
_WIDTHS: Final = (0, 4, 8)
MAX_PROPERTIES: Final = 1_000
_XMP_TYPE: Final = b"application/rdf+xml"


@dataclass(frozen=True)
class HeifItems:
    """The TIFF block of the EXIF item and the packet of the XMP one, b"" for none."""

    exif: bytes
    xmp: bytes


class Reader:
    """Big-endian numbers of a box, one after the other; raises EOFError at its end."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def take(self, count: int) -> bytes:
        found = self._data.read(count)
        if len(found) < count:
            raise EOFError
        return found

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

    def text(self) -> bytes:
        found = bytearray()
        while (letter := self._data.read(1)) not in (b"", b"\0"):
            found += letter
        return bytes(found)


def heif_items(file: BinaryIO, *, max_bytes: int) -> HeifItems:
    """Return the metadata items of an open HEIC or AVIF file.

    Items beyond `max_bytes`, and an index that cannot be followed, count as none.
    """
    meta = next((box for box in top_level(file) if box.type == b"meta"), None)
    if meta is None:
        return HeifItems(b"", b"")
    parts = index_parts(file, meta)
    found = {b"Exif": b"", b"mime": b""}
    try:
        kinds = dict(_kinds(file, parts))
        for item, extents in item_extents(file, parts):
            kind = kinds.get(item)
            if kind and not found[kind]:
                found[kind] = _content(file, extents, max_bytes)
    except (EOFError, OverflowError):
        pass
    return HeifItems(tiff_of_item(found[b"Exif"]), found[b"mime"])


def index_parts(file: BinaryIO, meta: Box) -> dict[bytes, Box]:
    """Return the boxes of a `meta` box by their types."""
    return {box.type: box for box in boxes(file, start=meta.start + 4, end=meta.end)}


def box_body(file: BinaryIO, box: Box | None) -> Reader:
    """Return a reader of a box's payload, of MAX_INDEX_BYTES at most.

    Raises EOFError if there is no such box.
    """
    if box is None:
        raise EOFError
    file.seek(box.start)
    return Reader(file.read(min(box.length, MAX_INDEX_BYTES)))


def _kinds(file: BinaryIO, parts: dict[bytes, Box]) -> Iterator[tuple[int, bytes]]:
    """Yield the numbers of EXIF and XMP items with their type."""
    head = box_body(file, parts.get(b"iinf"))
    version = head.number(1)
    start = parts[b"iinf"].start + (6 if version == 0 else 8)
    for box in boxes(file, start=start, end=parts[b"iinf"].end):
        entry = box_body(file, box)
        version, _ = entry.number(1), entry.number(3)
        if box.type != b"infe" or version < 2:
            continue
        item, _, kind = entry.number(2 if version == 2 else 4), entry.take(2), b""
        kind = entry.take(4)
        entry.text()  # its name
        if kind == b"Exif" or (kind == b"mime" and entry.text() == _XMP_TYPE):
            yield item, kind


def main_item(file: BinaryIO, parts: dict[bytes, Box]) -> int:
    """Return the number of the item to show; raises EOFError if none is named."""
    head = box_body(file, parts.get(b"pitm"))
    version, _ = head.number(1), head.take(3)
    return head.number(2 if version == 0 else 4)


def item_extents(
    file: BinaryIO, parts: dict[bytes, Box]
) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield the number of each item with its (offset, length) in the file.

    Raises EOFError if the index ends early.
    """
    box = box_body(file, parts.get(b"iloc"))
    version, _ = box.number(1), box.number(3)
    sizes = box.number(2)
    offset, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    if not {offset, length, base, index}.issubset(_WIDTHS):
        raise EOFError
    # An extent without numbers is the whole file: once is enough.
    most = 65_535 if offset or length else 1
    for _ in range(min(box.number(2 if version < 2 else 4), MAX_ITEMS)):
        item = box.number(2 if version < 2 else 4)
        method = box.number(2) & 15 if version else 0
        box.take(2)  # the data reference: only this file is read
        begin = box.number(base)
        extents = []
        for _ in range(min(box.number(2), most)):
            box.take(index if version else 0)
            extents.append((begin + box.number(offset), box.number(length)))
        idat = parts.get(b"idat")
        if method == 1 and idat:
            extents = [(idat.start + at, size) for at, size in extents]
        if method < 2:
            yield item, extents


def item_properties(
    file: BinaryIO, parts: dict[bytes, Box], item: int
) -> list[tuple[bytes, bytes]]:
    """Return the types and payloads of an item's properties, in their order.

    One that the index names several times comes once, so that they take no more bytes
    than the file has. Source: ISO/IEC 23008-12:2022, 9.3. Raises EOFError if the index
    ends early.
    """
    outer = parts.get(b"iprp")
    if outer is None:
        return []
    inner = {box.type: box for box in boxes(file, start=outer.start, end=outer.end)}
    store = inner.get(b"ipco")
    if store is None:
        return []
    known = list(boxes(file, start=store.start, end=store.end))[:MAX_PROPERTIES]
    table = box_body(file, inner.get(b"ipma"))
    version, flags = table.number(1), table.number(3)
    for _ in range(min(table.number(4), MAX_ITEMS)):
        owner = table.number(2 if version < 1 else 4)
        width = 2 if flags & 1 else 1
        indices = [table.number(width) for _ in range(table.number(1))]
        if owner == item:
            mask = 0x7FFF if width == 2 else 0x7F  # without the mark "essential"
            numbers = dict.fromkeys(index & mask for index in indices)
            wanted = [known[n - 1] for n in numbers if 0 < n <= len(known)]
            return [(box.type, box_body(file, box).take(box.length)) for box in wanted]
    return []


def _content(file: BinaryIO, extents: list[tuple[int, int]], max_bytes: int) -> bytes:
    """Return what stands at the extents, no more of it than the file has bytes."""
    end = os.fstat(file.fileno()).st_size
    left, parts = min(max_bytes, end), []
    for at, size in extents:
        if not left:
            break
        if at < end:
            file.seek(at)
            # A length of 0 stands for all that follows.
            parts.append(file.read(min(size or left, left)))
            left -= len(parts[-1])
    return b"".join(parts)


def tiff_of_item(item: bytes) -> bytes:
    """Return the TIFF block of an item or box "Exif", b"" if it holds none."""
    start = 4 + int.from_bytes(item[:4], "big")
    if item[start : start + 2] in (b"II", b"MM"):
        return item[start:]
    # Some writers count from elsewhere, or leave the offset out.
    found = min((at for m in CLASSIC if (at := item.find(m)) >= 0), default=-1)
    return item[found:] if 0 <= found < 64 else b""
