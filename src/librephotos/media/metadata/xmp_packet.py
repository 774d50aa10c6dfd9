"""XMP packets by themselves: sidecars, and those that films carry."""

from typing import Final

import exiv2

from librephotos.media.errors import UnreadableFile
from librephotos.media.metadata.xmp import Values, property_values

_STARTS: Final = ("<x:xmpmeta", "<x:xapmeta", "<rdf:RDF")


def packet_values(data: bytes) -> Values:
    """Return the properties of an XMP packet, by exiv2's keys.

    Raises UnreadableFile if the bytes are no XMP.
    """
    try:
        image = exiv2.ImageFactory.open(_from_root(data))
        image.readMetadata()
        return property_values(image.xmpData())
    except exiv2.Exiv2Error as error:
        raise UnreadableFile("The sidecar is no XMP that can be read.") from error


def _from_root(data: bytes) -> bytes:
    """Return the XMP in `data` as UTF-8, from its root element on.

    exiv2 knows a packet by its first bytes only, and not in UTF-16.
    """
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = data.decode("utf-16" if wide else "utf-8-sig", "replace")
    starts = [at for mark in _STARTS if (at := text.find(mark)) >= 0]
    body = text[min(starts) :] if starts else text
    if body.startswith("<rdf:RDF"):
        body = f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{body}</x:xmpmeta>'
    return body.encode()
