"""Colour profiles without what tells of a screen or camera and its owner.

Profiles of screens hold serial numbers and names of machines in private tags. What
the profile calls itself and its copyright, which it has to have, stay.
Source: ICC.1:2022, sections 7.2, 7.3 and 9.2.
"""

import struct
from collections.abc import Iterable

_HEADER, _ENTRY = 128, struct.Struct(">4sII")
_MOST_TAGS = 100
_ID = slice(84, 100)
_PUBLIC = frozenset(
    b"A2B0 A2B1 A2B2 A2B3 B2A0 B2A1 B2A2 B2A3 D2B0 D2B1 D2B2 D2B3 B2D0 B2D1 B2D2 B2D3 "
    b"rXYZ gXYZ bXYZ rTRC gTRC bTRC kTRC wtpt bkpt chad chrm cicp lumi gamt pre0 pre1 "
    b"pre2 meas view vued tech rig0 rig2 ncl2 clro desc cprt dmnd dmdd".split()
)
_PADDING = 3


def clean_profile(profile: bytes) -> bytes:
    """Return a profile with public tags alone, the same bytes if it has no others.

    Returns b"" for what is no profile.
    """
    size = int.from_bytes(profile[:4], "big")
    if not _HEADER + 4 <= size <= len(profile) or profile[36:40] != b"acsp":
        return b""
    profile = profile[:size]
    count = min(int.from_bytes(profile[_HEADER : _HEADER + 4], "big"), _MOST_TAGS)
    start = _HEADER + 4
    table = profile[start : start + count * _ENTRY.size]
    tags = [
        (tag, at, length)
        for tag, at, length in _ENTRY.iter_unpack(table[: len(table) // 12 * 12])
        if at >= _HEADER and at + length <= size
    ]
    kept = [tag for tag in tags if tag[0] in _PUBLIC]
    end = start + count * _ENTRY.size
    if len(kept) == count and _covers(profile, end, kept):
        return profile
    # Tags of the same bytes have one copy of them; others do not lie on each other.
    if sum(length for _, length in {tag[1:] for tag in kept}) > size:
        return b""
    return _rebuilt(profile, kept) if kept else b""


def _covers(profile: bytes, end: int, tags: Iterable[tuple[bytes, int, int]]) -> bool:
    """Whether tags lie on all that follows `end`, but for zeros between them."""
    for _, at, length in sorted(tags, key=lambda tag: tag[1]):
        if at > end and (at - end > _PADDING or any(profile[end:at])):
            return False
        end = max(end, at + length)
    return not any(profile[end:]) and len(profile) - end <= _PADDING


def _rebuilt(profile: bytes, tags: list[tuple[bytes, int, int]]) -> bytes:
    table, body, placed = b"", b"", dict[tuple[int, int], int]()
    first = _HEADER + 4 + len(tags) * _ENTRY.size
    for tag, at, length in tags:
        if (at, length) not in placed:
            placed[at, length] = first + len(body)
            body += profile[at : at + length] + bytes(-length % 4)
        table += _ENTRY.pack(tag, placed[at, length], length)
    head = bytearray(profile[4:_HEADER])
    head[_ID.start - 4 : _ID.stop - 4] = bytes(16)  # it was of the whole
    whole = bytes(head) + len(tags).to_bytes(4, "big") + table + body
    return (4 + len(whole)).to_bytes(4, "big") + whole
