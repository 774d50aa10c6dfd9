"""Searches as conditions on photos."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from librephotos.api.models import Face, Photo
from librephotos.api.models.face import FaceQuerySet
from librephotos.api.models.photo import PhotoQuerySet
from librephotos.api.queries.search.letters import containing_term, with_letters
from librephotos.search_language.query import Clause, ClauseKind, SearchQuery
from librephotos.search_language.time_spans import Days, EveryWeek, Part

# Undated photos are of no month: NULL would keep them from "not in May" as well.
_MONTH_DAY = (
    "coalesce(extract(month FROM api_photo.taken_at AT TIME ZONE 'UTC') * 100"
    " + extract(day FROM api_photo.taken_at AT TIME ZONE 'UTC'), 0)"
)
# Day 1 was a Monday.
_WEEKDAY = "api_photo.day > 0 AND (api_photo.day + 6) %% 7 = %s"


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


def _visible(user: Any, since: int | None) -> PhotoQuerySet:
    photos = Photo.objects.owned_by(user).visible()
    return photos if since is None else photos.filter(day__gte=since)


def _containing(user: Any, term: str, since: int | None) -> Q:
    """Return a condition that leaves the index aside where photos are few."""
    return containing_term(user, term) if since is None else with_letters(term)


def differs(query: SearchQuery) -> bool:
    """Whether what is meant may be found where its letters are not."""
    named = (clause for clause in query.clauses if clause.named)
    return any(clause.time is None or not clause.time.spelled_out for clause in named)


def _excluded(clause: Clause, user: Any) -> Q:
    letters = with_letters(clause.text)
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
        return _sql(_WEEKDAY, part.weekday)
    first, last = (month * 100 + day for month, day in (part.first, part.last))
    if first <= last:
        return _sql(f"{_MONTH_DAY} BETWEEN %s AND %s", first, last)
    return _sql(f"({_MONTH_DAY} >= %s OR {_MONTH_DAY} BETWEEN 1 AND %s)", first, last)


def _sql(condition: str, *parameters: int) -> Q:
    return Q(RawSQL(condition, parameters, output_field=BooleanField()))
