"""Places by their name, offline, from GeoNames' list of cities.

The list has one name of each town: the usual English one where there is one, else that
of the country. It is the list of `geo.reverse`, so that what is chosen here is what the
position is called afterwards.
"""

from __future__ import annotations

import json
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from librephotos.geo.geonames import country_names, listed_towns

MOST_CANDIDATES = 5000
"""Towns whose names begin alike, of which the largest are looked for."""

LONGEST_QUERY = 100

_ROW = re.compile(rb"\{[^{}]*\}")
_NO_LETTERS = re.compile(r"[\W_]+")
# What no decomposition turns into letters with marks.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)


@dataclass(frozen=True)
class NamedPlace:
    """A town and where it lies: names from the town up, position in degrees."""

    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class _Gazetteer:
    """The towns in the order of their normalised names, as they stand in the list.

    35 MB, of which most are the rows as text: few of them are ever read.
    """

    keys: Sequence[str]
    rows: Sequence[bytes]
    countries: dict[str, str]


def search_places(query: str, *, limit: int) -> list[NamedPlace]:
    """Return the towns whose names begin with a query, the largest first.

    Case, accents and punctuation do not count. What follows a comma, or the last words
    if there is no such town, have to begin words of its region or country. A town of
    exactly that name goes before others, and names that hold the words come last.
    """
    text = query[:LONGEST_QUERY]
    name, comma, rest = text.partition(",")
    wanted, within = normalised(name), normalised(rest).split()
    if not wanted or limit < 1:
        return []
    found = _beginning_with(wanted, within, limit)
    words = wanted.split()
    for at in range(len(words) - 1, 0, -1):
        if found or comma:
            break
        found = _beginning_with(" ".join(words[:at]), words[at:], limit)
    if len(found) < limit and len(wanted) > 2:
        known = {(place.latitude, place.longitude) for place in found}
        found += [
            place
            for place in _holding(wanted, within, limit)
            if (place.latitude, place.longitude) not in known
        ]
    return found[:limit]


def normalised(text: str) -> str:
    """Return the letters and digits of a text without case and accents."""
    lower = text.casefold().translate(_LETTERS)
    parts = unicodedata.normalize("NFKD", lower)
    letters = "".join(each for each in parts if not unicodedata.combining(each))
    return _NO_LETTERS.sub(" ", letters).strip()


def _beginning_with(name: str, within: list[str], limit: int) -> list[NamedPlace]:
    keys = _gazetteer().keys
    start = bisect_left(keys, name)
    candidates: list[int] = []
    for at in range(start, min(len(keys), start + MOST_CANDIDATES)):
        if not keys[at].startswith(name):
            break
        candidates.append(at)
    return _largest(candidates, name, within, limit)


def _holding(words: str, within: list[str], limit: int) -> list[NamedPlace]:
    keys = _gazetteer().keys
    inside = f" {words}"
    candidates = (at for at, key in enumerate(keys) if inside in key)
    return _largest(list(islice(candidates, MOST_CANDIDATES)), words, within, limit)


def _largest(
    candidates: list[int], name: str, within: list[str], limit: int
) -> list[NamedPlace]:
    gazetteer = _gazetteer()
    towns = []
    for at in candidates:
        town = json.loads(gazetteer.rows[at])
        country = gazetteer.countries.get(town["country_code"], "")
        above = [town.get("county"), town.get("state"), country]
        known = normalised(" ".join(filter(None, [*above, town["country_code"]])))
        if all(_begins_a_word(word, known) for word in within):
            exact = gazetteer.keys[at] == name
            towns.append((not exact, -town["population"], at, town, country))
    towns.sort(key=lambda row: row[:3])
    return [_named(town, country) for *_, town, country in towns[:limit]]


def _begins_a_word(word: str, text: str) -> bool:
    return f" {word}" in f" {text}"


def _named(town: dict[str, str | float], country: str) -> NamedPlace:
    names = [town["city"], town.get("state"), country]
    unlike = dict.fromkeys(str(name) for name in names if name)
    return NamedPlace(
        ", ".join(unlike), float(town["latitude"]), float(town["longitude"])
    )


@cache
def _gazetteer() -> _Gazetteer:
    rows = sorted(_keyed(listed_towns()))
    keys, texts = [key for key, _ in rows], [row for _, row in rows]
    return _Gazetteer(keys, texts, country_names())


def _keyed(data: bytes) -> Iterator[tuple[str, bytes]]:
    for found in _ROW.finditer(data):
        yield normalised(json.loads(found[0])["city"]), found[0]
