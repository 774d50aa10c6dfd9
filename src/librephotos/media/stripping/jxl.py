"""JPEG XL without metadata: its code stream, and nothing else.

Orientation and colours are in the stream itself. Source: ISO/IEC 18181-2, section 9.
"""

import io

from librephotos.media.stripping.errors import NotStrippable
from librephotos.media.structure.bmff import boxes

BARE = b"\xff\x0a"


def code_stream(data: bytes) -> bytes:
    """Return the code stream of a JPEG XL file, with whatever follows it there.

    Raises NotStrippable if there is none, or not all of it.
    """
    if data.startswith(BARE):
        return data
    parts = []
    for box in boxes(io.BytesIO(data), start=0, end=len(data)):
        if box.type == b"jxlc":
            return data[box.start : box.end]
        if box.type == b"jxlp":  # begins with its number
            parts.append(data[box.start + 4 : box.end])
    if not parts:
        raise NotStrippable("The JPEG XL file is damaged or cut short.")
    return b"".join(parts)
