"""How a picture is turned: all that a copy keeps of an EXIF block.

Source: CIPA DC-008 (Exif 2.32), section 4.6.4, tag 0x0112.
"""

import struct
from collections.abc import Iterable
from typing import BinaryIO

from librephotos.media.structure.bmff import Box
from librephotos.media.structure.tiff import Directories

EXIF_MARK = b"Exif\0\0"
_ORIENTATION = 0x0112
_SHORT = 3
_MAX_EXIF_BYTES = 256 * 1024  # the directory with the orientation is in front


def orientation_in(exif: bytes) -> int:
    """Return the orientation, 1 to 8, that an EXIF block states; 1 if it states none.

    The block may begin with `EXIF_MARK`.
    """
    tiff = exif.removeprefix(EXIF_MARK)
    directories, first = Directories.opened(lambda at, count: tiff[at : at + count])
    entries = directories.entries(first) if first else {}
    stated = directories.integers(entries.get(_ORIENTATION))
    return stated[0] if stated and 1 <= stated[0] <= 8 else 1


def orientation_of_chunk(file: BinaryIO, chunks: Iterable[Box], kind: bytes) -> int:
    """Return what the first chunk of a kind states as an EXIF block, else 1."""
    for chunk in chunks:
        if chunk.type == kind:
            file.seek(chunk.start)
            return orientation_in(file.read(min(chunk.length, _MAX_EXIF_BYTES)))
    return 1


def is_stated_plainly(exif: bytes) -> bool:
    """Return whether all readers see the same orientation in an EXIF block.

    They differ over types that are not the standard's, and damaged directories.
    """
    tiff = exif.removeprefix(EXIF_MARK)
    directories, first = Directories.opened(lambda at, count: tiff[at : at + count])
    entries = directories.entries(first) if first else {}
    stated = entries.get(_ORIENTATION)
    count = struct.pack(directories.order + "H", len(entries))
    is_whole = bool(first) and directories.read(first, 2) == count
    return is_whole and (not stated or (stated.type, stated.count) == (_SHORT, 1))


def exif_of(orientation: int) -> bytes:
    """Return an EXIF block, without mark, that states an orientation alone."""
    entry = struct.pack("<HHIHH", _ORIENTATION, _SHORT, 1, orientation, 0)
    return struct.pack("<2sHIH", b"II", 42, 8, 1) + entry + bytes(4)
