"""The timing table of pon_facts 4.4: the machines against sums of the standard's steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

FRAME_MS = 0.125
NUMBERS = (8, 16, 32, 64, 128)
# published to a tenth of a millisecond: G.984.3 steps with 2 ms of laser start and no hold-off
TABLE_MS = {
    "swift-popup": (4.4, 4.4, 4.4, 4.4, 4.4),
    "directed-popup": (7.0, 10.0, 16.0, 28.0, 52.0),
    "ranging-pipelined": (8.3, 11.3, 17.3, 29.3, 53.3),
    "ranging-serial": (17.2, 30.1, 55.9, 107.5, 210.6),
}
STEPS = {"detect_ms": 0.5, "decide_ms": 0.0, "laser_ms": 2.0, "sync_ms": 0.375, "first_grant_ms": 0.361}
OTHER_STEPS = {"detect_ms": 3.0, "decide_ms": 11.5, "laser_ms": 7.25, "sync_ms": 1.125, "first_grant_ms": 1.5}


def recovery_ms(recovery: str, onus: int) -> float:
    """Give the time of the recovery itself, to the last ONU."""
    return {
        "swift-popup": 0.375 + 0.75,
        "directed-popup": 0.375 * onus + 0.75,
        "ranging-pipelined": 0.375 + 0.75 + max(0.25, 0.375) * onus + 0.236 + 0.75,
        "ranging-serial": 0.375 + 0.75 + (0.25 + 0.236 + 0.375 + 0.75) * onus,
    }[recovery]


@pytest.mark.parametrize("recovery", TABLE_MS)
def test_published_table(play: Callable, recovery: str):
    """With the catalogue's durations every entry of the table comes out within a frame."""
    found = [play(onus=onus, recovery=recovery).result.outage_ms["max"] for onus in NUMBERS]
    assert found == pytest.approx(TABLE_MS[recovery], abs=FRAME_MS)


@pytest.mark.parametrize("steps", [STEPS, OTHER_STEPS], ids=["standard", "other"])
@pytest.mark.parametrize("standby", ["cold", "warm", "hot"])
@pytest.mark.parametrize("recovery", TABLE_MS)
def test_closed_form(play: Callable, recovery: str, standby: str, steps: dict[str, float]):
    """To the last ONU, with any steps, the outage is the sum of the closed form within a frame."""
    for onus in (8, 50):
        result = play(onus=onus, recovery=recovery, standby=standby, **steps).result
        assert result.outage_ms["max"] == pytest.approx(
            sum(steps.values()) + recovery_ms(recovery, onus), abs=FRAME_MS
        )


def test_serial_ranging_crosses_100_ms_at_60_onus(play: Callable):
    """100 ms hold for 59 ONUs ranged one by one, and break with 60, as the form says; pipelined for 250."""
    assert play(onus=59, recovery="ranging-serial").result.outage_ms["max"] < 100.0
    assert play(onus=60, recovery="ranging-serial").result.outage_ms["max"] > 100.0
    assert play(onus=250, recovery="ranging-pipelined").result.outage_ms["max"] < 100.0


@pytest.mark.parametrize("onus", NUMBERS)
def test_reactivation_is_at_or_above_its_bound(play: Callable, onus: int):
    """TO2, then at least one round of serial numbers and 0.75 ms of messages for each ONU."""
    assert play(onus=onus, recovery="reactivation").result.outage_ms["max"] >= 101.1 + 0.75 * onus + 0.25


def test_a_late_standby_costs_to2(play: Callable):
    """A transceiver that boots lights the fibre after TO2: nobody is in POPUP state any more."""
    played = play(onus=8, transceiver_off=True)
    assert played.result.outage_ms["min"] > 300.0
    assert {step.name for step in played.result.steps} >= {"boot", "activation"}
    assert "to2" in {mark.step for mark in played.runs[0].journals[0].marks}


def test_steps_fill_the_outage_without_gap(play: Callable):
    """Steps follow one another from the fault to the first burst."""
    result = play(onus=16, recovery="ranging-serial").result
    edges = [0.0, *(step.to_ms for step in result.steps)]
    assert [step.from_ms for step in result.steps] == edges[:-1]
    assert edges[-1] == result.outage_ms["max"]
