"""Numbers as callers write them in a path, a query or a body: one reading for all.

Python itself takes far more for a number: "1_000", " 7 ", digits of all scripts, "nan",
and refuses with an error of its own what has thousands of digits.
"""

from __future__ import annotations

import math
import re

LARGEST = 2**63 - 1
"""What a column for ids holds at most."""

LARGEST_ASKED = 999_999_999
"""The highest page and the largest page size that are taken as such: more than any
library needs, and of a product that PostgreSQL's offsets can hold."""

_WHOLE = re.compile(r"0*([0-9]{1,19})")
_NUMBER = re.compile(
    r"[+-]?([0-9]{1,400}\.?[0-9]{0,400}|\.[0-9]{1,400})([eE][+-]?[0-9]{1,4})?"
)


def whole_number(text: str, *, most: int = LARGEST) -> int | None:
    """Return the number from 0 to `most` that ASCII digits write, None for all else."""
    digits = _WHOLE.fullmatch(text)
    number = int(digits[1]) if digits else most + 1
    return number if number <= most else None


def finite_number(text: str) -> float | None:
    """Return the finite number that ASCII text writes as JSON may, None for all else.

    A sign in front and a point at either end are taken too, since forms send them.
    """
    number = float(text) if _NUMBER.fullmatch(text) else math.inf
    return number if math.isfinite(number) else None
