"""Text search over what is known of a photo: all terms, each anywhere."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from librephotos.api.models import Photo, PhotoDay
from librephotos.api.models.photo import PhotoQuerySet
from librephotos.api.queries.library.photos import (
    GridRow,
    as_grid_rows,
    grid_rows,
    newest_first,
)
from librephotos.search_language.query import MAX_TERMS

_TERM = re.compile(r'"([^"]+)"?|([^\s,"]+)')
_SHORTEST_INDEXED = 3
# PostgreSQL walks to each trigram from the beginning, so that a long term would cost
# its length squared; the index only narrows, the letters decide.
_MOST_INDEXED = 64
SHORT_PAGE = 1000
_RECENT = 10_000
_MOST_DAYS = 2000
_AFTER_ALL_DAYS = 4_000_000
_LIKE = "api_photo.search_text LIKE %s"
_INDEXED = (
    "librephotos_search_tokens(api_photo.owner_id, api_photo.search_text)"
    " @> librephotos_search_tokens(%s, %s)"
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


def search(user: Any, terms: list[str], *, start: int, size: int) -> list[GridRow]:
    """Return `size` rows from `start` on of one's photos that contain every term.

    Only visible photos, newest first and undated ones last. No terms, no photos.
    """
    photos = Photo.objects.owned_by(user).visible()
    if not terms:
        return []
    if start + size <= SHORT_PAGE:
        recent = _without_index(photos.filter(day__gte=recent_day(user)), terms)
        rows = _page(recent, start=start, size=size)
        if len(rows) == size:
            return rows
    return _page(containing(photos, user, terms), start=start, size=size)


def _page(photos: PhotoQuerySet, *, start: int, size: int) -> list[GridRow]:
    return as_grid_rows(grid_rows(newest_first(photos))[start : start + size])


def recent_day(user: Any) -> int:
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


def containing(photos: PhotoQuerySet, user: Any, terms: list[str]) -> PhotoQuerySet:
    """Narrow photos owned by `user` to those that contain every term."""
    for term in terms:
        photos = photos.filter(containing_term(user, term))
    return photos


def containing_term(user: Any, term: str) -> Q:
    """Return the condition that a photo of `user` contains a term; uses the index."""
    letters = with_letters(term)
    if len(term) < _SHORTEST_INDEXED:
        return letters
    return letters & _condition(_INDEXED, (user.pk, term[:_MOST_INDEXED]))


def with_letters(term: str) -> Q:
    """Return the condition that a photo contains a term; looks at every photo."""
    return _condition(_LIKE, (f"%{_escaped(term)}%",))


def _without_index(photos: PhotoQuerySet, terms: list[str]) -> PhotoQuerySet:
    for term in terms:
        photos = photos.filter(with_letters(term))
    return photos


def _condition(sql: str, params: tuple[Any, ...]) -> Q:
    return Q(RawSQL(sql, params, output_field=BooleanField()))


def _escaped(term: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", term)
