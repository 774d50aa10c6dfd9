"""Photos that meet every part of a search, in letters or in what is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from librephotos.api.models import Face, Photo, PhotoDay
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.models.people.face import FaceQuerySet
from librephotos.api.queries.library.photos import (
    GridRow,
    as_grid_rows,
    grid_rows,
    newest_first,
    rows_in_order,
)
from librephotos.search_language.query import (
    MAX_TERMS,
    Clause,
    ClauseKind,
    SearchQuery,
)
from librephotos.search_language.time_spans import Days, EveryWeek, Part

_TERM = re.compile(r'"([^"]+)"?|([^\s,"]+)')
_SHORTEST_INDEXED = 3
# PostgreSQL walks to each trigram from the beginning, so that a long term would cost
# its length squared; the index only narrows, the letters decide.
_MOST_INDEXED = 64
_SHORT_PAGE = 1000
_RECENT = 10_000
_MOST_DAYS = 2000
_AFTER_ALL_DAYS = 4_000_000
_LIKE = "api_photo.search_text LIKE %s"
_INDEXED = (
    "librephotos_search_tokens(api_photo.owner_id, api_photo.search_text)"
    " @> librephotos_search_tokens(%s, %s)"
)
# Undated photos are of no month: NULL would keep them from "not in May" as well.
_MONTH_DAY = (
    "coalesce(extract(month FROM api_photo.taken_at AT TIME ZONE 'UTC') * 100"
    " + extract(day FROM api_photo.taken_at AT TIME ZONE 'UTC'), 0)"
)
# Day 1 was a Monday.
_WEEKDAY = "api_photo.day > 0 AND (api_photo.day + 6) %% 7 = %s"


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


def exact_photos(query: SearchQuery, *, user: Any) -> PhotoQuerySet:
    """Return all the photos that `exact_page` has pages of, in no order."""
    if not query.clauses:
        return Photo.objects.none()
    found = in_letters(query, user=user)
    if differs(query):
        found |= as_meant(query, user=user)
    try:
        sql, parameters = found.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # of nobody whom the text may mean
        return Photo.objects.none()
    # The conditions name the table, which Django calls otherwise within another query.
    return _visible(user, None).filter(pk__in=RawSQL(sql, parameters))


def search(user: Any, terms: list[str], *, start: int, size: int) -> list[GridRow]:
    """Return `size` rows from `start` on of one's photos that contain every term.

    Only visible photos, newest first and undated ones last. No terms, no photos.
    """
    photos = Photo.objects.owned_by(user).visible()
    if not terms:
        return []
    if start + size <= _SHORT_PAGE:
        recent = _without_index(photos.filter(day__gte=_recent_day(user)), terms)
        rows = _page(recent, start=start, size=size)
        if len(rows) == size:
            return rows
    return _page(containing(photos, user, terms), start=start, size=size)


def _page(photos: PhotoQuerySet, *, start: int, size: int) -> list[GridRow]:
    return as_grid_rows(grid_rows(newest_first(photos))[start : start + size])


def _united(query: SearchQuery, *, user: Any, start: int, size: int) -> ExactPage:
    end = start + size
    keys: list[_Key] = []
    if end <= _SHORT_PAGE:
        # What is common fills a short page from the newest photos alone.
        keys = _newest(query, user, end, since=_recent_day(user))
    if len(keys) < end:
        keys = _newest(query, user, end, since=None)
    rows = rows_in_order([key.id for key in keys[start:]])
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


def _recent_day(user: Any) -> int:
    """Return a day from which on there are about _RECENT photos, and no more.

    A term that is common fills a short page from these alone, while the index would
    fetch all its photos to find the newest. Without such a day, one after all others.
    """
    days = PhotoDay.objects.filter(owner_id=user.pk, count__gt=0, day__gt=Photo.UNDATED)
    recent, photos = _AFTER_ALL_DAYS, 0
    for day, count in days.order_by("-day").values_list("day", "count")[:_MOST_DAYS]:
        photos += count
        if photos > _RECENT:
            break
        recent = day
    return recent


def in_letters(
    query: SearchQuery, *, user: Any, since: int | None = None
) -> PhotoQuerySet:
    """Return one's visible photos in whose text every word occurs.

    With `since`, only those of that day or later, of which there should be few.
    """
    photos = _visible(user, since)
    for clause in query.required:
        if clause.negated:
            photos = photos.exclude(_excluded(clause, user))
        else:
            for word in clause.words:
                photos = photos.filter(_containing(user, word, since))
    return photos


def as_meant(
    query: SearchQuery, *, user: Any, since: int | None = None
) -> PhotoQuerySet:
    """Return one's visible photos of the people, places and times that are meant.

    The other words occur in their text. `since` is as for `in_letters`.
    """
    photos = within(query, user=user, since=since)
    for clause in query.required:
        if clause.firm:
            continue
        if clause.named:
            photos = photos.filter(_meant(clause, user))
        else:
            photos = photos.filter(_containing(user, clause.text, since))
    return photos


def within(query: SearchQuery, *, user: Any, since: int | None = None) -> PhotoQuerySet:
    """Return the visible photos that are not out of the question.

    `since` is as for `in_letters`.
    """
    photos = _visible(user, since)
    for clause in query.clauses:
        if clause.negated:
            photos = photos.exclude(_excluded(clause, user))
        elif clause.kind is ClauseKind.PHRASE:
            photos = photos.filter(_containing(user, clause.text, since))
        elif clause.firm:
            photos = photos.filter(_meant(clause, user))
    return photos


def differs(query: SearchQuery) -> bool:
    """Whether what is meant may be found where its letters are not."""
    named = (clause for clause in query.clauses if clause.named)
    return any(clause.time is None or not clause.time.spelled_out for clause in named)


def _visible(user: Any, since: int | None) -> PhotoQuerySet:
    photos = Photo.objects.owned_by(user).visible()
    return photos if since is None else photos.filter(day__gte=since)


def _containing(user: Any, term: str, since: int | None) -> Q:
    """Return a condition that leaves the index aside where photos are few."""
    return _indexed_letters(user, term) if since is None else _letters(term)


def _excluded(clause: Clause, user: Any) -> Q:
    letters = _letters(clause.text)
    return letters | _meant(clause, user) if clause.named else letters


def _meant(clause: Clause, user: Any) -> Q:
    """Return the condition that a photo is of what a named clause is taken for."""
    if clause.kind is ClauseKind.PERSON:
        return Q(id__in=_faces(clause.ids, user).values("photo"))
    if clause.kind is ClauseKind.PLACE:
        return Q(place__in=sorted(clause.ids))
    if clause.time is None:
        return Q(video=clause.video)
    north = _within_part(clause.time.days)
    if clause.time.south is None:
        return north
    southern = Q(latitude__isnull=False, latitude__lt=0)
    return ~southern & north | southern & _within_part(clause.time.south)


def _faces(people: Iterable[int], user: Any) -> FaceQuerySet:
    """Return the faces of people, those included that are theirs in all likelihood."""
    likely = Q(
        person=None, guess__in=people, guess_probability__gte=user.confidence_person
    )
    return Face.objects.owned_by(user).shown().filter(Q(person__in=people) | likely)


def _within_part(part: Part) -> Q:
    if isinstance(part, Days):
        return Q(day__range=(part.first, part.last))
    if isinstance(part, EveryWeek):
        return _condition(_WEEKDAY, part.weekday)
    first, last = (month * 100 + day for month, day in (part.first, part.last))
    if first <= last:
        return _condition(f"{_MONTH_DAY} BETWEEN %s AND %s", first, last)
    return _condition(
        f"({_MONTH_DAY} >= %s OR {_MONTH_DAY} BETWEEN 1 AND %s)", first, last
    )


def terms_of(text: str) -> list[str]:
    """Split a query at white space and commas, keeping quoted phrases together.

    Terms are lower-case; no more than MAX_TERMS, so that nobody can ask for
    thousands of scans in one request.
    """
    # PostgreSQL text cannot hold NUL, and so nothing can match it either.
    found = _TERM.findall(text.replace("\x00", " ").lower())
    terms = (" ".join((phrase or word).split()) for phrase, word in found)
    return list(dict.fromkeys(term for term in terms if term))[:MAX_TERMS]


def containing(photos: PhotoQuerySet, user: Any, terms: list[str]) -> PhotoQuerySet:
    """Narrow photos owned by `user` to those that contain every term."""
    for term in terms:
        photos = photos.filter(_indexed_letters(user, term))
    return photos


def _indexed_letters(user: Any, term: str) -> Q:
    """Return the condition that a photo of `user` contains a term; uses the index."""
    letters = _letters(term)
    if len(term) < _SHORTEST_INDEXED:
        return letters
    return letters & _condition(_INDEXED, user.pk, term[:_MOST_INDEXED])


def _letters(term: str) -> Q:
    """Return the condition that a photo contains a term; looks at every photo."""
    return _condition(_LIKE, f"%{_escaped(term)}%")


def _without_index(photos: PhotoQuerySet, terms: list[str]) -> PhotoQuerySet:
    for term in terms:
        photos = photos.filter(_letters(term))
    return photos


def _condition(sql: str, *parameters: Any) -> Q:
    return Q(RawSQL(sql, parameters, output_field=BooleanField()))


def _escaped(term: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", term)
