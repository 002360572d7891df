"""WGS 84, as satellites and GeoReport v2 give a point, and GCJ-02, as maps in China and our estates have it.

The shift is the published one of the Krasovsky ellipsoid: some hundred metres, smooth, and none abroad.
Pure; degrees everywhere.
"""

from math import cos, degrees, pi, radians, sin, sqrt
from typing import NamedTuple

AXIS = 6_378_245.0  # metres, Krasovsky 1940
FLATNESS = 0.00669342162296594323  # its first eccentricity, squared
ORIGIN = (105.0, 35.0)
CHINA = ((72.004, 137.8347), (0.8293, 55.8271))  # longitudes, latitudes within which maps are shifted
ROUNDS = 3  # of the way back: each takes away all but a ten thousandth of what is left


class Point(NamedTuple):
    longitude: float
    latitude: float


def to_gcj(longitude: float, latitude: float) -> Point:
    """A point of WGS 84 as maps in China show it."""
    if not _is_shifted(longitude, latitude):
        return Point(longitude, latitude)
    east, north = _shift(longitude, latitude)
    return Point(longitude + east, latitude + north)


def to_wgs(longitude: float, latitude: float) -> Point:
    """The way back, to within a millimetre."""
    if not _is_shifted(longitude, latitude):
        return Point(longitude, latitude)
    found = Point(longitude, latitude)
    for _ in range(ROUNDS):
        east, north = _shift(*found)
        found = Point(longitude - east, latitude - north)
    return found


def _is_shifted(longitude: float, latitude: float) -> bool:
    (west, east), (south, north) = CHINA
    return west <= longitude <= east and south <= latitude <= north


def _shift(longitude: float, latitude: float) -> tuple[float, float]:
    """Degrees to the east and to the north."""
    x, y = longitude - ORIGIN[0], latitude - ORIGIN[1]
    common = _waves(x, (6, 20), (2, 20))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + common
    east += _waves(x, (1, 20), (1 / 3, 40), (1 / 12, 150), (1 / 30, 300))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + common
    north += _waves(y, (1, 20), (1 / 3, 40), (1 / 12, 160), (1 / 30, 320))
    flat = 1 - FLATNESS * sin(radians(latitude)) ** 2
    across = AXIS / sqrt(flat)  # radius across the meridian, in metres; along it below
    along = across * (1 - FLATNESS) / flat
    return degrees(east / (across * cos(radians(latitude)))), degrees(north / along)


def _waves(value: float, *several: tuple[float, float]) -> float:
    """Metres: two thirds of sines, each with its frequency and height."""
    return sum(height * sin(value * often * pi) for often, height in several) * 2 / 3
