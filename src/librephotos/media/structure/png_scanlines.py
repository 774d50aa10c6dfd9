"""How the pixels of a PNG lie in its rows, before these are compressed.

Source: PNG (Third Edition), W3C 2025, sections 7.2 (scanlines), 8.1 (Adam7) and 11.2.1
(IHDR).
"""

from typing import Final, NamedTuple

CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""How many samples a pixel has, by the type of colour."""


class Pass(NamedTuple):
    """Where a pass begins, how far its pixels are apart, and what one stands for."""

    left: int
    top: int
    across: int
    down: int
    wide: int
    high: int


ADAM7: Final = (
    Pass(0, 0, 8, 8, 8, 8),
    Pass(4, 0, 8, 8, 4, 8),
    Pass(0, 4, 4, 8, 4, 4),
    Pass(2, 0, 4, 4, 2, 4),
    Pass(0, 2, 2, 4, 2, 2),
    Pass(1, 0, 2, 2, 1, 2),
    Pass(0, 1, 1, 2, 1, 1),
)
_ONE_PASS: Final = (Pass(0, 0, 1, 1, 1, 1),)


class Rows(NamedTuple):
    """How many rows a pass has, and the bytes of one with its filter, 0 of none."""

    length: int
    number: int


def rows_of_passes(
    width: int, height: int, *, bits: int, interlaced: bool
) -> list[Rows]:
    """Return the rows of each pass of a picture whose pixels have so many bits."""
    found = []
    for each in ADAM7 if interlaced else _ONE_PASS:
        columns = max(0, -((each.left - width) // each.across))
        number = max(0, -((each.top - height) // each.down))
        found.append(Rows(1 + -(-columns * bits // 8) if columns else 0, number))
    return found
