"""Places in the contract's shapes."""

from __future__ import annotations

from typing import TypedDict

from librephotos.api.models import Place

_SHAPE_VERSION = "1"
# Clients address the third place from the end.
_LEAST_FEATURES = 3


class PlacePart(TypedDict):
    """One level of a place: a town, its region, its country."""

    text: str
    center: list[float]


class Geolocation(TypedDict, total=False):
    """Where a photo was taken, the most specific first; empty where nobody knows."""

    features: list[PlacePart]
    places: list[str]
    address: str
    center: list[float]
    _v: str


def chain(place: Place | None) -> list[Place]:
    """Return the place and all above it, the most specific first."""
    found = []
    while place is not None:
        found.append(place)
        place = place.parent
    return found


def address(place: Place | None) -> str:
    """Return the place as text, such as "Florence, Tuscany, Italy"."""
    return ", ".join(part.name for part in chain(place))


def geolocation(
    place: Place | None, *, latitude: float | None, longitude: float | None
) -> Geolocation:
    """Return the contract's `geolocation_json`, {} without a place.

    Short hierarchies, as of a city state, repeat their most specific place. Country and
    region have its position as well: the one in their rows is that of the first town
    there of anybody's photos, and would tell others about it.
    """
    places = chain(place)
    if not places:
        return {}
    padded = places[:1] * (_LEAST_FEATURES - len(places)) + places
    here = [places[0].latitude, places[0].longitude]
    own = None if latitude is None or longitude is None else [latitude, longitude]
    return {
        "features": [{"text": part.name, "center": here} for part in padded],
        "places": [part.name for part in padded],
        "address": address(place),
        "center": own or here,
        "_v": _SHAPE_VERSION,
    }
