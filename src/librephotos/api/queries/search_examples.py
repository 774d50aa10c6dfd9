"""What one might search for in a library, each of which finds something."""

from __future__ import annotations

from datetime import date
from itertools import islice, zip_longest
from typing import Any

from django.utils import timezone

from librephotos.api.models import Photo
from librephotos.api.queries.exact_search import exact_page
from librephotos.api.queries.photo_places import place_counts
from librephotos.api.queries.search import containing, terms_of
from librephotos.api.queries.search_names import names_in
from librephotos.api.queries.search_query import parse
from librephotos.api.queries.statistics import years
from librephotos.api.queries.things import frequent_things

EXAMPLES = 12
_EACH = 4


def search_examples(user: Any) -> list[str]:
    """Return up to EXAMPLES places, years, things and combinations that find photos.

    Each is tried, since a search may make of a name something else than its album
    does. An empty library has none.
    """
    by_count = sorted(place_counts(user), key=lambda place: -place.count)
    names = dict.fromkeys(p.name for p in by_count if not p.name.isnumeric())
    places = list(islice(names, _EACH))
    known_years = [str(year) for year in years(user)[:_EACH]]
    things = [title for title, _ in frequent_things(user, limit=_EACH)]
    pairs = [_with_its_year(place, user=user) for place in places]
    mixed = zip_longest(places, known_years, things, pairs)
    texts = dict.fromkeys(text for row in mixed for text in row if text)
    return list(islice((t for t in texts if _finds(t, user=user)), EXAMPLES))


def _with_its_year(place: str, *, user: Any) -> str:
    """Return a place with the year in which one was there last, "" if that is open."""
    photos = Photo.objects.owned_by(user).visible().exclude(day=Photo.UNDATED)
    there = containing(photos, user, terms_of(place))
    day = there.order_by("-day").values_list("day", flat=True).first()
    return f"{place} {date.fromordinal(day).year}" if day else ""


def _finds(text: str, *, user: Any) -> bool:
    """Return whether a search for a text meets any photo."""
    today = timezone.localdate()
    query = parse(text, today=today, names=names_in(text, user=user))
    return bool(exact_page(query, user=user, start=0, size=1).rows)
