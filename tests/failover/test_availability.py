"""Downtime per year: worked out by hand, by exhausting all states, and by playing years."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.failover import network_availability
from ponplan.failover.availability.elements import HOURS_PER_YEAR, FailingElement
from ponplan.failover.availability.exact import TerminalWays
from ponplan.failover.availability.montecarlo import GroupYears, play_years
from ponplan.scenario import faults_from_table

if TYPE_CHECKING:
    from ponplan.topology.network import Network

NOTHING = faults_from_table({})


def element(name: str, *, failures: float = 1.0, repair_h: float = 10.0) -> FailingElement:
    """Give an element that fails so often."""
    return FailingElement(
        name=name,
        kind="cable",
        id=name,
        length_m=0.0,
        failures_per_year=failures,
        repair_h=repair_h,
        taken=frozenset(),
    )


def test_one_element_by_hand():
    """Two failures a year of 12 h each: 24 h down for every 8766 h up."""
    terminal = TerminalWays(elements=[element("a", failures=2.0, repair_h=12.0)], ways=(frozenset((0,)),))
    assert terminal.unavailability == pytest.approx(24.0 / (HOURS_PER_YEAR + 24.0), rel=1e-12)


def test_a_chain_by_hand():
    """Elements in a row are up together: shares of time up multiply."""
    chain = [element("a", failures=2.0), element("b", failures=5.0), element("c", failures=0.1)]
    up = [HOURS_PER_YEAR / (HOURS_PER_YEAR + 10.0 * one.failures_per_year) for one in chain]
    terminal = TerminalWays(elements=chain, ways=(frozenset((0, 1, 2)),))
    assert terminal.unavailability == pytest.approx(1.0 - up[0] * up[1] * up[2], rel=1e-12)
    assert terminal.double == 0.0


def test_two_ways_with_a_common_cause_by_hand():
    """Shares down 0.1 (common), 0.2 and 0.3: down for 0.1 + 0.9 * 0.2 * 0.3."""
    share = {0: 0.1, 1: 0.2, 2: 0.3}
    parts = [
        element(str(number), failures=value / (1 - value), repair_h=HOURS_PER_YEAR) for number, value in share.items()
    ]
    terminal = TerminalWays(elements=parts, ways=(frozenset((0, 1)), frozenset((0, 2))))
    assert terminal.unavailability == pytest.approx(0.1 + 0.9 * 0.06, rel=1e-12)
    assert terminal.single == pytest.approx(0.1, rel=1e-12)
    assert terminal.double == pytest.approx(0.06, rel=1e-12)
    # without the common cause, and without the first way's own element
    assert terminal.blame() == pytest.approx({0: 0.154 - 0.06, 1: 0.154 - 0.1, 2: 0.154 - 0.1}, rel=1e-9)
    # the first way's own element fails while all else is up
    assert terminal.switchovers_per_year()[1] == pytest.approx(0.25 * 0.8 * 0.9 * 0.7, rel=1e-12)


@pytest.mark.parametrize("ways", [1, 2, 3, 4])
def test_every_state_counted(ways: int):
    """The exact figure is the sum over all states of all elements, for any number of ways that overlap anyhow."""
    rng = np.random.default_rng(ways)
    for _ in range(10):
        parts = [element(str(n), failures=float(rng.uniform(1, 900)), repair_h=5.0) for n in range(9)]
        sets = tuple(frozenset(rng.choice(9, size=rng.integers(1, 6), replace=False).tolist()) for _ in range(ways))
        terminal = TerminalWays(elements=parts, ways=sets)
        assert terminal.unavailability == pytest.approx(counted(parts, sets), abs=1e-12)
        for number, blame in terminal.blame().items():
            assert blame == pytest.approx(counted(parts, sets) - counted(parts, sets, never=number), abs=1e-12)


def counted(parts: list[FailingElement], ways: tuple[frozenset[int], ...], never: int = -1) -> float:
    """Sum the probabilities of all states in which no way is whole."""
    down = 0.0
    shares = [0.0 if number == never else one.unavailability for number, one in enumerate(parts)]
    for state in product((False, True), repeat=len(parts)):
        if all(any(state[number] for number in way) for way in ways):
            down += float(
                np.prod([share if broken else 1 - share for share, broken in zip(shares, state, strict=True)])
            )
    return down


def test_interval_covers_the_exact_value():
    """Of 100 seeds at least 90 have the exact downtime of every kind of terminal within their 95 % interval."""
    parts = tuple(element(str(number), failures=4.0, repair_h=20.0) for number in range(5))
    # terminal 0 has one way; 1 has two with element 2 in common
    breaks = ((0,), (1,), (1, 2), (2,), (0,))
    group = GroupYears(elements=parts, breaks=breaks, onu_of_way=(0, 1, 1), num_onus=2, switch_ms={}, revertive=False)
    exact = [
        TerminalWays(elements=parts, ways=(frozenset((0, 4)),)).unavailability,
        TerminalWays(elements=parts, ways=(frozenset((1, 2)), frozenset((2, 3)))).unavailability,
    ]
    covered = np.zeros(2, int)
    for seed in range(100):
        years = play_years(group, years=100.0, rng=np.random.default_rng(seed))
        off = np.abs(years.mean_minutes() - np.array(exact) * HOURS_PER_YEAR * 60.0)
        covered += off <= years.half_width_minutes()
    assert min(covered) >= 90


def test_switchovers_are_counted():
    """A protected terminal loses the simulated milliseconds at each failure of the way in use, and nothing more."""
    parts = (element("a", failures=10.0, repair_h=0.001), element("b", failures=1e-6, repair_h=0.001))
    group = GroupYears(
        elements=parts, breaks=((0,), (1,)), onu_of_way=(0, 0), num_onus=1, switch_ms={(0, 0): 50.0}, revertive=True
    )
    years = play_years(group, years=200.0, rng=np.random.default_rng(1))
    assert years.outages[0] == pytest.approx(2000, abs=150)
    assert years.switch_h[0] == pytest.approx(years.outages[0] * 0.05 / 3600.0)
    assert years.down_h[0] == pytest.approx(years.switch_h[0])


def test_a_design_by_hand(district: Network):
    """Customer a1 hangs on a chain; its downtime is the product of everything it passes, looked up one by one."""
    result = network_availability(district, NOTHING)
    row = next(one for one in result.customers if one.id == "a1")
    rates = {one.element: one for one in district.catalogue.reliability.values()}
    lengths_m = {route.id: route.length_m for route in district.routes}
    pieces = {
        "trench": [lengths_m[name] / 1000 for name in ("r-office-a0", "r-a0-a1", "r-a1-home-a1")],
        "cable": [lengths_m[name] / 1000 for name in ("r-office-a0", "r-a0-a1", "r-a1-home-a1")],
        "cabinet": [1, 1],
        "splitter": [1, 1],
        **{kind: [1] for kind in ("port", "card", "chassis", "office", "onu")},
    }
    up = 1.0
    for kind, amounts in pieces.items():
        for amount in amounts:
            up /= 1.0 + rates[kind].failures_per_year * amount * rates[kind].repair_h / HOURS_PER_YEAR
    assert row.availability == pytest.approx(up, abs=1e-11)
    assert row.ways == 1


def test_protection_helps_in_the_order_of_its_price(district: Network):
    """Full protection beats trunk, trunk beats none; the terminal itself stays the worst of the doubled."""
    rows = {one.id: one for one in network_availability(district, NOTHING).customers}
    assert rows["a1"].downtime_min > rows["b1"].downtime_min > rows["c1"].downtime_min
    assert rows["c1"].worst_element == "onu onu-c1"
    assert rows["b1"].switchovers > 0 == rows["a1"].switchovers
    # feeder, port and what lies along the way: 4.361 ms; the card is missed only after 30 ms
    card = district.catalogue.reliability["card"].failures_per_year
    expected_ms = 4.361 * (rows["b1"].switchovers - card) + (4.361 - 0.5 + 30.0) * card
    assert rows["b1"].switchover_ms == pytest.approx(expected_ms, rel=1e-3)


def test_played_years_agree_with_the_exact_figures(district: Network):
    """Over a hundred thousand years most customers' exact downtime lies in the played interval."""
    result = network_availability(district, NOTHING, years=20_000.0)
    inside = [abs(one.montecarlo_min - one.downtime_min) <= one.ci95_min for one in result.customers]
    assert sum(inside) >= len(inside) - 2


def test_services_are_judged_by_their_promise(district: Network):
    """E1 is promised 99.99 %: kept exactly where availability says so."""
    promised = district.catalogue.services["e1"].availability
    for one in network_availability(district, NOTHING).customers:
        assert [(service.service, service.kept) for service in one.services] == [("e1", one.availability >= promised)]


def test_blame_of_the_common_feeder(district: Network):
    """What one element costs all customers is what they would save if it never failed."""
    result = network_availability(district, NOTHING)
    blamed = {one.name: one for one in result.elements}
    assert blamed["cable fa"].customers == 4
    assert blamed["chassis olt"].customers == 10
    assert blamed["cable fa"].protect_cost == pytest.approx(
        1000.0 * sum(getattr(district.catalogue.price("trunk-4"), part) for part in ("material_cost", "labour_cost"))
    )


def test_jobs_do_not_change_the_answer(district: Network):
    """One and two processes give the same figures."""
    alone = network_availability(district, NOTHING, years=100.0)
    assert network_availability(district, NOTHING, years=100.0, jobs=2) == alone
    other = replace(alone, seed=2)
    assert other != alone
