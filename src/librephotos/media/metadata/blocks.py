"""The blocks of metadata in a file that exiv2 does not open.

It gives up a whole file over a damaged EXIF block, though the XMP and IPTC beside it
are blocks of their own, and over an end that lacks, though EXIF stands before it.
Sources: ITU-T T.81, annex B; PNG (Third Edition), 11.3.3 and 11.3.4.4; RFC 9649,
section 2.7.1.5; ISO/IEC 18181-2 (the boxes `Exif` and `xml `).
"""

import mmap
from typing import BinaryIO, Final

import pyvips

from librephotos.media.files.bmff import top_level
from librephotos.media.files.heif_items import tiff_of_item
from librephotos.media.files.jpeg_segments import EXIF, segments
from librephotos.media.files.png_chunks import png_chunks
from librephotos.media.files.riff import riff_chunks

_APP1, _SCAN, _END = 0xE1, 0xDA, b"\xff\xd9"
_MAX_HEAD_BYTES: Final = 64 * 2**20
_CHUNKS: Final = {"PNG": png_chunks, "WebP": riff_chunks, "JXL": top_level}
_EXIF_CHUNKS: Final = {"PNG": b"eXIf", "WebP": b"EXIF", "JXL": b"Exif"}
_XMP_CHUNKS: Final = {"WebP": b"XMP ", "JXL": b"xml "}


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


def exif_block(file: BinaryIO, *, format: str, max_bytes: int) -> bytes:
    """Return the TIFF block of EXIF in an open PNG, WebP or JPEG XL, b"" for none.

    `format` is a name of formats.FORMATS. A block longer than `max_bytes`, or one that
    is not there in full, is none.
    """
    block = _content(file, _EXIF_CHUNKS[format], format, max_bytes)
    # Some writers put the mark of JPEG's EXIF segments into every format.
    return tiff_of_item(block) if format == "JXL" else block.removeprefix(EXIF)


def xmp_block(file: BinaryIO, *, format: str, max_bytes: int) -> bytes:
    """Return the XMP packet of an open PNG, WebP or JPEG XL, b"" if there is none.

    `format` is a name of formats.FORMATS. A longer packet than `max_bytes` is none.
    """
    if format != "PNG":
        return _content(file, _XMP_CHUNKS[format], format, max_bytes)
    try:
        source = pyvips.Source.new_from_descriptor(file.fileno())
        header = pyvips.Image.new_from_source(source, "")
    except pyvips.Error:
        return b""
    packet = header.get("xmp-data") if header.get_typeof("xmp-data") else b""
    return packet if len(packet) <= max_bytes else b""


def _content(file: BinaryIO, kind: bytes, format: str, max_bytes: int) -> bytes:
    """Return what the first chunk of a kind holds, b"" if it is too long or missing."""
    chunks = _CHUNKS[format](file)
    found = next((chunk for chunk in chunks if chunk.type == kind), None)
    if found is None or found.length > max_bytes:
        return b""
    file.seek(found.start)
    return file.read(found.length)
