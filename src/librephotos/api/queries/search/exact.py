"""Photos that meet every part of a search, in letters or in what is meant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from librephotos.api.models import Photo
from librephotos.api.models.photo import PhotoQuerySet
from librephotos.api.queries.library.photos import (
    GridRow,
    as_grid_rows,
    grid_rows,
    newest_first,
)
from librephotos.api.queries.search.filters import as_meant, differs, in_letters
from librephotos.api.queries.search.letters import SHORT_PAGE, recent_day, search
from librephotos.search_language.query import SearchQuery


class ExactPage(NamedTuple):
    """A page of rows, and the ids of all there are, if the page reaches their end."""

    rows: list[GridRow]
    everything: frozenset[UUID] | None


class _Key(NamedTuple):
    day: int
    taken_at: datetime | None
    id: UUID


def exact_page(query: SearchQuery, *, user: Any, start: int, size: int) -> ExactPage:
    """Return `size` photos from `start` on that meet the query, newest first.

    These are the photos in whose text every word occurs, and those of the people,
    places and times that are meant in whose text the other words occur.
    """
    if not query.clauses:
        return ExactPage([], frozenset())
    if differs(query) or any(clause.negated for clause in query.clauses):
        return _united(query, user=user, start=start, size=size)
    terms = [word for clause in query.required for word in clause.words]
    rows = search(user, terms, start=start, size=size)
    if len(rows) == size:
        return ExactPage(rows, None)
    everything = rows if start == 0 else _keys(in_letters(query, user=user), None)
    return ExactPage(rows, frozenset(row.id for row in everything))


def rows_in_order(ids: Iterable[UUID]) -> list[GridRow]:
    """Return the rows of the photos, which must exist, in the order of their ids."""
    wanted = list(ids)
    rows = as_grid_rows(grid_rows(Photo.objects.filter(pk__in=wanted)))
    by_id = {row.id: row for row in rows}
    return [by_id[id] for id in wanted if id in by_id]


def _united(query: SearchQuery, *, user: Any, start: int, size: int) -> ExactPage:
    end = start + size
    keys: list[_Key] = []
    if end <= SHORT_PAGE:
        # What is common fills a short page from the newest photos alone.
        keys = _newest(query, user, end, since=recent_day(user))
    if len(keys) < end:
        keys = _newest(query, user, end, since=None)
    rows = rows_in_order(key.id for key in keys[start:])
    complete = len(keys) < end
    return ExactPage(rows, frozenset(key.id for key in keys) if complete else None)


def _newest(
    query: SearchQuery, user: Any, end: int, *, since: int | None
) -> list[_Key]:
    """Return the first `end` photos that meet the query in letters or as meant."""
    found = set(_keys(in_letters(query, user=user, since=since), end))
    if differs(query):
        found |= set(_keys(as_meant(query, user=user, since=since), end))
    return sorted(found, key=_newest_first)[:end]


def _keys(photos: PhotoQuerySet, end: int | None) -> list[_Key]:
    rows = newest_first(photos).values_list(*_Key._fields)
    return [_Key._make(row) for row in rows[:end]]


def _newest_first(key: _Key) -> tuple[int, float, UUID]:
    # PostgreSQL puts NULL before all times when it orders from the newest on.
    taken_at = float("inf") if key.taken_at is None else key.taken_at.timestamp()
    return -key.day, -taken_at, key.id
