"""The names of people and places that somebody may mean in a search."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection

from librephotos.api.models import Person
from librephotos.api.queries.search_query import (
    LONGEST_NAME,
    Names,
    Words,
    folded,
    name_words,
    plain_runs,
)

_ACCENTED = "".join(
    letter
    for letter in map(chr, range(0xC0, 0x250))
    if letter == letter.lower()
    and len(folded(letter)) == 1
    and folded(letter) != letter
)
_PLAIN = folded(_ACCENTED)

# A country stands for its towns; only places with photos of the caller's are told.
_PLACES = """
WITH RECURSIVE wanted AS (
    SELECT name, id FROM (
        SELECT id, translate(lower(name), %(accented)s, %(plain)s) AS name
        FROM api_place
    ) AS place WHERE name = ANY(%(names)s)
    UNION
    SELECT wanted.name, below.id
    FROM wanted JOIN api_place AS below ON below.parent_id = wanted.id
)
SELECT name, id FROM wanted WHERE EXISTS (
    SELECT FROM api_photo AS photo
    WHERE photo.owner_id = %(owner)s AND photo.place_id = wanted.id AND photo.visible
)
"""


def names_in(text: str, *, user: Any) -> Names:
    """Return the people and places of `user` whose names occur in a search text."""
    runs = [[folded(word) for word in run] for run in plain_runs(text)]
    if not runs:
        return Names()
    phrases = {phrase for run in runs for phrase in _phrases(run)}
    return Names(people=_people(user), places=_places(user, phrases))


def _phrases(words: list[str]) -> Iterable[str]:
    for start in range(len(words)):
        for stop in range(start + 1, min(start + LONGEST_NAME, len(words)) + 1):
            yield " ".join(words[start:stop])


def _people(user: Any) -> dict[Words, frozenset[int]]:
    """Return everybody by their full names and by their first names."""
    found: dict[Words, set[int]] = defaultdict(set)
    named = Person.objects.owned_by(user).named()
    for person, name in named.values_list("id", "name"):
        words = name_words(name)
        for key in {words, words[:1]} - {()}:
            found[key].add(person)
    return {words: frozenset(people) for words, people in found.items()}


def _places(user: Any, phrases: Iterable[str]) -> dict[Words, frozenset[int]]:
    arguments = {
        "names": list(phrases),
        "owner": user.pk,
        "accented": _ACCENTED,
        "plain": _PLAIN,
    }
    found: dict[Words, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, arguments)
        for name, place in cursor.fetchall():
            found[name_words(unicodedata.normalize("NFC", name))].add(place)
    return {words: frozenset(places) for words, places in found.items()}
