"""EPON: the clock may step by eight time quanta, and holdover bridges the dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

QUIET = {"detect_ms": 4.0, "laser_ms": 2.0, "sync_ms": 0.5, "first_grant_ms": 2.2}


@pytest.mark.parametrize(
    ("metres", "kept"), [(0.0, True), (19.0, True), (20.0, False), (-19.0, True), (-27.0, False)]
)
def test_drift_guard(play: Callable, *, metres: float, kept: bool):
    """A feeder longer by 12 time quanta of round trip (19.2 m) deregisters; the ONU's own guard would at 25.6 m."""
    result = play(technology="epon", recovery="holdover", feeder_difference_km=metres / 1000.0, **QUIET).result
    named = {step.name for step in result.steps}
    assert ("drift-guard" not in named) == kept
    if kept:
        assert result.outage_ms["max"] == pytest.approx(sum(QUIET.values()))
    else:
        assert result.outage_ms["max"] > sum(QUIET.values()) + 1.0


def test_common_offset_keeps_registrations(play: Callable):
    """An OLT that shifts its clock by the feeders' difference trips no guard."""
    result = play(technology="epon", recovery="common-offset", feeder_difference_km=2.0, onus=32, **QUIET).result
    assert result.outage_ms["max"] == pytest.approx(sum(QUIET.values()))


def test_holdover_runs_out(play: Callable):
    """When the standby is later than holdover, everybody registers anew."""
    kept = play(technology="epon", decide_ms=190.0).result
    gone = play(technology="epon", decide_ms=200.0).result
    assert "activation" not in {step.name for step in kept.steps}
    assert "activation" in {step.name for step in gone.steps}
