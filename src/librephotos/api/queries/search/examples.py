"""What one might search for in a library, each of which finds something."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import islice, zip_longest
from typing import Any

from django.db.models import IntegerField, Value
from django.utils import timezone

from librephotos.api.models import Photo
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.queries.library.places import place_counts
from librephotos.api.queries.library.things import frequent_things
from librephotos.api.queries.operations.statistics import years
from librephotos.api.queries.people.person_photos import people_frequencies
from librephotos.api.queries.search.exact import (
    as_meant,
    containing,
    differs,
    in_letters,
    terms_of,
)
from librephotos.api.queries.search.names import names_among
from librephotos.search_language.query import parse, plain_runs

EXAMPLES = 12
_EACH = 4


def search_examples(user: Any) -> list[str]:
    """Return up to EXAMPLES places, years, people, things and pairs of these.

    Each is tried, since a search may make of a name something else than its album
    does; all in one query that ends each search at its first photo. An empty library
    has none.
    """
    by_count = sorted(place_counts(user), key=lambda place: -place.photo_count)
    names = dict.fromkeys(p.title for p in by_count if not p.title.isnumeric())
    places = list(islice(names, _EACH))
    known_years = [str(year) for year in years(user)[:_EACH]]
    people = [name for name, _ in people_frequencies(user, limit=_EACH)]
    things = [title for title, _ in frequent_things(user, limit=_EACH)]
    mixed = zip_longest(
        places,
        known_years,
        people,
        things,
        _with_years(places, user=user),
        [f"{name} {place}" for name, place in zip(people, places)],
    )
    texts = dict.fromkeys(text for row in mixed for text in row if text)
    return _finding(list(texts), user=user)[:EXAMPLES]


def _with_years(places: list[str], *, user: Any) -> list[str]:
    """Return each place with the year in which one was there last, if that is known."""
    photos = Photo.objects.owned_by(user).visible().exclude(day=Photo.UNDATED)
    there = [
        containing(photos, user, terms_of(place)).order_by("-day") for place in places
    ]
    last = dict(_first_days(enumerate(there)))
    return [
        f"{place} {date.fromordinal(last[number]).year}" if number in last else ""
        for number, place in enumerate(places)
    ]


def _finding(texts: list[str], *, user: Any) -> list[str]:
    """Return those of the texts for which a search finds a photo."""
    today = timezone.localdate()
    runs = [run for text in texts for run in plain_runs(text)]
    names = names_among(runs, user=user)
    searches: list[tuple[int, PhotoQuerySet]] = []
    for number, text in enumerate(texts):
        query = parse(text, today=today, names_among=lambda _: names)
        if query.clauses:
            searches.append((number, in_letters(query, user=user)))
            if differs(query):
                searches.append((number, as_meant(query, user=user)))
    found = {number for number, _ in _first_days(searches)}
    return [text for number, text in enumerate(texts) if number in found]


def _first_days(numbered: Iterable[tuple[int, PhotoQuerySet]]) -> list[tuple[int, int]]:
    """Return the day of the first photo of each search that has one, by its number."""
    searches = [
        photos.annotate(number=Value(number, output_field=IntegerField())).values_list(
            "number", "day"
        )[:1]
        for number, photos in numbered
    ]
    if not searches:
        return []
    return list(searches[0].union(*searches[1:], all=True))
