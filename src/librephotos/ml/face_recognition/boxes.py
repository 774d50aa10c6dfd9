"""Rectangles around faces, and which of two lists are the same face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels of an array, or in shares of its sides.

    Left and top are inside, right and bottom just outside, as in slices.
    """

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """The surface; 0 for a rectangle that is turned inside out."""
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def common_area(self, other: Box) -> float:
        """Return the surface that both cover."""
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        ).area

    def iou(self, other: Box) -> float:
        """Return the common surface as a share of both together, 0 to 1."""
        common = self.common_area(other)
        together = self.area + other.area - common
        return common / together if together > 0 else 0.0

    def overlap(self, other: Box) -> float:
        """Return how well two boxes of one face agree, 0 to 1, whatever their margins.

        That is the common surface as a share of the geometric mean of the two: 1 for
        equal boxes, 0.5 for a box around the whole head with twice the sides of one
        around the face, where the intersection over union falls to 0.25.
        """
        mean = (self.area * other.area) ** 0.5
        return self.common_area(other) / mean if mean > 0 else 0.0

    def clipped(self, width: float, height: float) -> Box:
        """Return the part that lies within a picture of that size."""
        left, right = (min(max(0.0, x), width) for x in (self.left, self.right))
        top, bottom = (min(max(0.0, y), height) for y in (self.top, self.bottom))
        return Box(left, top, right, bottom)

    def scaled(self, horizontal: float, vertical: float) -> Box:
        """Return the box in a picture enlarged by the two factors."""
        return Box(
            self.left * horizontal,
            self.top * vertical,
            self.right * horizontal,
            self.bottom * vertical,
        )

    def normalised(self, width: float, height: float) -> Box:
        """Return a box in pixels as shares of the picture's sides."""
        return self.scaled(1 / width, 1 / height)

    def moved(self, right: float, down: float) -> Box:
        """Return the box that many pixels to the right and down."""
        return Box(
            self.left + right, self.top + down, self.right + right, self.bottom + down
        )

    def squared(self, *, margin: float = 0.0) -> Box:
        """Return the square around the centre, as large as the longer side.

        `margin` is added on every side, as a share of that side.
        """
        x, y = self.centre
        half = max(self.width, self.height) * (0.5 + margin)
        return Box(x - half, y - half, x + half, y + half)


# Half the sides around one centre is an overlap of 0.5; equal boxes that are half a
# side apart agree by 0.5 too, and neighbouring faces hardly ever by more than 0.3.
SAME_FACE_OVERLAP = 0.4


def match_boxes(
    first: Sequence[Box],
    second: Sequence[Box],
    *,
    least_overlap: float = SAME_FACE_OVERLAP,
) -> list[tuple[int, int]]:
    """Return pairs of indexes that are the same face, best agreement first.

    Each box is in one pair at most. The measure is `Box.overlap`, since programs draw
    faces with very different margins; both lists are in the same units.
    """
    agreement = sorted(
        (-overlap, i, j)
        for i, a in enumerate(first)
        for j, b in enumerate(second)
        if (overlap := a.overlap(b)) >= least_overlap
    )
    used_first: set[int] = set()
    used_second: set[int] = set()
    pairs: list[tuple[int, int]] = []
    for _, i, j in agreement:
        if i not in used_first and j not in used_second:
            used_first.add(i)
            used_second.add(j)
            pairs.append((i, j))
    return pairs
