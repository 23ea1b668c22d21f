"""Two splitter stages: never dearer, within every rule, and between the bound and the exact optimum's plan."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ponplan.design import design_network
from ponplan.topology import check_network

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from ponplan.design import Design

NUM_AREAS = 40
LEAST_WITH_TWO = 12  # of these areas the plan really has two stages in so many at least
ROUNDING = 1.0 + 1e-7  # of the exact solver's arithmetic
CENTS = 0.01 * 250  # a bill has fewer lines than the price book, each rounded to the cent


@pytest.fixture(scope="module")
def plan_of(cases: ModuleType) -> Callable[[int, int], Design]:
    """Give the plan of a random fork at random prices with so many stages, made once."""

    @functools.cache
    def plan(seed: int, stages: int) -> Design:
        area = cases.forks(seed)
        catalogue = cases.with_dear_ports(cases.random_catalogue(seed), seed)
        return design_network(replace(area, rules=replace(area.rules, stages=stages)), catalogue=catalogue, seed=seed)

    return plan


@pytest.mark.parametrize("seed", range(NUM_AREAS))
def test_optimum_lies_between_bound_and_plan(
    seed: int, plan_of: Callable[[int, int], Design], cases: ModuleType, exact: ModuleType
):
    """With two stages, bound <= optimum <= cost of the plan, and no rule is broken."""
    design = plan_of(seed, 2)
    case = cases.forks(seed), design.network.catalogue, design.network.customers
    optimum = exact.solve_exactly(*case)
    assert exact.is_bound(sum(part.bound for part in design.proof.parts.values()), optimum, *case)
    if not design.network.relaxed:
        assert optimum.cost <= design.proof.cost * ROUNDING + CENTS
    assert [violation for violation in check_network(design.network) if not violation.relaxed] == []


@pytest.mark.parametrize("seed", range(NUM_AREAS))
def test_a_second_stage_is_never_dearer(seed: int, plan_of: Callable[[int, int], Design]):
    """A plan that may have two stages costs at most what the one with a single stage costs."""
    one, two = plan_of(seed, 1), plan_of(seed, 2)
    if len(one.network.relaxed) == len(two.network.relaxed):
        assert two.proof.cost <= one.proof.cost


def test_a_second_stage_is_really_used(plan_of: Callable[[int, int], Design]):
    """In many of these areas the cheapest plan found has splitters behind splitters."""
    depths = [max(row.stage for row in plan_of(seed, 2).network.splitters) for seed in range(NUM_AREAS)]
    assert set(depths) == {1, 2}
    assert depths.count(2) >= LEAST_WITH_TWO


def test_upper_splitters_stand_where_they_may(plan_of: Callable[[int, int], Design]):
    """What feeds other splitters stands in a cabinet or an office, and light is divided no further than allowed."""
    for seed in range(NUM_AREAS):
        network = plan_of(seed, 2).network
        splitters, nodes = ({row.id: row for row in rows} for rows in (network.splitters, network.nodes))
        for link in network.links:
            if link.from_device in splitters and link.to_device in splitters:
                upper, lower = splitters[link.from_device], splitters[link.to_device]
                assert (upper.stage, lower.stage) == (1, 2)
                assert nodes[upper.node].kind == "cabinet"
                legs = [network.catalogue.splitters[row.type].outputs for row in (upper, lower)]
                assert legs[0] * legs[1] <= (network.rules.max_split or 64)
