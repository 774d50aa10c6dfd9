"""The XMP and the comments of GIF files, which exiv2 does not read.

Sources: CompuServe, Graphics Interchange Format 89a, sections 24 (comments) and 26
(application extensions); XMP Specification part 3, 2012, section 1.1.2: the packet
stands as it is where sub-blocks should, and a "magic trailer" leads decoders out of it.
"""

import mmap
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from librephotos.media.errors import UnreadableFile
from librephotos.media.metadata_record import Metadata, merge
from librephotos.media.original import open_original
from librephotos.media.regions import Frame, read_regions
from librephotos.media.text import clean, description_by_person
from librephotos.media.xmp import read_xmp
from librephotos.media.xmp_packet import packet_values

_COMMENT, _APPLICATION, _PICTURE, _EXTENSION = 0xFE, 0xFF, 0x2C, 0x21
_XMP: Final = b"XMP DataXMP"
_MAGIC_TRAILER: Final = b"\x01\xff\xfe\xfd"
_MAX_BLOCKS: Final = 500_000
_MAX_COMMENT_BYTES: Final = 65_536


def read_gif(path: bytes | str, *, max_bytes: int) -> Metadata:
    """Return what the XMP and the first comment in the GIF file at `path` say.

    A packet longer than `max_bytes`, or one that is no XMP, is left out. Raises
    UnreadableFile if the file cannot be opened.
    """
    comment, packet = "", b""
    with (
        open_original(path) as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        for label, start, end in _extensions(data):
            if label == _COMMENT and not comment:
                blocks = data[start : min(end, start + _MAX_COMMENT_BYTES)]
                comment = clean(_joined(blocks).decode("utf-8", "surrogateescape"))
            elif label == _APPLICATION and data[start + 1 : start + 12] == _XMP:
                if end - start <= max_bytes:
                    packet = packet or _packet(data[start + 12 : end])
    found = Metadata(description=description_by_person(comment))
    if not packet:
        return found
    try:
        values = packet_values(packet)
    except UnreadableFile:
        return replace(found, warnings=("The XMP in the GIF is damaged.",))
    xmp = replace(read_xmp(values), regions=read_regions(values, Frame(0, 0, 1)))
    return merge(xmp, found)


def _extensions(data: mmap.mmap) -> Iterator[tuple[int, int, int]]:
    """Yield the label of each extension, and where its sub-blocks begin and end."""
    at = 13 + _table_length(data[10:11])
    for _ in range(_MAX_BLOCKS):
        kind = data[at : at + 1]
        if kind == bytes((_EXTENSION,)) and at + 2 < len(data):
            end = _after(data, at + 2)
            yield data[at + 1], at + 2, end
        elif kind == bytes((_PICTURE,)):
            end = _after(data, at + 11 + _table_length(data[at + 9 : at + 10]))
        else:
            return
        at = end


def _after(data: mmap.mmap, at: int) -> int:
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1


def _table_length(flags: bytes) -> int:
    return 3 * 2 ** ((flags[0] & 7) + 1) if flags and flags[0] & 0x80 else 0


def _packet(blocks: bytes) -> bytes:
    end = blocks.rfind(_MAGIC_TRAILER)
    if end >= 0:
        return blocks[:end]
    return _joined(blocks)  # some writers put the packet into sub-blocks


def _joined(blocks: bytes) -> bytes:
    parts, at = [], 0
    while at < len(blocks) and blocks[at]:
        parts.append(blocks[at + 1 : at + 1 + blocks[at]])
        at += 1 + blocks[at]
    return b"".join(parts)
