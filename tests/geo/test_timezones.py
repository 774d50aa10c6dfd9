"""Time zones of points."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librephotos.geo.timezones import timezone_at


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"),
    [
        (48.8584, 2.2945, "Europe/Paris"),
        (39.0, -108.0, "America/Denver"),
        (-33.86, 151.2, "Australia/Sydney"),
    ],
)
def test_zones_of_known_places(latitude: float, longitude: float, zone: str) -> None:
    assert timezone_at(latitude, longitude) == zone


@given(st.floats(), st.floats())
def test_any_numbers_give_a_usable_zone_or_none(
    latitude: float, longitude: float
) -> None:
    zone = timezone_at(latitude, longitude)
    assert zone is None or ZoneInfo(zone)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_point_on_earth_has_a_zone(latitude: float, longitude: float) -> None:
    assert timezone_at(latitude, longitude)
