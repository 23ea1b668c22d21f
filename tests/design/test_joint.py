"""Cards, chassis, uplinks and switches weighed together: tight by hand, and below whatever is put together."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.area.generate.generator import generate_area
from ponplan.catalogue import read_catalogue
from ponplan.design.bearer.joint import Shelving, joint_bound
from ponplan.design.bearer.needs import OltNeed
from ponplan.design.prices import unit_cost
from ponplan.design.problem import pose_problem

if TYPE_CHECKING:
    from types import ModuleType

    from ponplan.catalogue import Catalogue
    from ponplan.design.problem import PlanProblem

ETHERNET = {
    1_000_000_000: "bearer-optics-ge",
    10_000_000_000: "bearer-optics-10ge",
    100_000_000_000: "bearer-optics-100ge",
}
TEN = 10_000_000_000


def _problem(catalogue: Catalogue, scope: str = "office") -> PlanProblem:
    area = generate_area("bank-district", customers=2, seed=1)
    return pose_problem(replace(area, rules=replace(area.rules, bearer=scope)), catalogue)


def _need(load_bps: float) -> OltNeed:
    return OltNeed(bearer="ip", load_bps=load_bps, edges_bps={"bras": load_bps}, sessions=1)


def _only(catalogue: Catalogue, chassis: str, switch: str) -> Catalogue:
    elements = catalogue.bearer_elements
    return replace(
        catalogue,
        olt_chassis={chassis: catalogue.olt_chassis[chassis]},
        bearer_elements={n: e for n, e in elements.items() if e.role != "aggregation-switch" or n == switch},
    )


def test_load_beyond_one_chassis_and_one_switch_takes_two_of_each():
    """78 Gbit/s are more than 8 ports at 10 Gbit/s carry without one: two chassis and switches, ten links each."""
    catalogue = _only(read_catalogue(), "olt-chassis-7", "agg-switch-24")
    cost = {name: unit_cost(catalogue, name) for name in catalogue.prices}
    found = joint_bound(_problem(catalogue), _need(78e9), Shelving(ports={"epon": 82}, cards={"epon": 0}))
    cards = cost["card-epon-8"] + 5 * cost["card-epon-16"]
    switches = 2 * (cost["agg-switch-24"] + cost["bearer-commissioning"])
    optics = (2 * 10 + 10) * cost["bearer-optics-10ge"]
    assert found == pytest.approx(cards + 2 * cost["olt-chassis-7"] + switches + optics, abs=1e-4)


def test_load_that_one_of_each_carries_takes_one_of_each():
    """70 Gbit/s fill eight links with one to spare, and nothing is counted twice."""
    catalogue = _only(read_catalogue(), "olt-chassis-7", "agg-switch-24")
    cost = {name: unit_cost(catalogue, name) for name in catalogue.prices}
    found = joint_bound(_problem(catalogue), _need(70e9), Shelving(ports={"epon": 16}, cards={"epon": 0}))
    once = ("card-epon-16", "olt-chassis-7", "agg-switch-24", "bearer-commissioning")
    optics = (2 * 8 + 8) * cost["bearer-optics-10ge"]
    assert found == pytest.approx(sum(cost[name] for name in once) + optics, abs=1e-4)


def test_nothing_is_claimed_where_no_chassis_can_hand_on():
    """Chassis with a single uplink have none to spare: the plan breaks a rule, and the bound stays out of it."""
    catalogue = _only(read_catalogue(), "olt-chassis-7", "agg-switch-24")
    lone = replace(catalogue.olt_chassis["olt-chassis-7"], uplink_ports=1)
    catalogue = replace(catalogue, olt_chassis={lone.id: lone})
    assert joint_bound(_problem(catalogue), _need(1e9), Shelving(ports={"epon": 8}, cards={"epon": 0})) == 0.0


def _bundle(rng: np.random.Generator, fastest_bps: int, ports: int) -> list[int]:
    """Give two to so many links, each of any rate up to the fastest."""
    rates = [rate for rate in ETHERNET if rate <= fastest_bps]
    return [int(rate) for rate in rng.choice(rates, int(rng.integers(2, ports + 1)))]


def _spared(rates_bps: list[int]) -> float:
    return float(sum(rates_bps) - max(rates_bps))


def _put_together(rng: np.random.Generator, catalogue: Catalogue, scope: str) -> tuple[float, float, int]:
    """Give the cost, the load and the ports of some offices, each with some chassis on one switch of its own."""
    cost, load_bps, ports = 0.0, 0.0, 0
    chassis = [row for row in catalogue.olt_chassis.values() if row.takes == "pon"]
    switches = [row for row in catalogue.bearer_elements.values() if row.role == "aggregation-switch"]
    cards = [row for row in catalogue.olt_cards.values() if row.technology == "epon"]
    ends = 1 if scope == "uplinks" else 2
    for _ in range(int(rng.integers(1, 4))):
        switch = switches[rng.integers(len(switches))]
        trunks, free, carried = _bundle(rng, switch.trunk_bps, switch.trunk_ports), switch.access_ports, 0.0
        for _ in range(int(rng.integers(1, 4))):
            row = chassis[rng.integers(len(chassis))]
            most = min(row.uplink_ports, free)
            if most < 2:
                break
            uplinks = _bundle(rng, min(row.uplink_bps, switch.access_bps), most)
            free -= len(uplinks)
            held = rng.choice(len(cards), int(rng.integers(1, row.card_slots + 1)))
            ports += sum(cards[index].ports for index in held)
            cost += unit_cost(catalogue, row.id) + sum(unit_cost(catalogue, cards[index].id) for index in held)
            cost += ends * sum(unit_cost(catalogue, ETHERNET[rate]) for rate in uplinks)
            carried += min(_spared(uplinks), max(0.0, _spared(trunks) - carried))
        load_bps += carried
        if scope == "office":
            cost += unit_cost(catalogue, switch.id) + unit_cost(catalogue, "bearer-commissioning")
            cost += sum(unit_cost(catalogue, ETHERNET[rate]) for rate in trunks)
    return cost, load_bps, ports


@pytest.mark.parametrize("scope", ["uplinks", "office"])
def test_whatever_is_put_together_costs_at_least_the_bound(scope: str, cases: ModuleType):
    """Several offices, mixed rates, any price book: no set of things that carries the load is cheaper."""
    for seed in range(30):
        rng, catalogue = np.random.default_rng(seed), cases.random_catalogue(seed)
        cost, load_bps, ports = _put_together(rng, catalogue, scope)
        bound = joint_bound(
            _problem(catalogue, scope), _need(load_bps), Shelving(ports={"epon": ports}, cards={"epon": 0})
        )
        assert math.isfinite(bound)
        assert bound <= cost * (1.0 + 1e-9) + 1e-4
