"""The marks by which the content of a file names its format.

Sources: the formats' own specifications; for RAW files LibRaw's identification and
the ExifTool documentation of the makers' formats. Names are keys of formats.FORMATS.
"""

import re
from typing import BinaryIO

from librephotos.media.structure.tiff import CLASSIC, Directories, Entry

HEAD_BYTES = 4096

_PREFIXES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"\xff\x0a", "JXL"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "JXL"),
    (b"FUJIFILMCCD-RAW", "RAF"),
    (b"II\x1a\x00\x00\x00HEAPCCDR", "CRW"),
    (b"\x00MRM", "MRW"),
    (b"FOVb", "X3F"),
    (b"IIRO", "ORF"),
    (b"IIRS", "ORF"),
    (b"MMOR", "ORF"),
    (b"IIU\x00", "RW2"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMV"),
    (b"\x00\x00\x01\xba", "MPEG"),
    (b"\x00\x00\x01\xb3", "MPEG"),
)
_BRANDS: dict[bytes, str] = {
    b"avif": "AVIF",
    b"avis": "AVIF",
    b"avio": "AVIF",
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"heim": "HEIC",
    b"heis": "HEIC",
    b"hevc": "HEIC",
    b"hevx": "HEIC",
    b"hevm": "HEIC",
    b"hevs": "HEIC",
    b"mif1": "HEIC",
    b"msf1": "HEIC",
    b"crx ": "CR3",
    b"qt  ": "QuickTime",
    b"M4V ": "M4V",
    b"M4VH": "M4V",
    b"M4VP": "M4V",
}
_QUICKTIME_BOXES = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_RAW_MAKES: tuple[tuple[str, str], ...] = (
    ("NIKON", "NEF"),
    ("SONY", "ARW"),
    ("PENTAX", "PEF"),
    ("RICOH", "PEF"),
    ("SAMSUNG", "SRW"),
    ("HASSELBLAD", "3FR"),
    ("SEIKO EPSON", "ERF"),
    ("EASTMAN KODAK", "KDC"),
    ("KODAK", "KDC"),
    ("PHASE ONE", "IIQ"),
    ("LEAF", "IIQ"),
    ("MAMIYA", "IIQ"),
    ("CANON", "CR2"),
    ("OLYMPUS", "ORF"),
    ("PANASONIC", "RW2"),
    ("LEICA", "RW2"),
)
# Photometric interpretations of sensor data: colour filter array and linear raw.
_SENSOR_PHOTOMETRICS = {32803, 34892}
# Nikon, Sony, Samsung, Pentax, Kodak: compressions that no ordinary TIFF uses.
_SENSOR_COMPRESSIONS = {34713, 32767, 32769, 32770, 65535, 65000, 262}
_XMP_MARKS = (b"<x:xmpmeta", b"<?xpacket begin", b"<rdf:RDF", b"<x:xapmeta")


def format_name(file: BinaryIO) -> str | None:
    """Return the name of the format that the content of `file` is in, or None."""
    head = file.read(HEAD_BYTES)
    for prefix, name in _PREFIXES:
        if head.startswith(prefix):
            return name
    return (
        _tiff_family(file, head)
        or _riff_family(head)
        or _bmff_family(head)
        or _matroska_family(head)
        or _transport_stream(head)
        or _bitmap(head)
        or _xmp(head)
    )


def xmp_if_markup(file: BinaryIO) -> str | None:
    """Return "XMP" if the content of `file` starts like XML, None if not."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    return "XMP" if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else None


def _xmp(head: bytes) -> str | None:
    text = head.replace(b"\0", b"")  # UTF-16 markup reads as ASCII without its zeros
    if not text.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
        return None
    return "XMP" if any(mark in text for mark in _XMP_MARKS) else None


def _riff_family(head: bytes) -> str | None:
    if head[:4] != b"RIFF":
        return None
    return {b"WEBP": "WebP", b"AVI ": "AVI"}.get(head[8:12])


def _matroska_family(head: bytes) -> str | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    doctype = re.search(rb"\x42\x82.(webm|matroska)", head[:128], re.DOTALL)
    return {b"webm": "WebM", b"matroska": "Matroska"}[doctype[1]] if doctype else None


def _transport_stream(head: bytes) -> str | None:
    for first, packet in ((0, 188), (4, 192)):
        marks = head[first : first + packet * 5 : packet]
        if len(marks) >= 3 and set(marks) == {0x47}:
            return "MPEG-TS"
    return None


def _bitmap(head: bytes) -> str | None:
    known_header = int.from_bytes(head[14:18], "little") in (
        12,
        40,
        52,
        56,
        64,
        108,
        124,
    )
    return "BMP" if head[:2] == b"BM" and known_header else None


def _bmff_family(head: bytes) -> str | None:
    if head[4:8] != b"ftyp":
        return "QuickTime" if head[4:8] in _QUICKTIME_BOXES else None
    size = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    compatible = [head[at : at + 4] for at in range(16, size - 3, 4)]
    return _brand(major, compatible)


def _brand(major: bytes, compatible: list[bytes]) -> str:
    if major in (b"mif1", b"msf1"):  # the general brands say neither HEVC nor AV1
        return "AVIF" if {b"avif", b"avis"} & set(compatible) else "HEIC"
    if major in _BRANDS:
        return _BRANDS[major]
    if major[:3] in (b"3gp", b"3g2", b"3ge", b"3gg"):
        return "3GP"
    still = next((b for b in compatible if _BRANDS.get(b) in ("HEIC", "AVIF")), None)
    return _BRANDS[still] if still else "MP4"


def _tiff_family(file: BinaryIO, head: bytes) -> str | None:
    if head[:4] not in CLASSIC:
        return "TIFF" if head[:4] in (b"II+\0", b"MM\0+") else None
    if head[8:10] == b"CR":
        return "CR2"

    def read(offset: int, length: int) -> bytes:
        if offset + length <= len(head):
            return head[offset : offset + length]
        file.seek(offset)
        return file.read(length)

    return _raw_or_tiff(*Directories.opened(read))


def _raw_or_tiff(tiff: Directories, first: int) -> str:
    make, sensor = "", False
    for entries in tiff.chain(first):
        if 0xC612 in entries:  # DNGVersion
            return "DNG"
        make = make or tiff.text(entries.get(0x010F)).upper()
        sensor = sensor or _holds_sensor_data(tiff, entries)
    if not sensor:
        return "TIFF"
    return next((raw for prefix, raw in _RAW_MAKES if make.startswith(prefix)), "TIFF")


def _holds_sensor_data(tiff: Directories, entries: dict[int, Entry]) -> bool:
    photometric = tiff.integers(entries.get(0x0106))
    compression = tiff.integers(entries.get(0x0103))
    return bool(
        _SENSOR_PHOTOMETRICS.intersection(photometric[:1])
        or _SENSOR_COMPRESSIONS.intersection(compression[:1])
    )
