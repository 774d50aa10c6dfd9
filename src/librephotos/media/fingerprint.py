"""64-bit numbers that stand for paths and file states in columns and indexes."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

_FIRST_NS: Final = -(2**63)
_LAST_NS: Final = 2**63 - 1


def key64(*parts: bytes | int) -> int:
    """Return a signed 64-bit BLAKE2b hash of the parts, the same on every machine.

    Two of n different inputs collide with probability about n² / 2⁶⁵: one in ten
    million for two million files.
    """
    digest = blake2b(
        b"\0".join(p if isinstance(p, bytes) else b"%d" % p for p in parts),
        digest_size=8,
    ).digest()
    return int.from_bytes(digest, "big", signed=True)


def file_time(ns: int) -> int:
    """Return a file's time in nanoseconds, moved into 64 bits (1677 to 2262).

    File systems hold times far outside of that, such as 1601, the zero of Windows'
    clock, or 2446, the end of ext4's; no date is read from either.
    """
    return min(max(ns, _FIRST_NS), _LAST_NS)
