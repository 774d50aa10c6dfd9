"""What stands beside an EXIF block that is too damaged to be opened.

exiv2 gives up a whole file over its EXIF block, though the XMP and IPTC beside it are
blocks of their own. Sources: ITU-T T.81, annex B; ISO/IEC 18181-2 (the box `xml `).
"""

import mmap
from typing import BinaryIO, Final

import pyvips

from librephotos.media.files.bmff import top_level
from librephotos.media.files.jpeg_segments import EXIF, segments

_APP1, _SCAN, _END = 0xE1, 0xDA, b"\xff\xd9"
_MAX_HEAD_BYTES: Final = 64 * 2**20


def jpeg_without_exif(data: bytes | mmap.mmap) -> bytes:
    """Return the head of a JPEG, up to its picture, without its EXIF blocks."""
    kept, size = [data[:2]], 0
    for at, code, body in segments(data, 2):
        size += len(body)
        if code == _SCAN or size > _MAX_HEAD_BYTES:
            break
        if code != _APP1 or not body.startswith(EXIF):
            kept.append(data[at : at + 4] + body)
    return b"".join(kept) + _END


def xmp_block(file: BinaryIO, *, format: str, max_bytes: int) -> bytes:
    """Return the XMP packet of an open PNG, WebP or JPEG XL, b"" if there is none.

    `format` is a name of formats.FORMATS. A longer packet than `max_bytes` is none.
    """
    if format == "JXL":
        found = next((box for box in top_level(file) if box.type == b"xml "), None)
        if found is None or found.length > max_bytes:
            return b""
        file.seek(found.start)
        return file.read(found.length)
    try:
        source = pyvips.Source.new_from_descriptor(file.fileno())
        header = pyvips.Image.new_from_source(source, "")
    except pyvips.Error:
        return b""
    packet = header.get("xmp-data") if header.get_typeof("xmp-data") else b""
    return packet if len(packet) <= max_bytes else b""
