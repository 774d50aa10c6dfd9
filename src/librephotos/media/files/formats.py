"""The formats we know, and how to tell them apart by content."""

import os
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from librephotos.media.errors import UnsupportedFormat, unreadable_because
from librephotos.media.files import signatures
from librephotos.media.original import open_original


class Kind(StrEnum):
    """What a file is to a photo library; the values are the contract's."""

    IMAGE = "image"
    VIDEO = "video"
    RAW = "raw"
    SIDECAR = "metadata"


@dataclass(frozen=True)
class Format:
    """A file format: its short name, media type, kind and usual extensions."""

    name: str
    mime: str
    kind: Kind
    extensions: tuple[str, ...]


def _format(name: str, mime: str, kind: Kind, *extensions: str) -> Format:
    return Format(name, mime, kind, extensions)


_ALL = (
    _format("JPEG", "image/jpeg", Kind.IMAGE, "jpg", "jpeg", "jpe", "jfif", "mpo"),
    _format("PNG", "image/png", Kind.IMAGE, "png", "apng"),
    _format("GIF", "image/gif", Kind.IMAGE, "gif"),
    _format("WebP", "image/webp", Kind.IMAGE, "webp"),
    _format("TIFF", "image/tiff", Kind.IMAGE, "tif", "tiff"),
    _format("BMP", "image/bmp", Kind.IMAGE, "bmp", "dib"),
    _format("HEIC", "image/heic", Kind.IMAGE, "heic", "heif", "hif"),
    _format("AVIF", "image/avif", Kind.IMAGE, "avif"),
    _format("JXL", "image/jxl", Kind.IMAGE, "jxl"),
    _format("DNG", "image/x-adobe-dng", Kind.RAW, "dng", "gpr"),
    _format("NEF", "image/x-nikon-nef", Kind.RAW, "nef", "nrw"),
    _format("CR2", "image/x-canon-cr2", Kind.RAW, "cr2"),
    _format("CR3", "image/x-canon-cr3", Kind.RAW, "cr3"),
    _format("CRW", "image/x-canon-crw", Kind.RAW, "crw"),
    _format("ARW", "image/x-sony-arw", Kind.RAW, "arw", "sr2", "srf"),
    _format("RW2", "image/x-panasonic-rw2", Kind.RAW, "rw2", "raw", "rwl"),
    _format("ORF", "image/x-olympus-orf", Kind.RAW, "orf"),
    _format("RAF", "image/x-fuji-raf", Kind.RAW, "raf"),
    _format("PEF", "image/x-pentax-pef", Kind.RAW, "pef"),
    _format("SRW", "image/x-samsung-srw", Kind.RAW, "srw"),
    _format("3FR", "image/x-hasselblad-3fr", Kind.RAW, "3fr", "fff"),
    _format("ERF", "image/x-epson-erf", Kind.RAW, "erf"),
    _format("KDC", "image/x-kodak-kdc", Kind.RAW, "kdc", "dcr", "dcs"),
    _format("IIQ", "image/x-phaseone-iiq", Kind.RAW, "iiq", "mos", "mef"),
    _format("MRW", "image/x-minolta-mrw", Kind.RAW, "mrw"),
    _format("X3F", "image/x-sigma-x3f", Kind.RAW, "x3f"),
    _format("MP4", "video/mp4", Kind.VIDEO, "mp4"),
    _format("M4V", "video/x-m4v", Kind.VIDEO, "m4v"),
    _format("QuickTime", "video/quicktime", Kind.VIDEO, "mov", "qt"),
    _format("3GP", "video/3gpp", Kind.VIDEO, "3gp", "3g2"),
    _format("AVI", "video/x-msvideo", Kind.VIDEO, "avi"),
    _format("Matroska", "video/x-matroska", Kind.VIDEO, "mkv"),
    _format("WebM", "video/webm", Kind.VIDEO, "webm"),
    _format("MPEG-TS", "video/mp2t", Kind.VIDEO, "mts", "m2ts"),
    _format("MPEG", "video/mpeg", Kind.VIDEO, "mpg", "mpeg", "vob"),
    _format("WMV", "video/x-ms-wmv", Kind.VIDEO, "wmv", "asf"),
    _format("XMP", "application/rdf+xml", Kind.SIDECAR, "xmp"),
)

FORMATS: dict[str, Format] = {known.name: known for known in _ALL}

CANDIDATE_EXTENSIONS: frozenset[str] = frozenset(
    f".{extension}" for known in _ALL for extension in known.extensions
)
"""Lower-case extensions, dot included, that a walk looks at."""


def sniff(path: bytes | str) -> Format:
    """Return the format of the file at `path`, judged by its content.

    The name only settles what the content leaves open: whether a text that could be
    any RDF is an XMP sidecar.

    Raises UnreadableFile if the file cannot be read or is empty, UnsupportedFormat
    if the content is of no known format.
    """
    with open_original(path) as file:
        try:
            return sniff_open(file, path)
        except OSError as error:
            raise unreadable_because(error) from error


def sniff_open(file: BinaryIO, path: bytes | str) -> Format:
    """Return what sniff does, for a file at its start that is open already.

    Raises OSError if reading fails, UnsupportedFormat as sniff does.
    """
    name = signatures.format_name(file)
    if name is None and os.fsencode(path).lower().endswith(b".xmp"):
        name = signatures.xmp_if_markup(file)
    if name is None:
        raise UnsupportedFormat(
            "The content is of no picture, video or sidecar format that we know."
        )
    return FORMATS[name]
