"""The place nearest to a point on earth, offline, from GeoNames' list of cities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import orjson

from librephotos.geo.geonames import country_names
from librephotos.geo.town_table import COLUMNS, square, town_table

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
    towns = _towns()
    for at, point in usable:
        nearest = towns.nearest(*point)
        if nearest is None:
            continue
        if distance_km(point, towns.position(nearest)) <= MAX_DISTANCE_KM:
            places[at] = towns.place(nearest)
    return places


class _Towns:
    """The towns in squares of a degree, of which few have to be looked at."""

    def __init__(self) -> None:
        self._table = town_table()
        self._countries = country_names()

    def nearest(self, latitude: float, longitude: float) -> int | None:
        """Return the town that is nearest by the differences in degrees.

        None if none is within a degree of latitude, which is more than 100 km.
        """
        middle = int(square(np.float64(latitude), np.float64(longitude)))
        # Squares of a row lie side by side, and so do rows.
        rows = range(middle - COLUMNS, middle + COLUMNS + 1, COLUMNS)
        west, east = [row - 1 for row in rows], [row + 2 for row in rows]
        bounds = self._table.squares.searchsorted([west, east]).T.tolist()
        near = [self._nearest_of(a, b, latitude, longitude) for a, b in bounds]
        distance, town = min(near)
        if distance > 1.0:  # what lies outside of these may be nearer
            first, end = self._table.squares.searchsorted(
                [(row // COLUMNS) * COLUMNS for row in (rows[0], rows[-1] + COLUMNS)]
            )
            distance, town = self._nearest_of(first, end, latitude, longitude)
        return town if distance < math.inf else None

    def _nearest_of(
        self, first: int, end: int, latitude: float, longitude: float
    ) -> tuple[float, int]:
        """Return the nearest of these towns, after the square of how far it is."""
        if first == end:
            return math.inf, 0
        apart = (self._table.latitudes[first:end] - latitude) ** 2
        apart += (self._table.longitudes[first:end] - longitude) ** 2
        best = int(apart.argmin())
        return float(apart[best]), first + best

    def position(self, town: int) -> tuple[float, float]:
        """Return latitude and longitude of a town, in degrees."""
        return float(self._table.latitudes[town]), float(self._table.longitudes[town])

    def place(self, town: int) -> Place:
        """Return what is known of a town."""
        text, start = self._table.text, int(self._table.starts[town])
        row = orjson.loads(text[start : text.find(b"}", start) + 1])
        return _place(row, self._countries.get(row["country_code"], ""))


@cache
def _towns() -> _Towns:
    return _Towns()


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


def _place(row: dict[str, Any], country: str) -> Place:
    return Place(
        country=country or str(row["country_code"]),
        country_code=str(row["country_code"]),
        region=str(row["state"]) if row.get("state") else None,
        subregion=str(row["county"]) if row.get("county") else None,
        city=str(row["city"]),
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        population=int(row["population"]),
    )
