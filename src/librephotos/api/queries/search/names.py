"""The names of people and places that somebody may mean in a search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Count, Max

from librephotos.api.models import Person, Place
from librephotos.search_language.query import (
    LONGEST_NAME,
    Names,
    Words,
    folded_word,
    name_words,
)

# A country stands for its towns; only places with photos of the caller's are told.
_WITH_PHOTOS = """
WITH RECURSIVE wanted AS (
    SELECT id AS root, id FROM unnest(%(places)s::bigint[]) AS place (id)
    UNION
    SELECT wanted.root, below.id
    FROM wanted JOIN api_place AS below ON below.parent_id = wanted.id
)
SELECT root, id FROM wanted WHERE EXISTS (
    SELECT FROM api_photo AS photo
    WHERE photo.owner_id = %(owner)s AND photo.place_id = wanted.id AND photo.visible
)
"""


def names_among(runs: Iterable[Sequence[str]], *, user: Any) -> Names:
    """Return the people and places of `user` that are named in runs of words.

    Three queries, however many runs there are; none where there are none.
    """
    phrases = {phrase for run in runs for phrase in _phrases(run)}
    if not phrases:
        return Names()
    return Names(people=_people(user), places=_places(user, phrases))


def _phrases(run: Sequence[str]) -> Iterator[Words]:
    words = tuple(map(folded_word, run))
    for start in range(len(words)):
        for stop in range(start + 1, min(start + LONGEST_NAME, len(words)) + 1):
            yield words[start:stop]


def _people(user: Any) -> dict[Words, frozenset[int]]:
    """Return everybody by their full names and by their first names."""
    named = Person.objects.owned_by(user).named().values_list("id", "name")
    pairs = ((name_words(name), id) for id, name in named)
    keys = ((key, id) for words, id in pairs for key in {words, words[:1]} - {()})
    return _grouped(keys)


def _places(user: Any, phrases: Iterable[Words]) -> dict[Words, frozenset[int]]:
    version = Place.objects.aggregate(last=Max("id"), n=Count("*"))
    known = _place_names(version["last"], version["n"])
    named = {id: words for words in phrases for id in known.get(words, ())}
    if not named:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_WITH_PHOTOS, {"places": list(named), "owner": user.pk})
        return _grouped((named[root], id) for root, id in cursor.fetchall())


@lru_cache(maxsize=1)
def _place_names(last: int | None, count: int) -> dict[Words, frozenset[int]]:
    """Return the places of all users by name.

    Places are added and never renamed, so the last one and their number tell whether
    the names are still all there are.
    """
    named = Place.objects.values_list("id", "name")
    return _grouped((name_words(name), id) for id, name in named)


def _grouped(pairs: Iterable[tuple[Words, int]]) -> dict[Words, frozenset[int]]:
    found: dict[Words, set[int]] = defaultdict(set)
    for words, id in pairs:
        found[words].add(id)
    return {words: frozenset(ids) for words, ids in found.items()}
