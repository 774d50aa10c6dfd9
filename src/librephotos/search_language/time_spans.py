"""Stretches of days: the values that expressions of time come down to.

Days are ordinals as in `Photo.day`: 1 is 1 January of year 1. Weeks begin on Monday.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

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


WINTER, SPRING, SUMMER, AUTUMN = "winter", "spring", "summer", "autumn"
OPPOSITE = {WINTER: SUMMER, SUMMER: WINTER, SPRING: AUTUMN, AUTUMN: SPRING}
SEASON_STARTS = {SPRING: 3, SUMMER: 6, AUTUMN: 9, WINTER: 12}
"""The first months of meteorological seasons, north of the equator."""


def between(first: date, last: date) -> Days:
    """Return the days between two dates, whichever comes first."""
    earlier, later = sorted((first.toordinal(), last.toordinal()))
    return Days(earlier, later)


def hull(one: Part, other: Part) -> Days:
    """Return the days from the beginning of the earlier to the end of the later."""
    assert isinstance(one, Days) and isinstance(other, Days)
    return Days(min(one.first, other.first), max(one.last, other.last))


def year(number: int) -> Days:
    """Return the days of a year."""
    return between(date(number, 1, 1), date(number, 12, 31))


def month(year_number: int, number: int) -> Days:
    """Return the days of a month; raise ValueError if there is none."""
    first = date(year_number, number, 1)
    return between(first, first.replace(day=_last_day(year_number, number)))


def months_before(today: date, count: int) -> Days:
    """Return the days of the month that lies `count` months back."""
    months = today.year * 12 + today.month - 1 - count
    return month(months // 12, months % 12 + 1)


def weeks_before(today: date, count: int) -> Days:
    """Return the days of the week that lies `count` weeks back."""
    monday = today - timedelta(days=today.weekday(), weeks=count)
    return between(monday, monday + timedelta(days=6))


def season(name: str, year_number: int) -> Days:
    """Return the three months of the season that begins in a year."""
    start = SEASON_STARTS[name]
    ends = year_number * 12 + start - 1 + 2
    return Days(month(year_number, start).first, month(ends // 12, ends % 12 + 1).last)


def season_of_any_year(name: str) -> EveryYear:
    """Return the three months of a season."""
    start = SEASON_STARTS[name]
    end = (start + 1) % 12 + 1
    return EveryYear((start, 1), (end, 31))


def _last_day(year_number: int, number: int) -> int:
    return calendar.monthrange(year_number, number)[1]
