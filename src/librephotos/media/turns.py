"""Turns and flips of a picture, as EXIF numbers them: 1 to 8, in sequence.

Source: CIPA DC-008 (Exif 2.32), section 4.6.4, tag 0x0112.
"""

from __future__ import annotations

_Matrix = tuple[int, int, int, int]

# Where a point right of the centre, and one below it, come to lie: x' = ax + by,
# y' = cx + dy, with y pointing down.
_MATRICES: dict[int, _Matrix] = {
    1: (1, 0, 0, 1),
    2: (-1, 0, 0, 1),
    3: (-1, 0, 0, -1),
    4: (1, 0, 0, -1),
    5: (0, 1, 1, 0),
    6: (0, -1, 1, 0),
    7: (0, -1, -1, 0),
    8: (0, 1, -1, 0),
}
_NUMBERS = {matrix: number for number, matrix in _MATRICES.items()}
_QUARTERS = (1, 6, 3, 8)
UNTURNED, FLIPPED = 1, 2
ORIENTATIONS = tuple(_MATRICES)
"""All of them in sequence."""


def turned(first: int, then: int) -> int:
    """Return the one orientation that stands for two, one applied after the other."""
    a, b, c, d = _MATRICES[then]
    e, f, g, h = _MATRICES[first]
    product = (a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h)
    return _NUMBERS[product]


def undone(orientation: int) -> int:
    """Return the orientation that takes another one back."""
    return {6: 8, 8: 6}.get(orientation, orientation)


def quarter_turns(angle: int) -> int:
    """Return the orientation of a turn clockwise, in degrees: a multiple of 90."""
    return _QUARTERS[angle // 90 % 4]


def box_turned(
    box: tuple[float, float, float, float], orientation: int
) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom, as shares of the sides, once turned."""
    a, b, c, d = _MATRICES[orientation]
    left, top, right, bottom = (side - 0.5 for side in box)
    xs = (a * left + b * top, a * right + b * bottom)
    ys = (c * left + d * top, c * right + d * bottom)
    return (min(xs) + 0.5, min(ys) + 0.5, max(xs) + 0.5, max(ys) + 0.5)
