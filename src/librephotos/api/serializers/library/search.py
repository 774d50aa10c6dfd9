"""What a search has found, and how its text was understood."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from librephotos.api.serializers.library.grid import day_groups, grid_items
from librephotos.api.services.search import SearchResult
from librephotos.search_language.query import Clause
from librephotos.search_language.time_spans import Days, EveryYear, Part, TimeFilter

_LEAP_YEAR = 2024


def flat_results(result: SearchResult, *, viewer: Any) -> list[dict[str, Any]]:
    """Return the hits as grid items that also say by what they were found."""
    items = grid_items([hit.row for hit in result.hits], viewer=viewer)
    return [
        {
            **item,
            "match": "text" if hit.similarity is None else "meaning",
            "similarity": hit.similarity and round(hit.similarity, 4),
        }
        for item, hit in zip(items, result.hits, strict=True)
    ]


def grouped_results(result: SearchResult, *, viewer: Any) -> list[dict[str, Any]]:
    """Return the hits, which must come day by day, as day groups."""
    return day_groups([hit.row for hit in result.hits], viewer=viewer)


def summary(result: SearchResult) -> dict[str, Any]:
    """Return what the text was taken for, and what became of its meaning."""
    return {
        "understood": [_clause(clause) for clause in result.query.clauses],
        "meaning": {"text": result.query.meaning, "state": result.meaning.value},
    }


def _clause(clause: Clause) -> dict[str, Any]:
    return {
        "text": clause.text,
        "kind": clause.kind.value,
        "excluded": clause.negated,
        **(_time(clause.time) if clause.time else {}),
    }


def _time(time: TimeFilter) -> dict[str, Any]:
    """Return the days that a time was understood as; `south` has its own."""
    days: dict[str, Any] = _days(time.days)
    return {**days, "south": _days(time.south)} if time.south else days


def _days(days: Part) -> dict[str, str | None]:
    """Return the first and the last day that a time was understood as, in ISO 8601.

    `--06-01` is 1 June of any year, null an end that is open; a day of the week has
    neither.
    """
    match days:
        case Days(first=first, last=last):
            begin = None if first <= 1 else date.fromordinal(first).isoformat()
            open_end = last >= date.max.toordinal()
            end = None if open_end else date.fromordinal(last).isoformat()
            return {"first": begin, "last": end}
        case EveryYear(first=opening, last=closing):
            return {"first": _any_year(*opening), "last": _any_year(*closing)}
        case _:
            return {}


def _any_year(month: int, day: int) -> str:
    """Return a day of any year; the 31st stands for the last one of each month."""
    last = calendar.monthrange(_LEAP_YEAR, month)[1]
    return f"--{month:02}-{min(day, last):02}"
