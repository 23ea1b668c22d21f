"""Conversions at the edge; inside, everything is metres, nanoseconds, bits per second, bytes, dB and dBm."""

from __future__ import annotations

import math

NS_PER_S = 1_000_000_000
NS_PER_US = 1_000
FIBRE_NS_PER_M = 5  # group delay of silica fibre, one way, as EPON and GPON equipment assumes


def km_from_m(length_m: float) -> float:
    """Give kilometres."""
    return length_m / 1000.0


def bps_from_mbps(rate_mbps: float) -> float:
    """Give bits per second."""
    return rate_mbps * 1e6


def ns_from_seconds(seconds: float) -> int:
    """Give whole nanoseconds, rounded once."""
    return round(seconds * NS_PER_S)


def dbm_from_mw(power_mw: float) -> float:
    """Give the power level in dBm; minus infinity for darkness."""
    return 10.0 * math.log10(power_mw) if power_mw > 0 else -math.inf


def mw_from_dbm(power_dbm: float) -> float:
    """Give the power in milliwatts."""
    return float(10.0 ** (power_dbm / 10.0))
