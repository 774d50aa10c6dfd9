"""JPEG XL without metadata: the boxes of the code stream, and no others.

Orientation and colours are in the stream itself. Source: ISO/IEC 18181-2, section 9.
"""

import io
from collections.abc import Iterator

from librephotos.media.bmff import boxes
from librephotos.media.stripping.errors import NotStrippable

_SHOWN = (b"JXL ", b"ftyp", b"jxll", b"jxlc", b"jxlp")


def without_metadata(data: bytes) -> Iterator[bytes]:
    """Yield the parts of a JPEG XL file that show it.

    Raises NotStrippable if there is no code stream in it, or not all of it, and for a
    bare stream: only decoding it tells where it ends and something else begins.
    """
    if data[:2] == b"\xff\x0a":
        raise NotStrippable("The JPEG XL file is a bare stream.")
    found = boxes(io.BytesIO(data), start=0, end=len(data))
    shown = [box for box in found if box.type in _SHOWN]
    if not {b"jxlc", b"jxlp"}.intersection(box.type for box in shown):
        raise NotStrippable("The JPEG XL file is damaged or cut short.")
    for box in shown:
        yield (8 + box.length).to_bytes(4, "big") + box.type
        yield data[box.start : box.end]
