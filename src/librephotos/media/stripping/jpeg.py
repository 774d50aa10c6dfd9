"""JPEG without metadata: the segments that decode the first picture, and no others.

Sources: ITU-T T.81, annex B; JFIF 1.02; ICC.1:2010, annex B.4; Adobe TN 5116.
"""

import re
from collections.abc import Iterator

from librephotos.media.limits import Parts
from librephotos.media.stripping.errors import NotStrippable
from librephotos.media.stripping.profiles import clean_profile
from librephotos.media.structure.jpeg_segments import segments
from librephotos.media.structure.orientation import (
    EXIF_MARK,
    exif_of,
    orientation_in,
)
from librephotos.media.turns import UNTURNED, turned

_END = b"\xff\xd9"
_SCAN = 0xDA
# Frames, tables, scans and restart intervals.
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_HUFFMAN, _ARITHMETIC, _QUANTISATION, _RESTARTS = 0xC4, 0xCC, 0xDB, 0xDD
# Behind 0xff: no stuffed zero, no restart and no filling.
_MARKER_IN_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_JFIF, _AVI1, _PROFILE = b"JFIF\0", b"AVI1", b"ICC_PROFILE\0"
_MOST_OF_PROFILE = 65_519  # in a segment
_JFIF_BYTES, _AVI1_BYTES, _ADOBE_BYTES = 14, 14, 12


def without_metadata(
    data: bytes,
    *,
    is_frame: bool = False,
    parts: Parts | None = None,
    turn: int = UNTURNED,
) -> Iterator[bytes]:
    """Yield the parts of a JPEG that show it, and its orientation if it is turned.

    It is turned by `turn` (media.turns) on top of what the JPEG says.
    What follows the first picture is left out: other pictures, videos, trailers.
    Raises NotStrippable if the data is no JPEG, or if its end is not marked, since
    nobody can tell then what belongs to it. The end of a frame of a film is known.
    Raises LimitExceeded for more segments than `parts` allows.
    """
    if data[:2] != b"\xff\xd8":
        raise NotStrippable("The file is no JPEG.")
    yield b"\xff\xd8"
    parts = parts or Parts()
    head, at, orientation = _head(data, parts)
    jfif = [part for part in head if part[1] == 0xE0]
    yield from jfif
    orientation = turned(orientation or UNTURNED, turn)
    if orientation > 1:
        yield _segment(0xE1, EXIF_MARK + exif_of(orientation))
    yield from _profile(head)
    yield from (part for part in head if part[1] not in (0xE0, 0xE2))
    yield from _scans(data, at, parts, is_frame=is_frame)
    yield _END


def _head(data: bytes, parts: Parts) -> tuple[list[bytes], int, int]:
    """Return the segments to keep before the first scan, its offset, the orientation.

    Raises NotStrippable if there is no scan.
    """
    kept: list[bytes] = []
    orientation = 0
    for start, code, body in segments(data, 2, parts):
        if code == _SCAN:
            return kept, start, orientation
        if code == 0xE1 and body.startswith(EXIF_MARK) and not orientation:
            orientation = orientation_in(body)
        kept += _kept(code, body)
    raise NotStrippable("The JPEG holds no picture.")


def _scans(data: bytes, at: int, parts: Parts, *, is_frame: bool) -> Iterator[bytes]:
    """Yield the scans from the one at `at` on, with the tables between them.

    Raises NotStrippable if no marker ends one of them, unless it is in a frame.
    """
    while True:
        segment = next(segments(data, at, parts), None)
        if segment is None:
            return
        start, code, body = segment
        yield from (part for part in _kept(code, body) if part[1] < 0xE0)
        at = start + 4 + len(body)
        if code != _SCAN:
            continue
        found = _MARKER_IN_SCAN.search(data, at)
        if not (found or is_frame):
            raise NotStrippable("The JPEG is cut short.")
        end = found.start() if found else len(data)
        yield data[at:end]
        at = end


def _profile(head: list[bytes]) -> Iterator[bytes]:
    """Yield the segments of the colour profile whose parts are in the head."""
    start = 4 + len(_PROFILE)
    parts = sorted(part[start:] for part in head if part[1] == 0xE2)
    profile = clean_profile(b"".join(part[2:] for part in parts))
    count = -(-len(profile) // _MOST_OF_PROFILE)
    for number in range(count):
        at = number * _MOST_OF_PROFILE
        part = profile[at : at + _MOST_OF_PROFILE]
        yield _segment(0xE2, _PROFILE + bytes((number + 1, count)) + part)


def _kept(code: int, body: bytes) -> list[bytes]:
    """Return what a copy keeps of a segment, as a list of no or one segment."""
    length = _decoding_length(code, body)
    if length:
        return [_segment(code, body[:length])]
    if code == 0xE2 and body.startswith(_PROFILE):
        return [_segment(code, body)]
    if code == 0xE0 and body.startswith(_JFIF) and len(body) >= _JFIF_BYTES:
        return [_segment(code, body[: _JFIF_BYTES - 2] + bytes(2))]  # no thumbnail
    if code == 0xE0 and body.startswith(_AVI1):  # interlaced frames of Motion JPEG
        return [_segment(code, body[:_AVI1_BYTES])]
    if code == 0xEE and body.startswith(b"Adobe") and len(body) >= _ADOBE_BYTES:
        return [_segment(code, body[:_ADOBE_BYTES])]
    return []


def _decoding_length(code: int, body: bytes) -> int:
    """Return how many bytes of a segment decoders need, 0 for other segments."""
    if code in _FRAMES and len(body) > 5:
        return 6 + 3 * body[5]
    if code == _SCAN and body:
        return 4 + 2 * body[0]
    if code == _RESTARTS:
        return 2
    if code == _ARITHMETIC:
        return len(body) // 2 * 2
    at = 0
    while code in (_HUFFMAN, _QUANTISATION) and at < len(body):
        if code == _QUANTISATION:
            length = 129 if body[at] >> 4 else 65
        else:
            length = 17 + sum(body[at + 1 : at + 17])
        if at + length > len(body):
            break
        at += length
    return at


def _segment(code: int, body: bytes) -> bytes:
    return bytes((0xFF, code)) + (len(body) + 2).to_bytes(2, "big") + body
