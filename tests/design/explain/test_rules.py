"""Prices of rules: the interval that is stated holds the true price, told by exact optima of small areas."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ponplan.design import design_network
from ponplan.design.explain.rules import OTHER_CUSTOMERS, PROVED, WITHIN_GAPS, price_rules, relaxations

if TYPE_CHECKING:
    from types import ModuleType

    from ponplan.area.model import Area
    from ponplan.topology.network import Network

SEEDS = (2301, 2303, 2305, 2306)
CENTS = 0.01 * 250  # a bill has fewer lines than the price book, each rounded to the cent


@pytest.mark.parametrize("seed", SEEDS)
def test_true_price_lies_in_the_interval(seed: int, cases: ModuleType, exact: ModuleType):
    """Of the split limit and of spare fibres: optimum with the rule less optimum without it, both exact."""
    area, catalogue = cases.random_area(seed), cases.random_catalogue(seed)
    network = design_network(area, catalogue=catalogue, seed=seed).network
    found = price_rules(network, area)
    assert not found.is_planned_again
    others = {rule: other for rule, _, _, other in relaxations(area, network)}
    optimum = exact.solve_exactly(area, catalogue, network.customers)
    for price in found.prices:
        if price.rule not in ("max_split", "spare_fibres") or price.least_cost is None or price.most_cost is None:
            continue
        without = exact.solve_exactly(others[price.rule], catalogue, network.customers)
        assert optimum.cost - without.dual_bound >= price.least_cost - CENTS
        assert optimum.dual_bound - without.cost <= price.most_cost + CENTS


def test_rules_of_a_town(town: Network, town_area: Area):
    """What a town's rules cost is judged against the gaps, and its own plan is not made again."""
    found = price_rules(town, town_area)
    assert not found.is_planned_again
    assert {price.rule for price in found.prices} == {
        "spare_fibres",
        "stages",
        "splitters_in_office",
        "horizon_years",
    }
    for price in found.prices:
        assert price.outcome is not None
        assert price.verdict in (PROVED, WITHIN_GAPS)
        assert price.saved_cost == pytest.approx(found.base.cost - price.outcome.cost, abs=0.005)


def test_changed_area_is_planned_again(town: Network, town_area: Area):
    """If the area is not the one that the design was made from, both plans are made from what is at hand."""
    customers = town_area.customers[:40]
    small = design_network(replace(town_area, customers=customers), effort="quick").network
    found = price_rules(small, replace(town_area, customers=customers[:39]))
    assert found.is_planned_again
    assert found.base.customers_served == 39


def test_farther_drops_serve_others(town_area: Area):
    """Where a rule decides who is served, costs are not set against each other."""
    few = replace(town_area, customers=town_area.customers[:30], rules=replace(town_area.rules, max_drop_m=8.0))
    network = design_network(few, effort="quick").network
    price = next(one for one in price_rules(network, few).prices if one.rule == "max_drop_m")
    assert price.verdict == OTHER_CUSTOMERS
    assert price.least_cost is None
