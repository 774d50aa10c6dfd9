"""Single expressions of time in English, each with what it means today.

"Last" is the latest one that is over, "this" the latest one that has begun, and "two
years ago" the whole of that year. A season belongs to the year in which it begins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from librephotos.search_language import time_spans as spans
from librephotos.search_language.time_spans import (
    Days,
    EveryWeek,
    EveryYear,
    TimeFilter,
)

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
_SEASONS = {name: name for name in spans.SEASON_STARTS} | {"fall": spans.AUTUMN}
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
RULES: list[tuple[re.Pattern[str], Builder]] = []


def _rule(*patterns: str) -> Callable[[Builder], Builder]:
    def register(build: Builder) -> Builder:
        RULES.extend((re.compile(rf"{text}(?= |$)"), build) for text in patterns)
        return build

    return register


@_rule("today", "yesterday", "(?:the )?day before yesterday")
def _near_day(match: re.Match[str], today: date) -> TimeFilter:
    back = {"today": 0, "yesterday": 1}.get(match[0], 2)
    day = today - timedelta(days=back)
    return TimeFilter(spans.between(day, day))


@_rule(
    r"(?P<year>\d{4})[-/.](?P<number>\d\d?)[-/.](?P<day>\d\d?)",
    r"(?P<day>\d\d?)\.(?P<number>\d\d?)\.(?P<year>\d{4})",
    rf"{_DAY} (?:of )?{_MONTH} (?:of )?{_YEAR}",
    rf"{_MONTH} {_DAY} (?:of )?{_YEAR}",
)
def _full_date(match: re.Match[str], today: date) -> TimeFilter:
    day = date(int(match["year"]), _month_number(match), int(match["day"]))
    return TimeFilter(spans.between(day, day), spelled_out=match[0] == f"{day}")


@_rule(rf"{_YEAR}[-/](?P<number>\d\d)", rf"{_MONTH} (?:of )?{_YEAR}")
def _month_of_year(match: re.Match[str], today: date) -> TimeFilter:
    year, number = int(match["year"]), _month_number(match)
    spelled_out = match[0] == f"{year}-{number:02}"
    return TimeFilter(spans.month(year, number), spelled_out=spelled_out)


@_rule(_YEAR)
def _year(match: re.Match[str], today: date) -> TimeFilter:
    return TimeFilter(spans.year(int(match["year"])), spelled_out=True)


@_rule(rf"{_YEAR}\s?[-–]\s?(?P<other>(?:18|19|20)\d\d)")
def _years(match: re.Match[str], today: date) -> TimeFilter:
    one, other = int(match["year"]), int(match["other"])
    return TimeFilter(spans.hull(spans.year(one), spans.year(other)))


@_rule(r"(?:the )?(?P<decade>(?:18|19|20)\d)0'?s", r"the (?P<short>\d)0'?s")
def _decade(match: re.Match[str], today: date) -> TimeFilter:
    if "decade" in match.re.groupindex:
        decade = int(match["decade"])
    else:
        this_century = 200 + int(match["short"])
        decade = this_century if this_century * 10 <= today.year else this_century - 10
    return TimeFilter(spans.hull(spans.year(decade * 10), spans.year(decade * 10 + 9)))


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
    return TimeFilter(spans.between(today - timedelta(days=round(count * days)), today))


@_rule(rf"{_SEASON} (?:of |in )?{_YEAR}")
def _season_of_year(match: re.Match[str], today: date) -> TimeFilter:
    return _season_in(_SEASONS[match["season"]], int(match["year"]))


@_rule(rf"{_WHICH} {_SEASON}")
def _near_season(match: re.Match[str], today: date) -> TimeFilter:
    name = _SEASONS[match["season"]]
    choose = _latest(match["which"], today)
    return TimeFilter(
        choose(lambda year: spans.season(name, year)),
        south=choose(lambda year: spans.season(spans.OPPOSITE[name], year)),
    )


@_rule(_SEASON)
def _season(match: re.Match[str], today: date) -> TimeFilter:
    name = _SEASONS[match["season"]]
    south = spans.season_of_any_year(spans.OPPOSITE[name])
    return TimeFilter(spans.season_of_any_year(name), south, firm=False)


@_rule(rf"{_WHICH} {_MONTH}")
def _near_month(match: re.Match[str], today: date) -> TimeFilter:
    number = _month_number(match)
    choose = _latest(match["which"], today)
    return TimeFilter(choose(lambda year: spans.month(year, number)))


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
    return TimeFilter(spans.between(day, day))


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
        return spans.year(today.year - count)
    if unit == "month":
        return spans.months_before(today, count)
    if unit == "week":
        return spans.weeks_before(today, count)
    day = today - timedelta(days=count)
    return spans.between(day, day)


def _weekend(today: date, back: int) -> Days:
    sunday = spans.weeks_before(today, back).last
    return Days(sunday - 1, sunday)


def _season_in(name: str, year: int) -> TimeFilter:
    south = spans.season(spans.OPPOSITE[name], year)
    return TimeFilter(spans.season(name, year), south)


def _in_year(days: EveryYear, year: int) -> Days:
    return spans.between(date(year, *days.first), date(year, *days.last))


def _latest(which: str, today: date) -> Callable[[Callable[[int], Days]], Days]:
    """Return what finds the latest of its kind that is over, or that has begun."""
    now = today.toordinal()

    def choose(in_year: Callable[[int], Days]) -> Days:
        candidates = [in_year(today.year - back) for back in range(3)]
        if which == "last":
            return next(days for days in candidates if days.last < now)
        return next(days for days in candidates if days.first <= now)

    return choose
