"""The shifted coordinates of Chinese web maps, GCJ-02 and BD-09, brought back to WGS 84, to about a metre.

Neither system is published. The shift formula below is the one that open programs have agreed on since 2013
("eviltransform"; described in Wikipedia, Restrictions on geographic data in China); treat the result as approximate.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

SYSTEMS = ("gcj02", "bd09")
AXIS_M, ECCENTRICITY_SQUARED = 6378245.0, 0.00669342162296594323  # Krassowsky 1940
ROUNDS = 8  # of the inverse; each leaves less than a thousandth of the error before it
BD_ANGLE = math.pi * 3000.0 / 180.0


def named_system(crs: str | None) -> str | None:
    """Give the system that a name such as GCJ-02 or bd09 means, or None."""
    name = re.sub(r"[^a-z\d]", "", (crs or "").casefold())
    return name if name in SYSTEMS else None


def wgs84_from(system: str, lonlat: FloatArray) -> FloatArray:
    """Bring GCJ-02 or BD-09 degrees, longitude first, (n, 2), to WGS 84."""
    shifted = _gcj02_from_bd09(lonlat) if system == "bd09" else lonlat
    guess = shifted.copy()
    for _ in range(ROUNDS):
        guess = guess - (gcj02_from_wgs84(guess) - shifted)
    return guess


def gcj02_from_wgs84(lonlat: FloatArray) -> FloatArray:
    """Shift WGS 84 degrees as Chinese web maps do."""
    x, y = lonlat[:, 0] - 105.0, lonlat[:, 1] - 35.0
    root = np.sqrt(np.abs(x))
    common = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m += (common + _waves(x, (20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0))) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += (common + _waves(y, (20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0))) * 2.0 / 3.0
    latitude = np.radians(lonlat[:, 1])
    bend = 1.0 - ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    shift_m = np.stack([east_m, north_m], axis=1)
    meridian_m = AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / bend**1.5
    parallel_m = AXIS_M / np.sqrt(bend) * np.cos(latitude)
    shifted: FloatArray = lonlat + np.degrees(shift_m / np.stack([parallel_m, meridian_m], axis=1))
    return shifted


def bd09_from_gcj02(lonlat: FloatArray) -> FloatArray:
    """Shift GCJ-02 degrees once more, as Baidu does."""
    x, y = lonlat[:, 0], lonlat[:, 1]
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * BD_ANGLE)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * BD_ANGLE)
    shifted: FloatArray = np.stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006], axis=1)
    return shifted


def _gcj02_from_bd09(lonlat: FloatArray) -> FloatArray:
    guess: FloatArray = lonlat - np.array([0.0065, 0.006])
    for _ in range(ROUNDS):
        guess = guess - (bd09_from_gcj02(guess) - lonlat)
    return guess


def _waves(along: FloatArray, *terms: tuple[float, float]) -> FloatArray:
    """Sum sines of amplitude and length in degrees."""
    total: FloatArray = np.zeros_like(along)
    for amplitude, length in terms:
        total = total + amplitude * np.sin(along / length * np.pi)
    return total
