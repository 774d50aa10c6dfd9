"""Text search over what is known of a photo: all terms, each anywhere."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from librephotos.api.models import Photo
from librephotos.api.models.photo import PhotoQuerySet
from librephotos.api.queries.photos import newest_first

MAX_TERMS = 32
_TERM = re.compile(r'"([^"]+)"?|([^\s,"]+)')
_SHORTEST_INDEXED = 3
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


def search(user: Any, terms: list[str]) -> PhotoQuerySet:
    """Return one's visible photos that contain every term, newest first.

    No terms, no photos.
    """
    photos = Photo.objects.owned_by(user).visible()
    if not terms:
        return photos.none()
    return newest_first(containing(photos, user, terms))


def containing(photos: PhotoQuerySet, user: Any, terms: list[str]) -> PhotoQuerySet:
    """Narrow photos owned by `user` to those that contain every term."""
    for term in terms:
        if len(term) >= _SHORTEST_INDEXED:
            photos = photos.filter(_condition(_INDEXED, (user.pk, term)))
        photos = photos.filter(_condition(_LIKE, (f"%{_escaped(term)}%",)))
    return photos


def _condition(sql: str, params: tuple[Any, ...]) -> RawSQL:
    return RawSQL(sql, params, output_field=BooleanField())


def _escaped(term: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", term)
