"""What one might search for in a library."""

from __future__ import annotations

from itertools import islice, zip_longest
from typing import Any

from librephotos.api.queries.photo_places import place_counts
from librephotos.api.queries.statistics import years
from librephotos.api.queries.things import frequent_things

DEFAULT_EXAMPLES = ["holiday", "type: video", "2024", "beach", "snow"]
_EACH = 8


def search_examples(user: Any) -> list[str]:
    """Return places, years, things and combinations, or some common phrases."""
    by_count = sorted(place_counts(user), key=lambda place: -place.count)
    names = dict.fromkeys(p.name for p in by_count if not p.name.isnumeric())
    places = list(islice(names, _EACH))
    known_years = [str(year) for year in years(user)[:_EACH]]
    pairs = [f"{place} {year}" for place, year in zip(places, known_years)]
    things = [title for title, _ in frequent_things(user, limit=_EACH)]
    mixed = zip_longest(places, known_years, things, pairs)
    return [text for row in mixed for text in row if text] or DEFAULT_EXAMPLES
