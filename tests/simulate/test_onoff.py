"""The interval around what sources offer: its closed form against plays, and its coverage."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.scenario import SourceSettings
from ponplan.simulate.onoff import offered_ci95_bps, rate_variance, share_variance

if TYPE_CHECKING:
    from collections.abc import Callable

BURSTY = {"kind": "pareto", "rate_mbps": 8.0, "peak_mbps": 50.0, "hurst": 0.8, "mean_burst_packets": 20.0}


def test_a_moment_is_on_or_off():
    """In a time far shorter than any period the share on is 0 or 1: its variance is p (1 - p)."""
    on_ns, off_ns, shape = 1e6, 4e6, 1.4
    assert share_variance(on_ns, off_ns, shape, 1e-7) == pytest.approx(0.2 * 0.8, rel=0.01)


def test_variance_falls_as_long_range_dependence_says():
    """Over long times the variance of the mean falls like T ** (2 H - 2) with 2 H - 2 = 1 - shape."""
    on_ns, off_ns, shape = 1e6, 4e6, 1.4
    early, late = (share_variance(on_ns, off_ns, shape, seconds) for seconds in (100.0, 10_000.0))
    assert math.log(late / early) / math.log(100.0) == pytest.approx(1.0 - shape, abs=0.02)


def test_plays_vary_as_theory_says(play: Callable):
    """Deviation of 2,560 sources over a fifth of a second: as computed, within eight per cent of sampling error."""
    seconds = 0.2
    rates = []
    for seed in range(20):
        result = play(
            technology="50g-pon", onus=128, distance_km=1.0,
            source=[{**BURSTY, "direction": "down", "packet_bytes": 500}],
            run={"seconds": seconds / 0.9, "seed": seed},
        ).downstream  # fmt: skip
        rates += [group.offered * result.mac_rate_bps for group in result.onus]
    expected = math.sqrt(rate_variance(SourceSettings(**BURSTY, packet_bytes=500), 8e6, seconds))
    assert np.std(rates) == pytest.approx(expected, rel=0.08)
    assert np.mean(rates) == pytest.approx(8e6, abs=4 * expected / math.sqrt(len(rates)))


def test_the_interval_covers(play: Callable):
    """Twenty sources together lie within the interval in 95 of 100 plays: in 300, nine tenths at least."""
    source = SourceSettings(**BURSTY, packet_bytes=500)
    seconds, groups = 0.1, []
    for seed in range(47):
        result = play(
            technology="50g-pon", onus=128, distance_km=1.0,
            source=[{**BURSTY, "direction": "down", "packet_bytes": 500}],
            run={"seconds": seconds / 0.9, "seed": seed},
        ).downstream  # fmt: skip
        rates = np.array([group.offered * result.mac_rate_bps for group in result.onus])
        groups += rates[:120].reshape(6, 20).sum(axis=1).tolist()
    width = offered_ci95_bps([(source, 8e6)] * 20, seconds=seconds)
    inside = np.mean(np.abs(np.array(groups) - 20 * 8e6) <= width)
    assert 0.90 <= inside <= 0.99
