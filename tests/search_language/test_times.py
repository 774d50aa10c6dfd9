from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librephotos.search_language.time_spans import Days, EveryWeek, EveryYear
from librephotos.search_language.times import time_at

TODAY = date(2026, 11, 24)  # a Tuesday


def days(text: str, today: date = TODAY) -> str | None:
    """Return the days that the whole text stands for, as FIRST..LAST."""
    words = text.split()
    found = time_at(words, today)
    if found is None or found.words != len(words):
        return None
    assert isinstance(found.time.days, Days)
    ends = (found.time.days.first, found.time.days.last)
    first, last = (date.fromordinal(day).isoformat() for day in ends)
    return first if first == last else f"{first}..{last}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", "2026-11-24"),
        ("yesterday", "2026-11-23"),
        ("day before yesterday", "2026-11-22"),
        ("2019", "2019-01-01..2019-12-31"),
        ("2019-07", "2019-07-01..2019-07-31"),
        ("2019-07-03", "2019-07-03"),
        ("3.7.2019", "2019-07-03"),
        ("3 may 2020", "2020-05-03"),
        ("may 3rd 2020", "2020-05-03"),
        ("3rd of may 2020", "2020-05-03"),
        ("feb 2020", "2020-02-01..2020-02-29"),
        ("2019 to 2021", "2019-01-01..2021-12-31"),
        ("2021 to 2019", "2019-01-01..2021-12-31"),
        ("2019-2021", "2019-01-01..2021-12-31"),
        ("between may 2019 and july 2019", "2019-05-01..2019-07-31"),
        ("from 3 may 2020 until 5 may 2020", "2020-05-03..2020-05-05"),
        ("before may 2010", "0001-01-01..2010-04-30"),
        ("since 2024", "2024-01-01..9999-12-31"),
        ("after 2024", "2025-01-01..9999-12-31"),
        ("the 90s", "1990-01-01..1999-12-31"),
        ("the 20s", "2020-01-01..2029-12-31"),
        ("1980's", "1980-01-01..1989-12-31"),
        ("this week", "2026-11-23..2026-11-29"),
        ("last week", "2026-11-16..2026-11-22"),
        ("last weekend", "2026-11-21..2026-11-22"),
        ("last month", "2026-10-01..2026-10-31"),
        ("last year", "2025-01-01..2025-12-31"),
        ("past year", "2025-11-24..2026-11-24"),
        ("last 3 days", "2026-11-21..2026-11-24"),
        ("5 days ago", "2026-11-19"),
        ("two weeks ago", "2026-11-09..2026-11-15"),
        ("a month ago", "2026-10-01..2026-10-31"),
        ("two years ago", "2024-01-01..2024-12-31"),
        ("last summer", "2026-06-01..2026-08-31"),
        ("summer 2019", "2019-06-01..2019-08-31"),
        ("winter of 2019", "2019-12-01..2020-02-29"),
        ("last winter", "2025-12-01..2026-02-28"),
        ("last november", "2025-11-01..2025-11-30"),
        ("this november", "2026-11-01..2026-11-30"),
        ("last monday", "2026-11-23"),
        ("last tuesday", "2026-11-17"),
        ("this tuesday", "2026-11-24"),
        ("last christmas", "2025-12-24..2025-12-26"),
        ("christmas 2019", "2019-12-24..2019-12-26"),
        ("new year's eve 2019", "2019-12-31"),
    ],
)
def test_an_expression_stands_for_days(text, expected):
    assert days(text) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 8, 31), "2025-06-01..2025-08-31"),
        (date(2026, 9, 1), "2026-06-01..2026-08-31"),
    ],
)
def test_last_summer_is_one_that_is_over(today, expected):
    assert days("last summer", today) == expected


@pytest.mark.parametrize(
    "text",
    ["beach", "31 february 2020", "9999 years ago", "2019x", "mar", "last", "0000-01"],
)
def test_other_words_are_no_time(text):
    assert time_at(text.split(), TODAY) is None


def test_recurring_times_are_of_any_year():
    assert time_at(["july"], TODAY).time.days == EveryYear((7, 1), (7, 31))
    assert time_at(["3", "may"], TODAY).time.days == EveryYear((5, 3), (5, 3))
    assert time_at(["sundays"], TODAY).time.days == EveryWeek(6)


def test_summer_is_in_december_south_of_the_equator():
    time = time_at(["summer"], TODAY).time
    assert time.days == EveryYear((6, 1), (8, 31))
    assert time.south == EveryYear((12, 1), (2, 31))


@pytest.mark.parametrize("text", ["summer", "christmas", "may", "march"])
def test_words_that_are_also_seen_are_not_firm(text):
    assert not time_at([text], TODAY).time.firm


WORDS = (
    "last this past the from to between and since before ago of 3 12 31 2019 2020-02"
    " 0 9999 may march summer winter christmas day days weeks months years two a 90s"
    " weekend sunday 31.2.2020 - ²"
).split()


@given(
    words=st.lists(
        st.sampled_from(WORDS) | st.text(min_size=1), min_size=1, max_size=9
    ),
    today=st.dates(),
)
def test_no_words_on_no_day_raise(words, today):
    found = time_at(words, today)
    assert found is None or 1 <= found.words <= len(words)
