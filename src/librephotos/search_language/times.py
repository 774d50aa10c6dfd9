"""Expressions of time in a text: "last summer", "from 2019 to May 2021".

Single expressions are rules, each with what it means today. "Last" is the latest one
that is over, "this" the latest one that has begun, and "two years ago" the whole of
that year. A season belongs to the year in which it begins.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from librephotos.search_language.time_spans import (
    Days,
    EveryWeek,
    EveryYear,
    Part,
    TimeFilter,
)

_LONGEST = 6
"""Words that a single expression has at most."""


class Found(NamedTuple):
    """An expression, and how many words it has."""

    time: TimeFilter
    words: int


def time_at(words: Sequence[str], today: date) -> Found | None:
    """Return the longest expression that the words, in lower case, begin with."""
    found = [*_range(words, today), *_open_range(words, today), *_span(words, today)]
    return max(found, key=lambda item: item.words, default=None)


def _span(words: Sequence[str], today: date) -> Iterator[Found]:
    """Yield all expressions that the words begin with and that are one stretch."""
    text = " ".join(words[:_LONGEST])
    for pattern, build in _RULES:
        if match := pattern.match(text):
            try:
                yield Found(build(match, today), match[0].count(" ") + 1)
            except (ValueError, OverflowError):
                continue  # no such day, or a year beyond the calendar


def _dated(words: Sequence[str], today: date) -> Found | None:
    """Return the longest of them that says of which year."""
    dated = (f for f in _span(words, today) if isinstance(f.time.days, Days))
    return max(dated, key=lambda item: item.words, default=None)


def _range(words: Sequence[str], today: date) -> Iterator[Found]:
    """Yield "[from|between] A to B"."""
    opening = words[0] if words and words[0] in ("from", "between") else ""
    skipped = 1 if opening else 0
    start = _dated(words[skipped:], today)
    if start is None:
        return
    joined = skipped + start.words
    links = ("and",) if opening == "between" else ("to", "until", "till", "through")
    if words[joined : joined + 1] and words[joined] in (*links, "-", "–"):
        end = _dated(words[joined + 1 :], today)
        if end is not None:
            days = _hull(start.time.days, end.time.days)
            yield Found(TimeFilter(days), joined + 1 + end.words)


def _open_range(words: Sequence[str], today: date) -> Iterator[Found]:
    """Yield "since A" and its like."""
    found = _dated(words[1:], today)
    if found is None or not isinstance(found.time.days, Days):
        return
    days = found.time.days
    ranges = {
        "since": Days(days.first, date.max.toordinal()),
        "after": Days(days.last + 1, date.max.toordinal()),
        "before": Days(1, days.first - 1),
        "until": Days(1, days.last),
        "till": Days(1, days.last),
    }
    if words[0] in ranges:
        yield Found(TimeFilter(ranges[words[0]]), 1 + found.words)


_WINTER, _SPRING, _SUMMER, _AUTUMN = "winter", "spring", "summer", "autumn"
_OPPOSITE = {_WINTER: _SUMMER, _SUMMER: _WINTER, _SPRING: _AUTUMN, _AUTUMN: _SPRING}
_SEASON_STARTS = {_SPRING: 3, _SUMMER: 6, _AUTUMN: 9, _WINTER: 12}
"""The first months of meteorological seasons, north of the equator."""
_MONTHS = (
    "january february march april may june july august september october november"
    " december"
).split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTH_NUMBERS = (
    {name: number for number, name in enumerate(_MONTHS, 1)}
    | {name[:3]: number for number, name in enumerate(_MONTHS, 1)}
    | {"sept": 9}
)
_SEASONS = {name: name for name in _SEASON_STARTS} | {"fall": _AUTUMN}
_HOLIDAYS = {
    "christmas eve": EveryYear((12, 24), (12, 24)),
    "christmas": EveryYear((12, 24), (12, 26)),
    "xmas": EveryYear((12, 24), (12, 26)),
    "new year's eve": EveryYear((12, 31), (12, 31)),
    "new years eve": EveryYear((12, 31), (12, 31)),
    "new year's day": EveryYear((1, 1), (1, 1)),
    "halloween": EveryYear((10, 31), (10, 31)),
    "valentine's day": EveryYear((2, 14), (2, 14)),
}
_NUMBERS = {"a": 1, "an": 1} | {
    name: number
    for number, name in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), 1
    )
}
_AMBIGUOUS = ("march", "may")
"""Names of months that are other words as well."""


def _any(names: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


_MONTH = rf"(?P<month>{_any(_MONTH_NUMBERS)})\.?"
_YEAR = r"(?P<year>(?:18|19|20)\d\d)"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th|\.)?"
_SEASON = rf"(?P<season>{_any(_SEASONS)})"
_HOLIDAY = rf"(?P<holiday>{_any(_HOLIDAYS)})"
_WEEKDAY = rf"(?P<weekday>{_any(_WEEKDAYS)})"
_COUNT = rf"(?P<count>\d{{1,4}}|{_any(_NUMBERS)})"
_UNIT = r"(?P<unit>day|week|month|year)s?"
_WHICH = r"(?P<which>last|this)"

Builder = Callable[[re.Match[str], date], TimeFilter]
_RULES: list[tuple[re.Pattern[str], Builder]] = []


def _rule(*patterns: str) -> Callable[[Builder], Builder]:
    def register(build: Builder) -> Builder:
        _RULES.extend((re.compile(rf"{text}(?= |$)"), build) for text in patterns)
        return build

    return register


@_rule("today", "yesterday", "(?:the )?day before yesterday")
def _near_day(match: re.Match[str], today: date) -> TimeFilter:
    back = {"today": 0, "yesterday": 1}.get(match[0], 2)
    day = today - timedelta(days=back)
    return TimeFilter(_between(day, day))


@_rule(
    r"(?P<year>\d{4})[-/.](?P<number>\d\d?)[-/.](?P<day>\d\d?)",
    r"(?P<day>\d\d?)\.(?P<number>\d\d?)\.(?P<year>\d{4})",
    rf"{_DAY} (?:of )?{_MONTH} (?:of )?{_YEAR}",
    rf"{_MONTH} {_DAY} (?:of )?{_YEAR}",
)
def _full_date(match: re.Match[str], today: date) -> TimeFilter:
    day = date(int(match["year"]), _month_number(match), int(match["day"]))
    return TimeFilter(_between(day, day), spelled_out=match[0] == f"{day}")


@_rule(rf"{_YEAR}[-/](?P<number>\d\d)", rf"{_MONTH} (?:of )?{_YEAR}")
def _month_of_year(match: re.Match[str], today: date) -> TimeFilter:
    year, number = int(match["year"]), _month_number(match)
    spelled_out = match[0] == f"{year}-{number:02}"
    return TimeFilter(_days_of_month(year, number), spelled_out=spelled_out)


@_rule(_YEAR)
def _year(match: re.Match[str], today: date) -> TimeFilter:
    return TimeFilter(_days_of_year(int(match["year"])), spelled_out=True)


@_rule(rf"{_YEAR}\s?[-–]\s?(?P<other>(?:18|19|20)\d\d)")
def _years(match: re.Match[str], today: date) -> TimeFilter:
    one, other = int(match["year"]), int(match["other"])
    return TimeFilter(_hull(_days_of_year(one), _days_of_year(other)))


@_rule(r"(?:the )?(?P<decade>(?:18|19|20)\d)0'?s", r"the (?P<short>\d)0'?s")
def _decade(match: re.Match[str], today: date) -> TimeFilter:
    if "decade" in match.re.groupindex:
        decade = int(match["decade"])
    else:
        this_century = 200 + int(match["short"])
        decade = this_century if this_century * 10 <= today.year else this_century - 10
    return TimeFilter(_hull(_days_of_year(decade * 10), _days_of_year(decade * 10 + 9)))


@_rule(rf"{_WHICH} (?P<unit>week|month|year|weekend)")
def _unit(match: re.Match[str], today: date) -> TimeFilter:
    back = 1 if match["which"] == "last" else 0
    if match["unit"] == "weekend":
        return TimeFilter(_weekend(today, back))
    return TimeFilter(_back(today, match["unit"], back))


@_rule(rf"{_COUNT} {_UNIT} ago")
def _ago(match: re.Match[str], today: date) -> TimeFilter:
    return TimeFilter(_back(today, match["unit"], _count(match)))


@_rule(rf"(?:the )?(?:last|past) (?:{_COUNT} )?{_UNIT}")
def _recently(match: re.Match[str], today: date) -> TimeFilter:
    if match["count"] is None and not match[0].startswith(("past", "the past")):
        raise ValueError("the last one, as a whole")
    days = {"day": 1, "week": 7, "month": 30.44, "year": 365.25}[match["unit"]]
    count = _count(match) if match["count"] else 1
    return TimeFilter(_between(today - timedelta(days=round(count * days)), today))


@_rule(rf"{_SEASON} (?:of |in )?{_YEAR}")
def _season_of_year(match: re.Match[str], today: date) -> TimeFilter:
    return _season_in(_SEASONS[match["season"]], int(match["year"]))


@_rule(rf"{_WHICH} {_SEASON}")
def _near_season(match: re.Match[str], today: date) -> TimeFilter:
    name = _SEASONS[match["season"]]
    choose = _latest(match["which"], today)
    return TimeFilter(
        choose(lambda year: _days_of_season(name, year)),
        south=choose(lambda year: _days_of_season(_OPPOSITE[name], year)),
    )


@_rule(_SEASON)
def _season(match: re.Match[str], today: date) -> TimeFilter:
    name = _SEASONS[match["season"]]
    south = _season_of_any_year(_OPPOSITE[name])
    return TimeFilter(_season_of_any_year(name), south, firm=False)


@_rule(rf"{_WHICH} {_MONTH}")
def _near_month(match: re.Match[str], today: date) -> TimeFilter:
    number = _month_number(match)
    choose = _latest(match["which"], today)
    return TimeFilter(choose(lambda year: _days_of_month(year, number)))


@_rule(_MONTH)
def _month(match: re.Match[str], today: date) -> TimeFilter:
    if match["month"] not in _MONTHS:
        raise ValueError("an abbreviation alone is more likely another word")
    number = _month_number(match)
    firm = match["month"] not in _AMBIGUOUS
    days = EveryYear((number, 1), (number, 31))
    return TimeFilter(days, firm=firm, spelled_out=True)


@_rule(rf"{_DAY} (?:of )?{_MONTH}", rf"{_MONTH} {_DAY}")
def _day_of_any_year(match: re.Match[str], today: date) -> TimeFilter:
    day = date(2000, _month_number(match), int(match["day"]))  # a leap year
    return TimeFilter(EveryYear((day.month, day.day), (day.month, day.day)))


@_rule(rf"{_WHICH} {_WEEKDAY}")
def _near_weekday(match: re.Match[str], today: date) -> TimeFilter:
    least = 1 if match["which"] == "last" else 0
    back = (today.weekday() - _WEEKDAYS.index(match["weekday"]) - least) % 7 + least
    day = today - timedelta(days=back)
    return TimeFilter(_between(day, day))


@_rule(rf"{_WEEKDAY}s?")
def _weekday(match: re.Match[str], today: date) -> TimeFilter:
    days = EveryWeek(_WEEKDAYS.index(match["weekday"]))
    return TimeFilter(days, spelled_out=match[0] == match["weekday"])


@_rule(rf"{_HOLIDAY} (?:of |in )?{_YEAR}")
def _holiday_of_year(match: re.Match[str], today: date) -> TimeFilter:
    return TimeFilter(_in_year(_HOLIDAYS[match["holiday"]], int(match["year"])))


@_rule(rf"{_WHICH} {_HOLIDAY}")
def _near_holiday(match: re.Match[str], today: date) -> TimeFilter:
    days = _HOLIDAYS[match["holiday"]]
    choose = _latest(match["which"], today)
    return TimeFilter(choose(lambda year: _in_year(days, year)))


@_rule(_HOLIDAY)
def _holiday(match: re.Match[str], today: date) -> TimeFilter:
    return TimeFilter(_HOLIDAYS[match["holiday"]], firm=False)


def _month_number(match: re.Match[str]) -> int:
    if "month" in match.re.groupindex:
        return _MONTH_NUMBERS[match["month"]]
    return int(match["number"])


def _count(match: re.Match[str]) -> int:
    return _NUMBERS.get(match["count"]) or int(match["count"])


def _back(today: date, unit: str, count: int) -> Days:
    """Return the day, week, month or year that lies so many of them back."""
    if unit == "year":
        return _days_of_year(today.year - count)
    if unit == "month":
        return _month_before(today, count)
    if unit == "week":
        return _week_before(today, count)
    day = today - timedelta(days=count)
    return _between(day, day)


def _weekend(today: date, back: int) -> Days:
    sunday = _week_before(today, back).last
    return Days(sunday - 1, sunday)


def _season_in(name: str, year: int) -> TimeFilter:
    south = _days_of_season(_OPPOSITE[name], year)
    return TimeFilter(_days_of_season(name, year), south)


def _in_year(days: EveryYear, year: int) -> Days:
    return _between(date(year, *days.first), date(year, *days.last))


def _latest(which: str, today: date) -> Callable[[Callable[[int], Days]], Days]:
    """Return what finds the latest of its kind that is over, or that has begun."""
    now = today.toordinal()

    def choose(in_year: Callable[[int], Days]) -> Days:
        candidates = [in_year(today.year - back) for back in range(3)]
        if which == "last":
            return next(days for days in candidates if days.last < now)
        return next(days for days in candidates if days.first <= now)

    return choose


def _between(first: date, last: date) -> Days:
    """Return the days between two dates, whichever comes first."""
    earlier, later = sorted((first.toordinal(), last.toordinal()))
    return Days(earlier, later)


def _hull(one: Part, other: Part) -> Days:
    """Return the days from the beginning of the earlier to the end of the later."""
    assert isinstance(one, Days) and isinstance(other, Days)
    return Days(min(one.first, other.first), max(one.last, other.last))


def _days_of_year(number: int) -> Days:
    """Return the days of a year."""
    return _between(date(number, 1, 1), date(number, 12, 31))


def _days_of_month(year_number: int, number: int) -> Days:
    """Return the days of a month; raise ValueError if there is none."""
    first = date(year_number, number, 1)
    last = calendar.monthrange(year_number, number)[1]
    return _between(first, first.replace(day=last))


def _month_before(today: date, count: int) -> Days:
    """Return the days of the month that lies `count` months back."""
    months = today.year * 12 + today.month - 1 - count
    return _days_of_month(months // 12, months % 12 + 1)


def _week_before(today: date, count: int) -> Days:
    """Return the days of the week that lies `count` weeks back."""
    monday = today - timedelta(days=today.weekday(), weeks=count)
    return _between(monday, monday + timedelta(days=6))


def _days_of_season(name: str, year_number: int) -> Days:
    """Return the three months of the season that begins in a year."""
    start = _SEASON_STARTS[name]
    ends = year_number * 12 + start - 1 + 2
    return Days(
        _days_of_month(year_number, start).first,
        _days_of_month(ends // 12, ends % 12 + 1).last,
    )


def _season_of_any_year(name: str) -> EveryYear:
    """Return the three months of a season."""
    start = _SEASON_STARTS[name]
    end = (start + 1) % 12 + 1
    return EveryYear((start, 1), (end, 31))
