"""Finding expressions of time in a text: "last summer", "from 2019 to May 2021"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from librephotos.search_language.time_rules import RULES
from librephotos.search_language.time_spans import Days, TimeFilter, hull

LONGEST = 6
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
    text = " ".join(words[:LONGEST])
    for pattern, build in RULES:
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
            days = hull(start.time.days, end.time.days)
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
