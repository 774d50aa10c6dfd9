"""The XMP and the comments of GIF files, which exiv2 does not read.

Sources: CompuServe, Graphics Interchange Format 89a, sections 24 (comments) and 26
(application extensions); XMP Specification part 3, 2012, section 1.1.2: the packet
stands as it is where sub-blocks should, and a "magic trailer" leads decoders out of it.
"""

import mmap
from dataclasses import replace
from typing import Final

from librephotos.media.errors import UnreadableFile
from librephotos.media.metadata.record import Metadata, merge
from librephotos.media.metadata.regions import Frame, read_regions
from librephotos.media.metadata.xmp import read_xmp
from librephotos.media.metadata.xmp_packet import packet_values
from librephotos.media.original import open_original
from librephotos.media.structure.gif_blocks import EXTENSION, blocks, joined
from librephotos.media.text import clean, description_by_person

_COMMENT, _APPLICATION = 0xFE, 0xFF
_XMP: Final = b"XMP DataXMP"
_MAGIC_TRAILER: Final = b"\x01\xff\xfe\xfd"
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
        for kind, at, start, end in blocks(data):
            label = data[at + 1] if kind == EXTENSION and start < len(data) else 0
            if label == _COMMENT and not comment:
                text = joined(data[start : min(end, start + _MAX_COMMENT_BYTES)])
                comment = clean(text.decode("utf-8", "surrogateescape"))
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


def _packet(data: bytes) -> bytes:
    end = data.rfind(_MAGIC_TRAILER)
    if end >= 0:
        return data[:end]
    return joined(data)  # some writers put the packet into sub-blocks
