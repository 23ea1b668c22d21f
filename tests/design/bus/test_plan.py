"""Roads as buses: chains of taps, cheaper than cabinets, and between the bound and the exact optimum's plan."""

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

NUM_ROADS = 6
LEAST_WITH_TAPS = 3
ROUNDING = 1.0 + 1e-7  # of the exact solver's arithmetic
CENTS = 0.01 * 250  # a bill has fewer lines than the price book, each rounded to the cent


@pytest.fixture(scope="module")
def plan_of(cases: ModuleType) -> Callable[[int], Design]:
    """Give the plan of a random road at random prices with taps, made once."""

    @functools.cache
    def plan(seed: int) -> Design:
        return design_network(cases.roads(seed), catalogue=cases.random_catalogue(seed), seed=seed)

    return plan


@pytest.mark.parametrize("seed", range(NUM_ROADS))
def test_optimum_lies_between_bound_and_plan(
    seed: int, plan_of: Callable[[int], Design], cases: ModuleType, exact: ModuleType
):
    """Where taps are permitted, bound <= optimum <= cost of the plan, and no rule is broken."""
    design = plan_of(seed)
    optimum = exact.solve_exactly(cases.roads(seed), design.network.catalogue, design.network.customers)
    assert sum(part.bound for part in design.proof.parts.values()) <= optimum.dual_bound * ROUNDING
    if not design.network.relaxed:
        assert optimum.cost <= design.proof.cost * ROUNDING + CENTS
    assert [violation for violation in check_network(design.network) if not violation.relaxed] == []


@pytest.mark.parametrize("seed", range(NUM_ROADS))
def test_taps_are_never_dearer(seed: int, plan_of: Callable[[int], Design], cases: ModuleType):
    """A plan that may have taps costs at most what the one without costs."""
    area = cases.roads(seed)
    without = design_network(
        replace(area, rules=replace(area.rules, taps=False)), catalogue=cases.random_catalogue(seed), seed=seed
    )
    assert not any(row.type.startswith("tap") for row in without.network.splitters)
    if len(without.network.relaxed) == len(plan_of(seed).network.relaxed):
        assert plan_of(seed).proof.cost <= without.proof.cost


def test_taps_are_really_used(plan_of: Callable[[int], Design]):
    """Some of these roads are buses."""
    tapped = [any(row.type.startswith("tap") for row in plan_of(s).network.splitters) for s in range(NUM_ROADS)]
    assert tapped.count(True) >= LEAST_WITH_TAPS
