"""Places in the contract's shapes."""

from __future__ import annotations

from typing import Any

from librephotos.api.models import Place
from librephotos.api.queries.library.places import PlaceCount

_SHAPE_VERSION = "1"
# Clients address the third place from the end.
_LEAST_FEATURES = 3


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
) -> dict[str, Any]:
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
    return {
        "features": [{"text": part.name, "center": here} for part in padded],
        "places": [part.name for part in padded],
        "address": address(place),
        "center": here if latitude is None else [latitude, longitude],
        "_v": _SHAPE_VERSION,
    }


def place_album(place: PlaceCount) -> dict[str, Any]:
    """Return the item of the list of place albums."""
    return {
        "id": place.id,
        "title": place.name,
        "geolocation_level": place.level,
        "photo_count": place.count,
        "cover_photos": [cover._asdict() for cover in place.covers],
    }
