"""Stretches of days: the values that expressions of time come down to.

Days are ordinals as in `Photo.day`: 1 is 1 January of year 1. Weeks begin on Monday.
"""

from __future__ import annotations

from dataclasses import dataclass

MonthDay = tuple[int, int]


@dataclass(frozen=True)
class Days:
    """All days from `first` to `last`, both included."""

    first: int
    last: int


@dataclass(frozen=True)
class EveryYear:
    """The days from one month and day to another, of any year.

    `first` may come after `last`: such a stretch passes the turn of the year.
    """

    first: MonthDay
    last: MonthDay


@dataclass(frozen=True)
class EveryWeek:
    """One day of any week; Monday is 0."""

    weekday: int


Part = Days | EveryYear | EveryWeek


@dataclass(frozen=True)
class TimeFilter:
    """When a photo was taken.

    `south` replaces `days` for photos taken south of the equator, where summer is in
    December. Without `firm` the words may as well describe what is seen ("summer
    dress", "christmas tree"). What is `spelled_out` stands in the search text of each
    photo that meets it.
    """

    days: Part
    south: Part | None = None
    firm: bool = True
    spelled_out: bool = False
