"""Which bytes of a body a request asks for; RFC 9110, section 14."""

from __future__ import annotations

import re

# More digits than any size has, and fewer than Python refuses to convert. No blanks can
# be shared out between two parts of it, which would take quadratic time.
_ONE_RANGE = re.compile(
    r"\s*bytes\s*=\s*(?:(\d{1,19})\s*)?-\s*(?:(\d{1,19})\s*)?",
    re.ASCII | re.IGNORECASE,
)


class UnsatisfiableRange(ValueError):
    """The bytes asked for are not in the body."""


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return (first, last) position of the one range asked for, both inclusive.

    None, meaning the whole body, without a header, for what is no byte range and for
    several ranges at once, all of which a server may ignore. Raises
    UnsatisfiableRange if not one byte of the range lies within `size`.
    """
    asked = _ONE_RANGE.fullmatch(header or "")
    first, last = asked.groups("") if asked else ("", "")
    if not (first or last):
        return None
    if not first:
        return _suffix(int(last), size)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise UnsatisfiableRange
    return int(first), min(int(last), size - 1) if last else size - 1


def _suffix(length: int, size: int) -> tuple[int, int]:
    if not (length and size):
        raise UnsatisfiableRange
    return max(0, size - length), size - 1
