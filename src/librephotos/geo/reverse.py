"""The place nearest to a point on earth, offline, from GeoNames' list of cities."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

MAX_DISTANCE_KM = 100.0
"""Beyond this the nearest town says nothing about a picture: open sea, ice, desert."""

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG


@dataclass(frozen=True)
class Place:
    """A town and what it belongs to; the position is the town's own, in degrees."""

    country: str
    country_code: str
    region: str | None
    subregion: str | None
    city: str
    latitude: float
    longitude: float
    population: int


def reverse_geocode(points: Sequence[tuple[float, float]]) -> list[Place | None]:
    """Return for each (latitude, longitude) in degrees the nearest town's place.

    The answer has the length and order of `points`. A point is None if it is no
    position on earth or if the nearest town is more than MAX_DISTANCE_KM away.
    """
    usable = [(at, point) for at, point in enumerate(points) if _on_earth(*point)]
    places: list[Place | None] = [None] * len(points)
    if not usable:
        return places
    # Brings SciPy and 100 MB of cities, which only the process needs that searches.
    import reverse_geocode as geonames

    nearest = geonames.search([point for _, point in usable])
    for (at, point), row in zip(usable, nearest, strict=True):
        town = (row["latitude"], row["longitude"])
        if distance_km(point, town) <= MAX_DISTANCE_KM:
            places[at] = _place(row)
    return places


def hierarchy(place: Place) -> tuple[str, ...]:
    """Return the names of `place` from the town up to the country, at least three.

    Clients count from the end: country last, region before it. Where GeoNames knows
    no region, as in a city state, the town stands in for it.
    """
    region = place.region or place.city
    middle = (place.subregion,) if place.subregion else ()
    return (place.city, *middle, region, place.country)


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the great-circle distance of two (latitude, longitude) in kilometres.

    Source: the haversine formula, R. W. Sinnott, Sky and Telescope 68 (1984).
    """
    (lat_a, lon_a), (lat_b, lon_b) = (map(math.radians, a), map(math.radians, b))
    half = math.sin((lat_b - lat_a) / 2) ** 2
    half += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))


def _on_earth(latitude: float, longitude: float) -> bool:
    # Comparisons with NaN are false, so this turns NaN away too.
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def _place(row: dict[str, str | float | int]) -> Place:
    return Place(
        country=str(row["country"] or row["country_code"]),
        country_code=str(row["country_code"]),
        region=str(row["state"]) if row.get("state") else None,
        subregion=str(row["county"]) if row.get("county") else None,
        city=str(row["city"]),
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        population=int(row["population"]),
    )
