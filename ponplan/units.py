"""Constants of time and propagation; inside, all is metres, nanoseconds, bits per second, bytes, dB and dBm."""

from __future__ import annotations

NS_PER_S = 1_000_000_000
NS_PER_US = 1_000
FIBRE_NS_PER_M = 5  # group delay of silica fibre, one way, as EPON and GPON equipment assumes
