"""What a search has found, and how its text was understood."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any, Literal, NotRequired, TypedDict

from librephotos.api.serializers.library.grid import (
    DayGroup,
    GridItem,
    day_groups,
    grid_items,
)
from librephotos.api.services.search import SearchResult
from librephotos.search_language.query import Clause, ClauseKind
from librephotos.search_language.time_spans import Days, EveryYear, Part

_LEAP_YEAR = 2024


class FoundItem(GridItem):
    """A photo that was found by its texts, or by what it looks like."""

    match: Literal["text", "meaning"]
    similarity: float | None


class DaySpan(TypedDict, total=False):
    """The first and the last day of a time; null is an open end."""

    first: str | None
    last: str | None


class UnderstoodClause(DaySpan):
    """What a part of a search text was taken for."""

    text: str
    kind: ClauseKind
    excluded: bool
    south: NotRequired[DaySpan]


class SoughtMeaning(TypedDict):
    """What was looked for by meaning, and whether that could be done."""

    text: str
    state: str


class SearchResults(TypedDict):
    """What a search has found: the best first, or by day, the newest first."""

    understood: list[UnderstoodClause]
    meaning: SoughtMeaning
    results: list[FoundItem] | list[DayGroup]


class SearchExamples(TypedDict):
    """Texts that find something."""

    results: list[str]


def search_results(
    result: SearchResult, *, viewer: Any, grouped: bool
) -> SearchResults:
    """Return the hits and how their text was understood.

    Hits that are `grouped` by day must come day by day; in a list, each also says by
    what it was found.
    """
    rows = [hit.row for hit in result.hits]
    return {
        "results": (
            day_groups(rows, viewer=viewer)
            if grouped
            else _found_items(result, grid_items(rows, viewer=viewer))
        ),
        "understood": [_clause(clause) for clause in result.query.clauses],
        "meaning": {"text": result.query.meaning, "state": result.meaning.value},
    }


def _found_items(result: SearchResult, items: list[GridItem]) -> list[FoundItem]:
    return [
        {
            **item,
            "match": "text" if hit.similarity is None else "meaning",
            "similarity": hit.similarity and round(hit.similarity, 4),
        }
        for item, hit in zip(items, result.hits, strict=True)
    ]


def _clause(clause: Clause) -> UnderstoodClause:
    said: UnderstoodClause = {
        "text": clause.text,
        "kind": clause.kind,
        "excluded": clause.negated,
    }
    if clause.time:
        _tell_days(said, clause.time.days)
        if clause.time.south:
            said["south"] = {}
            _tell_days(said["south"], clause.time.south)
    return said


def _tell_days(said: DaySpan, days: Part) -> None:
    """Add the first and the last day that a time was understood as, in ISO 8601.

    `--06-01` is 1 June of any year, null an end that is open; a day of the week has
    neither.
    """
    match days:
        case Days(first=first, last=last):
            begin = None if first <= 1 else date.fromordinal(first).isoformat()
            open_end = last >= date.max.toordinal()
            end = None if open_end else date.fromordinal(last).isoformat()
            said.update({"first": begin, "last": end})
        case EveryYear(first=opening, last=closing):
            said.update({"first": _any_year(*opening), "last": _any_year(*closing)})


def _any_year(month: int, day: int) -> str:
    """Return a day of any year; the 31st stands for the last one of each month."""
    last = calendar.monthrange(_LEAP_YEAR, month)[1]
    return f"--{month:02}-{min(day, last):02}"
