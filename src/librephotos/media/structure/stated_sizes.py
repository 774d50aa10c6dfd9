"""How large a picture is by its header, where no decoder opens the file to tell.

Sources: TIFF 6.0, section 8; RFC 9649, sections 2.5 to 2.7, RFC 6386, section 9.1 (VP8)
and WebP Lossless Bitstream, section 3; ISO/IEC 23008-12:2022, 6.5.3 (ispe), 6.5.10
(irot); ISO/IEC 14496-12, 12.1.4 (clap).
"""

import struct
from collections.abc import Callable, Mapping
from typing import BinaryIO, Final

from librephotos.media.structure.bmff import top_level
from librephotos.media.structure.heif_items import (
    index_parts,
    item_properties,
    main_item,
)
from librephotos.media.structure.orientation import orientation_of_chunk
from librephotos.media.structure.riff import riff_chunks
from librephotos.media.structure.tiff import opened_tiff

_Size = tuple[int, int]
_WIDTH, _HEIGHT, _ORIENTATION = 0x0100, 0x0101, 0x0112
_VP8_START: Final = b"\x9d\x01\x2a"


def stated_size(file: BinaryIO, *, format: str) -> _Size | None:
    """Return the upright width and height in pixels, None where that is not told.

    `file` is open, `format` a name of formats.FORMATS.
    """
    read = _READERS.get(format)
    try:
        size = read(file) if read else None
    except (EOFError, struct.error):
        return None
    return size if size and all(size) else None


def _tiff(file: BinaryIO) -> _Size | None:
    tiff, _, offset = opened_tiff(file)
    tags = tiff.entries(offset) if offset else {}
    width, height, turn = (
        (*tiff.integers(tags.get(tag)), 0)[0] for tag in (_WIDTH, _HEIGHT, _ORIENTATION)
    )
    return (height, width) if turn in range(5, 9) else (width, height)


def _webp(file: BinaryIO) -> _Size | None:
    file.seek(12)
    kind, _, head = struct.unpack("<4s4s10s", file.read(18))
    if kind == b"VP8X":
        width, height = (int.from_bytes(head[at : at + 3], "little") for at in (4, 7))
        turn = orientation_of_chunk(file, riff_chunks(file), b"EXIF")
        return (height + 1, width + 1) if turn > 4 else (width + 1, height + 1)
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind != b"VP8 " or head[3:6] != _VP8_START:
        return None
    width, height = struct.unpack("<HH", head[6:])
    return width & 0x3FFF, height & 0x3FFF


def _heif(file: BinaryIO) -> _Size | None:
    meta = next((box for box in top_level(file) if box.type == b"meta"), None)
    if meta is None:
        return None
    parts = index_parts(file, meta)
    told = dict(item_properties(file, parts, main_item(file, parts)))
    width, height = struct.unpack(">II", told.get(b"ispe", b"")[4:])
    if b"clap" in told:
        across, a, down, b = struct.unpack_from(">4I", told[b"clap"])
        width, height = across // max(a, 1), down // max(b, 1)
    quarters = int.from_bytes(told.get(b"irot", b"")) & 3
    return (height, width) if quarters % 2 else (width, height)


_READERS: Final[Mapping[str, Callable[[BinaryIO], _Size | None]]] = {
    "TIFF": _tiff,
    "WebP": _webp,
    "HEIC": _heif,
    "AVIF": _heif,
}
