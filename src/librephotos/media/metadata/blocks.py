"""The blocks of metadata that exiv2 does not give.

It gives up a whole file over a damaged EXIF block or colour profile, though XMP and
IPTC are blocks of their own, and over an end that lacks, though EXIF stands before it.
Sources: ITU-T T.81, annex B; PNG (Third Edition), 11.3.3 and 11.3.4.4; RFC 9649,
section 2.7.1.5; ISO/IEC 18181-2 (the boxes `Exif` and `xml `); XMP Specification
part 3, 2012, section 1.1.3.1 (extended XMP in JPEG).
"""

import mmap
import re
import struct
import zlib
from typing import BinaryIO, Final

import pyvips

from librephotos.media.structure.bmff import top_level
from librephotos.media.structure.heif_items import tiff_of_item
from librephotos.media.structure.jpeg_segments import EXIF, head_segments
from librephotos.media.structure.png_chunks import png_chunks
from librephotos.media.structure.riff import riff_chunks

_APP1, _END = 0xE1, b"\xff\xd9"
_ICC: Final = (0xE2, b"ICC_PROFILE\0")
_MAX_HEAD_BYTES: Final = 64 * 2**20
_XMP: Final = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENSION: Final = b"http://ns.adobe.com/xmp/extension/\0"
_EXTENSION_NAME = re.compile(
    rb"""HasExtendedXMP(?:\s*=\s*["']|>)\s*([0-9A-Fa-f]{32})"""
)
_PART_HEAD: Final = 40  # the name, the length of all parts, the offset of this one
_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PNG_END: Final = b"\0\0\0\0IEND\xaeB`\x82"
_PNG_PICTURE: Final = (b"IDAT", b"fdAT", b"iCCP", b"IEND")
_CHUNKS: Final = {"WebP": riff_chunks, "JXL": top_level}
_EXIF_CHUNKS: Final = {"WebP": b"EXIF", "JXL": b"Exif"}
_XMP_CHUNKS: Final = {"WebP": b"XMP ", "JXL": b"xml "}


def jpeg_head(data: bytes | mmap.mmap, *, with_exif: bool) -> bytes:
    """Return the head of a JPEG, up to its picture, without its colour profile.

    `with_exif` says whether the EXIF blocks are left in it.
    """
    left_out = (_ICC,) if with_exif else (_ICC, (_APP1, EXIF))
    kept, size = [data[:2]], 0
    for at, code, body in head_segments(data):
        size += len(body)
        if size > _MAX_HEAD_BYTES:
            break
        if not any(code == kind and body.startswith(mark) for kind, mark in left_out):
            kept.append(data[at : at + 4] + body)
    return b"".join(kept) + _END


def png_without_picture(file: BinaryIO, *, max_bytes: int) -> bytes:
    """Return an open PNG of the chunks that are there in full, without its picture.

    Chunks for which `max_bytes` in all have no room are left out.
    """
    parts, left = [_PNG_SIGNATURE], max_bytes
    for chunk in png_chunks(file):
        if chunk.type in _PNG_PICTURE or chunk.length > left:
            continue
        left -= chunk.length
        file.seek(chunk.start)
        body = file.read(chunk.length)
        if chunk.type == b"eXIf":  # some writers put JPEG's mark before it
            body = body.removeprefix(EXIF)
        parts += (len(body).to_bytes(4, "big"), chunk.type, body)
        parts.append(zlib.crc32(body, zlib.crc32(chunk.type)).to_bytes(4, "big"))
    return b"".join((*parts, _PNG_END))


def exif_block(file: BinaryIO, *, format: str, max_bytes: int) -> bytes:
    """Return the TIFF block of EXIF in an open WebP or JPEG XL, b"" for none.

    `format` is a name of formats.FORMATS. A block longer than `max_bytes`, or one that
    is not there in full, is none.
    """
    block = _content(file, _EXIF_CHUNKS[format], format, max_bytes)
    # JPEG's mark is no part of it, though some writers put it there.
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


def extended_xmp(data: bytes | mmap.mmap, *, max_bytes: int) -> bytes:
    """Return the packet that a JPEG's XMP goes on in, b"" if there is none.

    Its parts belong together by a name that the first packet tells, and each says
    where it stands. b"" too if a part lacks, or all are longer than `max_bytes`.
    """
    main, bodies = _xmp_segments(data, max_bytes)
    name = _EXTENSION_NAME.search(main)
    parts = {}
    for body in bodies:
        if name and body[:32].upper() == name[1].upper() and len(body) > _PART_HEAD:
            total, offset = struct.unpack(">II", body[32:_PART_HEAD])
            parts[offset] = total, body[_PART_HEAD:]
    whole = bytearray()
    for offset, (total, part) in sorted(parts.items()):
        if offset != len(whole):
            return b""
        whole += part
    return bytes(whole) if parts and len(whole) == total else b""


def _xmp_segments(data: bytes | mmap.mmap, max_bytes: int) -> tuple[bytes, list[bytes]]:
    """Return the first XMP segment of a JPEG and the parts of extensions."""
    main, bodies, left = b"", list[bytes](), max_bytes
    for _, code, body in head_segments(data):
        if code == _APP1 and body.startswith(_XMP):
            main = main or body
        elif code == _APP1 and body.startswith(_EXTENSION) and len(body) <= left:
            bodies.append(body.removeprefix(_EXTENSION))
            left -= len(body)
    return main, bodies


def _content(file: BinaryIO, kind: bytes, format: str, max_bytes: int) -> bytes:
    """Return what the first chunk of a kind holds, b"" if it is too long or missing."""
    chunks = _CHUNKS[format](file)
    found = next((chunk for chunk in chunks if chunk.type == kind), None)
    if found is None or found.length > max_bytes:
        return b""
    file.seek(found.start)
    return file.read(found.length)
