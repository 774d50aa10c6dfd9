"""Places near points, offline."""

import random
from math import dist

import pytest
import reverse_geocode as geonames

from librephotos.geo.reverse import (
    MAX_DISTANCE_KM,
    Place,
    distance_km,
    hierarchy,
    reverse_geocode,
)


def _place(latitude: float, longitude: float) -> Place:
    (place,) = reverse_geocode([(latitude, longitude)])
    assert place is not None
    return place


def test_well_known_places() -> None:
    assert hierarchy(_place(48.8584, 2.2945))[-2:] == ("Île-de-France", "France")
    reykjavik = _place(64.147, -21.942)
    assert (reykjavik.country, reykjavik.country_code) == ("Iceland", "IS")


def test_answers_keep_length_and_order_with_gaps() -> None:
    points = [(52.52, 13.405), (float("nan"), 0.0), (-48.9, -123.4), (91.0, 0.0)]
    berlin, *others = reverse_geocode(points)
    assert berlin is not None and berlin.country_code == "DE"
    assert others == [None, None, None]
    assert reverse_geocode([]) == []


def test_open_sea_is_no_place() -> None:
    assert reverse_geocode([(0.0, -30.0)]) == [None]


@pytest.mark.parametrize(
    "point", [(1.29, 103.85), (43.7384, 7.4246), (41.9029, 12.4534), (46.5, 7.0)]
)
def test_hierarchy_has_three_levels_even_in_city_states(
    point: tuple[float, float],
) -> None:
    place = _place(*point)
    names = hierarchy(place)
    assert len(names) >= 3
    assert names[0] == place.city
    assert names[-1] == place.country
    assert all(names)


def test_batch_equals_one_by_one() -> None:
    points = [
        (float(lat), float(lon)) for lat in (-33, 10, 51) for lon in (-70, 8, 151)
    ]
    assert reverse_geocode(points) == [reverse_geocode([p])[0] for p in points]


def test_distance_of_a_degree_of_latitude() -> None:
    assert distance_km((0, 0), (1, 0)) == pytest.approx(111.195, abs=0.01)
    assert distance_km((10, 179.5), (10, -179.5)) < 120


def test_no_town_is_nearer() -> None:
    chance = random.Random(7)
    towns = geonames.search(
        [(chance.uniform(-60, 75), chance.uniform(-180, 180)) for _ in range(300)]
    )
    points = [
        (
            town["latitude"] + chance.gauss(0, 0.3),
            town["longitude"] + chance.gauss(0, 1),
        )
        for town in towns
    ]
    points += [(90.0, 180.0), (-90.0, -180.0), (51.5, 180.0), (-16.5, -180.0)]
    usable = [point for point in points if -180 <= point[1] <= 180]
    nearest = geonames.search(usable)
    for point, place, town in zip(
        usable, reverse_geocode(usable), nearest, strict=True
    ):
        position = (town["latitude"], town["longitude"])
        if place is not None:
            found = dist(point, (place.latitude, place.longitude))
            assert found == pytest.approx(dist(point, position))
        else:
            assert distance_km(point, position) > MAX_DISTANCE_KM
