"""The XML that Sony's cameras and camcorders put into their films (XAVC).

Source: NonRealTimeMeta by the ExifTool documentation, XMP and QuickTime Tags; a box
`xml ` in the outermost `meta` (ISO/IEC 14496-12, 8.11.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from librephotos.media.text import clean

MAX_BYTES: Final = 2**20
"""Longer than these texts are: a few kB, and a line for what is changed in a film."""
_ROOT: Final = "NonRealTimeMeta"


@dataclass(frozen=True)
class FilmFacts:
    """When a film was begun, as written, and by what; "" for what is not told."""

    created: str = ""
    make: str = ""
    model: str = ""


def read_nonrealtime(text: bytes) -> FilmFacts:
    """Return what a text of Sony's says; nothing of another, or of one with a DTD.

    What stands before damage counts.
    """
    found: dict[str, Mapping[str, str]] = {}

    def begin(name: str, attributes: Mapping[str, str]) -> None:
        found.setdefault(name.rpartition(":")[2], attributes)

    def refuse(*_: object) -> None:  # entities would need one
        raise ValueError("a document type")

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text[:MAX_BYTES].rstrip(b"\0"), True)
    except expat.ExpatError:
        pass
    except ValueError:
        return FilmFacts()
    if _ROOT not in found:
        return FilmFacts()
    device = found.get("Device", {})
    return FilmFacts(
        created=clean(found.get("CreationDate", {}).get("value", "")),
        make=clean(device.get("manufacturer", "")),
        model=clean(device.get("modelName", "")),
    )
