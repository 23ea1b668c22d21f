"""Faults of every kind on bare PONs: who is out, who comes back, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

# of 16 ONUs in two groups of eight: affected, lost with no, trunk and full protection
FATES = {
    "feeder-cut": (16, 16, 0, 0),
    "distribution-cut": (8, 8, 8, 0),
    "drop-cut": (1, 1, 1, 0),
    "splitter": (16, 16, 16, 0),
    "cabinet": (8, 8, 8, 0),
    "port": (16, 16, 0, 0),
    "card": (16, 16, 0, 0),
    "chassis": (16, 16, 16, 16),
    "office": (16, 16, 16, 16),
    "onu": (1, 1, 1, 1),
}


@pytest.mark.parametrize("what", FATES)
def test_who_is_lost(play: Callable, what: str):
    """Unprotected: the subtree; trunk: what hangs behind the common splitter; full: whatever both paths share."""
    affected, *lost = FATES[what]
    for scheme, number in zip(("none", "trunk", "full"), lost, strict=True):
        result = play(what=what, scheme=scheme, onus=16).result
        assert (result.customers_affected, result.customers_lost) == (affected, number)
        assert result.customers_over_100_ms == number


def test_two_offices_survive_the_loss_of_one(play: Callable):
    """Dual parenting brings everybody back, and the bearer network has to learn where."""
    result = play(what="office", scheme="trunk", dual_parented=True, relearn_ms=30.0).result
    assert result.customers_lost == 0
    first = result.customers[0]
    assert first.service_outage_ms == pytest.approx(first.outage_ms + 30.0)


def test_short_cut_is_ridden_out(play: Callable):
    """A cut shorter than the hold-off moves nobody: POPUP from the same port ends it."""
    played = play(fault={"until_ms": 101.0}, decide_ms=20.0)
    assert {mark.step for mark in played.runs[0].journals[0].marks}.isdisjoint({"laser", "decide"})
    assert played.result.outage_ms["max"] == pytest.approx(1.0 + 0.375 + 0.375 + 0.75 + 0.361)


def test_repair_without_protection_activates_anew(play: Callable):
    """After a second in the dark GPON has lost everything, and comes up by serial numbers and ranging."""
    result = play(scheme="none", fault={"until_ms": 1100.0}).result
    assert result.customers_lost == 0
    assert result.outage_ms["min"] > 1000.0
    assert "activation" in {step.name for step in result.steps}


def test_xgs_returns_by_itself(play: Callable):
    """XGS-PON goes from O6 to O5 on re-sync: no message, no dependence on the number of ONUs."""
    for onus in (8, 64):
        result = play(technology="xgs-pon", onus=onus).result
        assert result.outage_ms["max"] == pytest.approx(0.5 + 2.0 + 0.375 + 0.361)


def test_full_hot_is_switch_and_sync(play: Callable):
    """Both paths ranged beforehand: detection, switch, re-sync, first grant; two live interfaces need no switch."""
    assert play(scheme="full", onu_switch_ms=8.0).result.outage_ms["max"] == pytest.approx(0.5 + 8.0 + 0.375 + 0.361)
    both = play(scheme="full", onu="two-interfaces").result
    assert both.outage_ms["max"] == pytest.approx(0.5 + 0.361)


def test_only_the_affected_onu_moves(play: Callable):
    """With full protection a cut drop leaves fifteen others where they are."""
    result = play(what="drop-cut", scheme="full", onus=16).result
    assert [one.affected for one in result.customers] == [True] + [False] * 15


def test_revert_after_repair(play: Callable):
    """A repaired feeder carries traffic again after wait-to-restore, at the price of a second, shorter outage."""
    result = play(fault={"until_ms": 500.0}, revertive=True, wait_to_restore_ms=1000.0).result
    first = result.customers[0]
    assert first.outages == 2
    assert first.total_ms == pytest.approx(first.outage_ms + first.outage_ms - 0.5)
    stays = play(fault={"until_ms": 500.0}).result
    assert stays.customers[0].outages == 1


def test_flapping_is_switched_once_if_not_revertive(play: Callable):
    """A feeder that comes and goes five times takes traffic to the standby once."""
    fault = {"until_ms": 150.0, "every_ms": 200.0, "times": 5}
    assert play(fault=fault).result.customers[0].outages == 1


def test_flapping_hits_an_unprotected_pon_every_time(play: Callable):
    """Without protection each of the five gaps is an outage."""
    fault = {"until_ms": 150.0, "every_ms": 1000.0, "times": 5}
    assert play(scheme="none", fault=fault).result.customers[0].outages == 5


def test_slow_loss_of_light_takes_the_weakest_first(play: Callable):
    """With switching at half the ONUs silent, the first are out long, the last hardly."""
    fault = {"db_per_s": 0.5, "reserve_db": [1.0, 5.0]}
    result = play(what="fading", fault=fault, switch_share=0.5, onus=16).result
    assert result.customers_lost == 0
    assert result.outage_ms["max"] > 500.0
    assert result.customers_affected == 16


def test_two_faults_leave_nobody(play: Callable, catalogue: object):
    """When the protecting feeder is cut too, everybody is lost until one is mended."""
    from ponplan.failover import simulate_pon_faults
    from ponplan.scenario import scenario_from_table

    faults = [
        {"at_ms": 100.0, "what": "feeder-cut"},
        {"at_ms": 110.0, "what": "span", "subject": "feeder-b", "until_ms": 3000.0},
    ]
    table = {"technology": "gpon", "onus": 8, "distance_km": 10.0, "protection": {"scheme": "trunk"}, "fault": faults}
    result = simulate_pon_faults(scenario_from_table(table), catalogue).result
    assert result.customers_lost == 0
    assert result.outage_ms["min"] > 2800.0


def test_feeder_is_cut_if_nothing_else_is_named(catalogue: object):
    """A bare PON without any fault loses its working feeder at once."""
    from ponplan.failover import simulate_pon_faults
    from ponplan.scenario import scenario_from_table

    table = {"technology": "gpon", "onus": 8, "distance_km": 10.0, "protection": {"scheme": "trunk"}}
    result = simulate_pon_faults(scenario_from_table(table), catalogue).result
    assert result.faults[0]["subject"] == "feeder-a"
    assert result.outage_ms["max"] == pytest.approx(4.361)


@pytest.mark.parametrize("technology", ["apon-155-155", "10g-epon-10-1", "xg-pon", "50g-pon"])
def test_every_family_switches(play: Callable, technology: str):
    """A hot trunk of any technology brings everybody back within 100 ms."""
    assert play(technology=technology, onus=16).result.customers_over_100_ms == 0


def test_spread_durations_stay_between_their_edges(play: Callable):
    """With a hold-off between 0 and 20 ms every outage lies in that range above the shortest, and they differ."""
    result = play(decide_ms={"uniform": [0.0, 20.0]}, replications=200).result
    assert 4.361 <= result.outage_ms["min"] < 6.0
    assert 22.0 < result.outage_ms["max"] <= 24.361
    assert result.outage_ms["p50"] == pytest.approx(14.361, abs=2.5)


def test_same_seed_same_runs(play: Callable):
    """Replications are repeatable, and another seed gives others."""
    settings = {"decide_ms": {"exponential": 5.0}, "replications": 5}
    assert play(**settings).result == play(**settings).result
    assert play(**settings).result.outage_ms != play(seed=2, **settings).result.outage_ms


def test_cure_is_simulated(play: Callable):
    """Serial ranging of 64 ONUs is too slow for the last ones; the setting named as cure brings them below 100 ms."""
    late = play(onus=64, recovery="ranging-serial", standby="warm", cures=True).result
    assert late.customers_over_100_ms > 0
    cures = {one.cure for one in late.customers if not one.within_100_ms}
    assert cures == {"recovery = ranging-pipelined"}
    assert play(onus=64, recovery="ranging-pipelined", standby="warm").result.customers_over_100_ms == 0
    assert {one.dominating_step for one in late.customers if one.cure} == {"ranging"}
