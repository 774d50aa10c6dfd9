"""The time zone at a point on earth."""

import math

import tzfpy

from librephotos.time_zones import time_zones


def timezone_at(latitude: float, longitude: float) -> str | None:
    """Return the IANA zone at the point, or None if there is none that we can use.

    Latitude and longitude are degrees, WGS 84. A name that is returned is always one
    that zoneinfo knows. At sea that is a nautical zone such as `Etc/GMT+3`.
    """
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    zone = str(tzfpy.get_tz(longitude, latitude))
    return zone if zone in time_zones() else None
